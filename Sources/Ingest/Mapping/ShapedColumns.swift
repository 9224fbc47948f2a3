internal import Columns

/// What the columns of a batch take from lines of one shape: which of their texts each column is, so that such lines are
/// mapped many at a time and none of their fields is looked at by name.
///
/// ```
/// lines      {"event_id":"e7","ts":"2026-…","user_id":"u1",…,"properties":null}
/// texts      e7 e8 e9 …  │  2026-… 2026-… …  │  u1 u5 u1 …      as many a field as lines are looked at together
/// columns    time ─▶ field 1, member ─▶ field 2, … an arm ─▶ nothing
/// ```
struct ShapedColumns: ~Copyable {
  /// Nil where the lines have nothing for the column.
  private(set) var time: UnsafePointer<PlacedText>?
  private(set) var member: UnsafePointer<PlacedText>?
  private(set) var event: UnsafePointer<PlacedText>?
  private(set) var eventID: UnsafePointer<PlacedText>?
  let dimensions: UnsafeMutablePointer<UnsafePointer<PlacedText>?>
  /// Gets the texts of lines: see ``shapedLines(_:limit:gaps:count:texts:most:places:room:width:)``.
  private(set) var texts: UnsafeMutablePointer<PlacedText>
  /// Of the lines at hand.
  let instants: UnsafeMutablePointer<Int64>
  /// Of each line's values, one column after another.
  let hashes: UnsafeMutablePointer<UInt64>
  /// Of the shape that this is about.
  private(set) var version = 0
  /// Lines of this shape can be mapped so.
  private(set) var isUsable = false
  private let dimensionCount: Int

  init(dimensionCount: Int) {
    self.dimensionCount = dimensionCount
    dimensions = .allocate(capacity: dimensionCount + 1)
    dimensions.initialize(repeating: nil, count: dimensionCount + 1)
    texts = .allocate(capacity: 1)
    instants = .allocate(capacity: ShapedLines.countMax)
    hashes = .allocate(capacity: ShapedLines.countMax)
  }

  deinit {
    dimensions.deallocate()
    texts.deallocate()
    instants.deallocate()
    hashes.deallocate()
  }

  /// Takes the columns of the kind `kind` from lines of `shape`.
  /// - Parameters:
  ///   - plans: of the dimensions.
  ///   - values: of a line of the shape. What is in no field of the shape is there as in every line of it.
  ///   - isAllowed: nothing but these columns is asked for.
  mutating func take(
    _ kind: KindPlan, _ plans: UnsafePointer<TextPlan>, from shape: borrowing LineShape,
    values: UnsafePointer<FieldValue>, isAllowed: Bool
  ) {
    version = shape.version
    isUsable = isAllowed && shape.hasTail && shape.count > 0 && kind.test == .always && !kind.isMember
    if !isUsable { return }
    texts.deallocate()
    texts = .allocate(capacity: (shape.count + 4 + dimensionCount) * ShapedLines.countMax)
    var used = shape.count
    time = column(kind.time, shape, values, &used)
    member = column(kind.member, shape, values, &used)
    event = column(kind.event, shape, values, &used)
    eventID = column(kind.eventID, shape, values, &used)
    for index in 0..<dimensionCount { dimensions[index] = column(plans[index], shape, values, &used) }
    isUsable = isUsable && time != nil && member != nil && event != nil
  }

  /// The texts of one column. One that has a choice of fields can be told for one line alone.
  private mutating func column(
    _ plan: TextPlan, _ shape: borrowing LineShape, _ values: UnsafePointer<FieldValue>, _ used: inout Int
  ) -> UnsafePointer<PlacedText>? {
    if !plan.others.isEmpty { isUsable = false }
    if plan.slot < 0 {
      if plan.constant.count == 0 { return nil }
      let column = texts + used * ShapedLines.countMax
      column.initialize(
        repeating: PlacedText(start: plan.constant.start, count: plan.constant.count), count: ShapedLines.countMax)
      used += 1
      return UnsafePointer(column)
    }
    var field = shape.field(of: plan.slot)
    if field == nil, plan.beside >= 0, values[plan.slot].kind == .absent { field = shape.field(of: plan.beside) }
    return field.map { UnsafePointer(texts + $0 * ShapedLines.countMax) }
  }
}

extension ChunkParsing {
  /// Appends the `count` lines of which ``ShapedColumns`` has the texts; false, and nothing is appended, where one of
  /// them may have to be rejected.
  mutating func mapShaped(_ count: Int) -> Bool {
    if count == 0 { return true }
    guard let time = shaped.time, let member = shaped.member, let event = shaped.event,
      clocks.pointee.read(time, count: count, into: shaped.instants)
    else { return false }
    var isComplete = true
    let (instants, accepted) = (shaped.instants, parser.accepted)
    for line in 0..<count {
      isComplete = isComplete && accepted.contains(instants[line]) && member[line].count > 0 && event[line].count > 0
    }
    if !isComplete { return false }
    let hashes = shaped.hashes
    builder.begin(ts: instants, members: member, events: event, count: count, hashes)
    for index in 0..<parser.dimensionCount { builder.dimension(index, shaped.dimensions[index], count: count, hashes) }
    builder.end(eventIDs: shaped.eventID, areOfLines: isIdentifiedByLine, count: count, hashes)
    return true
  }
}
