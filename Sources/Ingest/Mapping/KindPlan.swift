internal import Columns
internal import Events

/// Where the text of a column comes from: a slot of the record, or always the same.
enum TextPlan: Sendable {
  case slot(Int)
  case constant([UInt8])
  case nothing

  init(_ source: FieldSource?, plan: FieldPlan) {
    switch source {
    case .path(let path)?: self = .slot(plan.slot(path))
    case .constant(let text)?: self = .constant(Array(text.utf8))
    case nil: self = .nothing
    }
  }
}

/// An ``EventKind`` with its fields looked up.
struct KindPlan: Sendable {
  enum Test: Sendable {
    case always
    case equals(slot: Int, [[UInt8]])
    case present(slot: Int, Bool)
  }

  let test: Test
  let timeSlot: Int
  let timeName: String
  let time: TimeReader
  let member: TextPlan
  let event: TextPlan
  let eventID: TextPlan
  /// One a dimension of the schema.
  let dimensions: [TextPlan]
  /// For complaints.
  let memberName: String
  let eventName: String

  init(_ kind: EventKind, plan: FieldPlan, schema: EventSchema, communityZone: TimeZoneRules) {
    switch kind.condition?.test {
    case nil: test = .always
    case .equals(let texts)?: test = .equals(slot: plan.slot(kind.condition!.field), texts.map { Array($0.utf8) })
    case .present(let isPresent)?: test = .present(slot: plan.slot(kind.condition!.field), isPresent)
    }
    timeSlot = plan.slot(kind.time.field)
    timeName = kind.time.field.text
    time = TimeReader(format: kind.time.format, zone: kind.time.zone ?? communityZone)
    member = TextPlan(kind.member, plan: plan)
    event = TextPlan(kind.event, plan: plan)
    eventID = TextPlan(kind.eventID, plan: plan)
    dimensions = schema.dimensions.map { name in
      TextPlan(kind.dimensions.first { $0.name == name }?.source, plan: plan)
    }
    memberName = Self.name(of: kind.member)
    eventName = Self.name(of: kind.event)
  }

  private static func name(of source: FieldSource) -> String {
    switch source {
    case .path(let path): "the field '\(path.text)'"
    case .constant: "the constant"
    }
  }
}

/// One property that is asked for by name.
struct PropertyPlan: Sendable {
  /// Where `name` lies in the plans' names.
  let name: NameBytes.Place
  let source: TextPlan
  let names: NameBytes

  static func plans(of properties: DatasetDescription.Properties, plan: FieldPlan) -> [PropertyPlan] {
    guard case .named(let fields) = properties else { return [] }
    let names = NameBytes(fields.map(\.name))
    return fields.enumerated().map { index, field in
      PropertyPlan(name: names.place(index), source: TextPlan(field.source, plan: plan), names: names)
    }
  }
}
