internal import Columns

/// How the lines of a log begin: the fields that one line had, in its order, as long as they are texts that are asked
/// for.
///
/// ```
/// {"event_id":"e7","ts":"2026-08-01T…","user_id":"u1",…
/// ├───gap 0───┤  ├─gap 1─┤            ├───gap 2───┤      from the quote that ends a value to the one that opens the next
///
/// …"p_1","properties":null}
///      ├───────tail───────┤     to the end of the line, where nothing but nulls is left
/// ```
/// Writers of logs repeat themselves: where the next line has the same gaps, its values lie between quotes whose places
/// are known (``LineMarks``). Nothing is searched for, and no field waits for the one before.
struct LineShape: ~Copyable {
  struct Field {
    var slot: Int
    var child: Int
  }

  /// With more fields only the first of them are known.
  static let fieldCountMax = 64
  /// Quotes of which the places are noted.
  static let placeCountMax = 4096

  /// What lies before each field, and what ends the line behind them.
  let gaps: UnsafeMutablePointer<LineGap>
  let fields: UnsafeMutablePointer<Field>
  private(set) var count = 0
  /// What followed the last field to the end of the line is known, and it holds nothing.
  private(set) var hasTail = false
  /// Counts the shapes that were learned.
  private(set) var version = 0
  /// Lines that were not of this shape since it was learned.
  private var missCount = 0

  init() {
    fields = .allocate(capacity: Self.fieldCountMax)
    gaps = .allocate(capacity: Self.fieldCountMax + 1)
  }

  deinit {
    fields.deallocate()
    gaps.deallocate()
  }

  /// The gap that ends the line.
  var tail: UnsafePointer<LineGap> { UnsafePointer(gaps + count) }

  /// Whether a line that was not of this shape should give the next one: seldom, where lines differ all the time.
  mutating func isWorthLearning() -> Bool {
    missCount += 1
    return missCount & (missCount - 1) == 0
  }

  mutating func removeAll() {
    (count, hasTail) = (0, false)
    version += 1
  }

  /// Adds the field whose gap lies at `start`; false where it is too long, or there is no room.
  mutating func append(_ start: UnsafePointer<UInt8>, gap: Int, slot: Int, child: Int) -> Bool {
    guard gap <= LineGap.byteCountMax, count < Self.fieldCountMax else { return false }
    (gaps + count).initialize(to: LineGap(start, count: gap))
    (fields + count).initialize(to: Field(slot: slot, child: child))
    count += 1
    return true
  }

  /// Notes what lies at `start` up to the end of the line; a longer tail is not known.
  mutating func end(_ start: UnsafePointer<UInt8>, tail byteCount: Int) {
    hasTail = byteCount <= LineGap.byteCountMax
    if hasTail { (gaps + count).initialize(to: LineGap(start, count: byteCount)) }
  }
}
