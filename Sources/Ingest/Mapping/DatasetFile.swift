package import Events
package import Segments

extension DatasetDescription {
  /// The keys of `dataset.yaml`.
  package static let keys = [
    "title", "source", "path", "format", "header", "delimiter", "time", "member", "event", "event-id", "dimensions",
    "properties", "properties-from", "duplicates", "events", "kind", "attributes",
  ]
  /// The keys of an element of `events`.
  package static let kindKeys = ["when", "time", "member", "event", "event-id", "dimensions"]

  /// Reads `dataset.yaml`.
  ///
  /// ```yaml
  /// title: Forum of the maths club
  /// source: https://… (CC BY 4.0)
  /// path: log/*.csv.gz                  # or a list
  /// format: csv                         # jsonl, csv, tsv, space, parquet; else the file's name tells, or its bytes
  /// header: true                        # false, or the names of the columns; false numbers them 1, 2, 3, …
  /// delimiter: ";"                      # csv only
  /// time: {field: at, format: "%d/%m/%Y %H:%M", zone: Asia/Shanghai}    # or `time: at`
  /// member: author.id                   # a field, or {constant: x}
  /// event: {constant: message}
  /// event-id: id
  /// dimensions: {community: board, platform: {constant: web}}
  /// properties: rest                    # none, [length, payload.action] or {size: length}
  /// properties-from: payload            # an object whose fields count as if they stood beside it
  /// duplicates: id                      # line: the whole mapped content stands for the id
  /// events:                             # instead of `event`: several kinds from one line
  ///   - {event: {constant: applied}, time: applied_at, when: {field: applied_at, present: true}}
  /// ```
  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(contentsOf file: String, name: String, schema: EventSchema) throws {
    try self.init(YAMLValue(contentsOf: file), name: name, schema: schema)
  }

  /// The same from the root of a file that was read.
  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(_ yaml: YAMLValue, name: String, schema: EventSchema) throws {
    let keys = try yaml.mapping(knowing: Self.keys)
    self.init(name: name, title: try keys["title"]?.string() ?? name, kinds: [])
    source = try keys["source"]?.string()
    paths = try keys["path"]?.strings() ?? []
    format = try keys["format"].map { try choice($0, "a format", Format.self) }
    duplicates = try keys["duplicates"].map { try choice($0, "a rule for duplicates", DuplicateRule.self) } ?? .id
    if let value = keys["header"] { header = try Self.header(value) }
    if let value = keys["delimiter"] { delimiter = try Self.delimiter(value, format: format) }
    if let value = keys["properties"] { properties = try Self.properties(value) }
    if let value = keys["properties-from"] { flattened = try fieldPath(value) }
    kind = try keys["kind"].map { try choice($0, "a kind of dataset", Kind.self) } ?? .events
    if kind == .members {
      try readMembers(keys, of: yaml)
      return
    }
    if let value = keys["attributes"] {
      throw value.error("only members have attributes", hint: "Say `kind: members` too, or `properties`.")
    }
    try readKinds(keys, of: yaml, schema: schema)
  }

  private mutating func readKinds(_ keys: [String: YAMLValue], of yaml: YAMLValue, schema: EventSchema) throws {
    let base = try PartialKind(keys, schema: schema)
    guard let list = keys["events"] else {
      kinds = [try base.whole(in: yaml)]
      return
    }
    guard keys["event"] == nil else {
      throw list.error("'event' and 'events' cannot both be given", hint: "Write the event's name in each element.")
    }
    let elements = try list.list()
    guard (1...IngestLimits.eventKindCountMax).contains(elements.count) else {
      throw list.error("expected 1 to \(IngestLimits.eventKindCountMax) kinds of event here")
    }
    hasKindList = true
    kinds = try elements.map { element in
      try base.overridden(by: element.mapping(knowing: Self.kindKeys), schema: schema).whole(in: element)
    }
  }

  private static func header(_ value: YAMLValue) throws -> Header {
    guard value.isList else { return try value.bool() ? .firstRow : .none }
    let names = try value.strings()
    guard Set(names).count == names.count, !names.isEmpty, names.count <= IngestLimits.columnCountMax else {
      throw value.error("expected the names of the columns, each once")
    }
    return .names(names)
  }

  private static func delimiter(_ value: YAMLValue, format: Format?) throws -> UInt8 {
    let bytes = Array(try value.string().utf8)
    guard format == .csv else { throw value.error("a delimiter is for csv only", hint: "Say `format: csv` too.") }
    guard bytes.count == 1, bytes[0] < 0x80, ![0x0A, 0x0D, 0x22, 0].contains(bytes[0]) else {
      throw value.error("expected one ASCII character", hint: "For example \";\" or \"\\t\".")
    }
    return bytes[0]
  }

  static func properties(_ value: YAMLValue) throws -> Properties {
    if value.isMapping {
      return .named(try value.pairs().map { NamedField(name: $0.key, source: try fieldSource($0.value)) })
    }
    if !value.isList {
      switch try value.string() {
      case "rest": return .rest
      case "none": return .none
      case let word:
        throw value.error(
          "'\(word)' does not say which properties to keep",
          hint: "Write rest, none, a list of fields such as [\(word)], or names with fields.")
      }
    }
    var seen: Set<String> = []
    return .named(
      try value.list().map { element in
        let path = try fieldPath(element)
        let name = path.parts.last ?? path.text
        guard seen.insert(name).inserted else {
          throw element.error(
            "two properties are called '\(name)'", hint: "Name them: {one: a.\(name), other: b.\(name)}.")
        }
        return NamedField(name: name, source: .path(path))
      })
  }
}

/// One of the cases of `type`, by raw value.
private func choice<Choice: RawRepresentable<String> & CaseIterable>(
  _ value: YAMLValue, _ what: String, _ type: Choice.Type
) throws -> Choice {
  let word = try value.string()
  guard let choice = Choice(rawValue: word) else {
    let known = Choice.allCases.map(\.rawValue)
    let near = nearestWord(to: word, among: known).map { "Did you mean '\($0)'? " } ?? ""
    throw value.error("'\(word)' is not \(what)", hint: near + "Known: \(known.joined(separator: ", ")).")
  }
  return choice
}

func fieldPath(_ value: YAMLValue) throws -> FieldPath {
  let path = FieldPath(try value.string())
  guard path.parts.allSatisfy({ !$0.isEmpty }) else {
    throw value.error(
      "'\(path.text)' is not the path of a field", hint: "Write names with a dot between, such as actor.id.")
  }
  return path
}

func fieldSource(_ value: YAMLValue) throws -> FieldSource {
  guard value.isMapping else { return .path(try fieldPath(value)) }
  let keys = try value.mapping(knowing: ["constant"])
  return .constant(try keys.require("constant", of: value).string())
}
