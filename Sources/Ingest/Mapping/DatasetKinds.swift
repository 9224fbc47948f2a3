internal import Events
internal import Segments

/// What a part of `dataset.yaml` says of an event; the rest comes from elsewhere.
struct PartialKind {
  private var condition: EventKind.Condition?
  private var time: TimeField?
  private var member: FieldSource?
  private var event: FieldSource?
  private var eventID: FieldSource?
  private var dimensions: [NamedField] = []

  /// - Parameter ignoringUndeclared: dimensions that the workspace does not declare are left out.
  init(_ keys: [String: YAMLValue], schema: EventSchema, ignoringUndeclared: Bool = false) throws {
    condition = try keys["when"].map(Self.condition)
    time = try keys["time"].map(Self.time)
    member = try keys["member"].map(fieldSource)
    event = try keys["event"].map(fieldSource)
    eventID = try keys["event-id"].map(fieldSource)
    dimensions =
      try keys["dimensions"]?.pairs().compactMap { name, value in
        guard schema.dimensions.contains(name) else {
          if ignoringUndeclared { return nil }
          let near = nearestWord(to: name, among: schema.dimensions).map { "Did you mean '\($0)'? " } ?? ""
          throw value.error(
            "the workspace declares no dimension '\(name)'",
            hint: near
              + "Declared: \(schema.dimensions.joined(separator: ", ")). Add it under `dimensions` in muster.yaml.")
        }
        return NamedField(name: name, source: try fieldSource(value))
      } ?? []
  }

  /// `self` with what `keys` says in its place; of the dimensions those of the same name.
  func overridden(
    by keys: [String: YAMLValue], schema: EventSchema, ignoringUndeclared: Bool = false
  ) throws -> PartialKind {
    var kind = try PartialKind(keys, schema: schema, ignoringUndeclared: ignoringUndeclared)
    kind.time = kind.time ?? time
    kind.member = kind.member ?? member
    kind.event = kind.event ?? event
    kind.eventID = kind.eventID ?? eventID
    let own = kind.dimensions.map(\.name)
    kind.dimensions += dimensions.filter { !own.contains($0.name) }
    return kind
  }

  /// - Throws: ``StoreError`` at `owner` where time, member or event are nowhere said.
  func whole(in owner: YAMLValue) throws -> EventKind {
    guard let time else {
      throw owner.error("the key 'time' is missing", hint: "Name the field that holds the instant.")
    }
    guard let member else {
      throw owner.error("the key 'member' is missing", hint: "Name the field that holds the id.")
    }
    guard let event else {
      throw owner.error("the key 'event' is missing", hint: "Name the field, or write {constant: NAME}.")
    }
    return EventKind(
      condition: condition, time: time, member: member, event: event, eventID: eventID, dimensions: dimensions)
  }

  private static func condition(_ value: YAMLValue) throws -> EventKind.Condition {
    let keys = try value.mapping(knowing: ["field", "equals", "differs", "present"])
    let field = try fieldPath(keys.require("field", of: value))
    switch (keys["equals"], keys["differs"], keys["present"]) {
    case (let equals?, nil, nil): return .init(field: field, test: .equals(try equals.strings()))
    case (nil, let differs?, nil): return .init(field: field, test: .differs(try differs.strings()))
    case (nil, nil, let present?): return .init(field: field, test: .present(try present.bool()))
    default: throw value.error("expected one of 'equals', 'differs' and 'present'")
    }
  }

  private static func time(_ value: YAMLValue) throws -> TimeField {
    guard value.isMapping else { return try timeField(value) }
    let keys = try value.mapping(knowing: ["field", "format", "zone"])
    var time = try timeField(keys.require("field", of: value))
    if let format = keys["format"] { time.format = try Self.format(format) }
    if let zone = keys["zone"] {
      do { time.zone = try TimeZoneRules(named: try zone.string()) } catch let error as EventsError {
        throw zone.error(error.message, hint: error.hint)
      }
    }
    return time
  }

  /// A field, or a list of which the first that holds something counts.
  private static func timeField(_ value: YAMLValue) throws -> TimeField {
    let paths = try value.list().map(fieldPath)
    guard let first = paths.first else { throw value.error("expected a field here") }
    return TimeField(field: first, others: Array(paths.dropFirst()))
  }

  private static func format(_ value: YAMLValue) throws -> TimeFormat {
    let text = try value.string()
    if let format = TimeFormat(name: text) { return format }
    guard text.contains("%") else {
      let near = nearestWord(to: text, among: TimeFormat.names).map { "Did you mean '\($0)'? " } ?? ""
      throw value.error(
        "'\(text)' is not a format of times",
        hint: near + "Known: \(TimeFormat.names.joined(separator: ", ")), or a pattern such as '%Y-%m-%d %H:%M:%S'.")
    }
    do throws(TimePattern.Problem) { return .pattern(try TimePattern(text)) } catch {
      throw value.error(error.message, hint: error.hint)
    }
  }
}
