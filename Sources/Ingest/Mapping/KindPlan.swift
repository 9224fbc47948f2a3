internal import Events

/// Where the text of a column comes from: a slot of the record, or always the same.
struct TextPlan {
  /// -1 for a constant.
  let slot: Int
  /// Where the slot is empty: the first of these that is not, in the parser's list of slots.
  private(set) var others = 0..<0
  /// The slot that stands in only where the record does not have the field at all, even as null; -1 for none.
  private(set) var beside = -1
  /// Absent where the column has nothing.
  let constant: FieldValue

  init(_ source: FieldSource?, plan: FieldPlan, texts: KeptTexts) {
    let nothing = FieldValue.absent(texts.keep("").start)
    switch source {
    case .path(let path)?: (slot, constant) = (plan.slot(path), nothing)
    case .first(let paths)?:
      (slot, constant) = (plan.slot(paths[0]), nothing)
      others = texts.keep(slots: paths.dropFirst().map(plan.slot))
    case .property(let path, let beside)?:
      (slot, constant) = (plan.slot(path), nothing)
      self.beside = plan.slot(beside)
    case .constant(let text)?: (slot, constant) = (-1, texts.keep(text))
    case nil: (slot, constant) = (-1, nothing)
    }
  }
}

/// An ``EventKind`` with its fields looked up. Plain values only, since it is read for each record.
struct KindPlan {
  enum Test {
    case always, equals, differs, present, absent
  }

  let test: Test
  let testSlot: Int
  /// The texts of `equals`, in the parser's list of them.
  let testTexts: Range<Int>
  /// A fact of a member, without time.
  let isMember: Bool
  let time: TextPlan
  let member: TextPlan
  let event: TextPlan
  let eventID: TextPlan
}

/// One property that is asked for by name.
struct PropertyPlan {
  let name: FieldValue
  let source: TextPlan
}

/// All kinds of a dataset, ready to be read for each record.
///
/// Sendable because nothing changes once it is made; the pointers lead into `texts`.
struct MappingPlan: @unchecked Sendable {
  let texts = KeptTexts()
  private(set) var kinds: [KindPlan] = []
  private(set) var clocks: [TimeReader] = []
  private(set) var testTexts: [FieldValue] = []
  /// Those of the first kind, then those of the next: as many each as the schema has.
  private(set) var dimensions: [TextPlan] = []
  private(set) var properties: [PropertyPlan] = []

  init(_ description: DatasetDescription, plan: FieldPlan, dimensionNames: [String], communityZone: TimeZoneRules) {
    for kind in description.kinds {
      add(kind, of: description, plan: plan, communityZone: communityZone, dimensionNames)
    }
    guard case .named(let fields) = description.properties else { return }
    properties = fields.map { field in
      PropertyPlan(name: texts.keep(field.name), source: TextPlan(field.source, plan: plan, texts: texts))
    }
  }

  private mutating func add(
    _ kind: EventKind, of description: DatasetDescription, plan: FieldPlan, communityZone: TimeZoneRules,
    _ dimensionNames: [String]
  ) {
    var test = KindPlan.Test.always
    let firstText = testTexts.count
    switch kind.condition?.test {
    case nil: break
    case .present(let isPresent)?: test = isPresent ? .present : .absent
    case .equals(let wanted)?:
      test = .equals
      testTexts += wanted.map { texts.keep($0) }
    case .differs(let others)?:
      test = .differs
      testTexts += others.map { texts.keep($0) }
    }
    kinds.append(
      KindPlan(
        test: test, testSlot: kind.condition.map { plan.slot($0.field) } ?? -1, testTexts: firstText..<testTexts.count,
        isMember: description.kind == .members, time: TextPlan(kind.time.source, plan: plan, texts: texts),
        member: TextPlan(kind.member, plan: plan, texts: texts),
        event: TextPlan(kind.event, plan: plan, texts: texts), eventID: TextPlan(kind.eventID, plan: plan, texts: texts)
      ))
    clocks.append(TimeReader(format: kind.time.format, zone: kind.time.zone ?? communityZone))
    for name in dimensionNames {
      let source = kind.dimensions.first { $0.name == name }?.source
      dimensions.append(TextPlan(source, plan: plan, texts: texts))
    }
  }
}
