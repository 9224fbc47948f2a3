/// How the lines of a log begin: the fields that one line had, in its order, as long as they are texts that are asked
/// for.
///
/// ```
/// {"event_id":"e7","ts":"2026-08-01T…","user_id":"u1",…
/// ├───gap 0───┤  ├gap 1┤            ├──gap 2──┤          each ends with the opening quote of its value
///
/// …"p_1","properties":null}
///      ├──────tail───────┤     to the end of the line, where nothing but nulls is left
/// ```
/// Writers of logs repeat themselves: where the next line has the same gaps, its values lie between quotes whose places
/// are known (``LineMarks``). Nothing is searched for, and no field waits for the one before.
struct LineShape: ~Copyable {
  struct Field {
    /// The gap's first 24 bytes, zeros behind a shorter one, and the bits of them that count.
    var words: (UInt64, UInt64, UInt64)
    var masks: (UInt64, UInt64, UInt64)
    var count: Int
    var slot: Int
    var child: Int
  }

  /// A longer gap ends the shape.
  static let gapByteCountMax = 24
  /// With more fields only the first of them are known.
  static let fieldCountMax = 64
  /// Quotes of which the places are noted.
  static let quoteCountMax = 1024

  let fields: UnsafeMutablePointer<Field>
  private(set) var count = 0
  /// What followed the last field to the end of the line, where it holds nothing.
  private(set) var tail: Field?
  /// Lines that were not of this shape since it was learned.
  private var missCount = 0

  init() { fields = .allocate(capacity: Self.fieldCountMax) }

  deinit { fields.deallocate() }

  /// Whether a line that was not of this shape should give the next one: seldom, where lines differ all the time.
  mutating func isWorthLearning() -> Bool {
    missCount += 1
    return missCount & (missCount - 1) == 0
  }

  mutating func removeAll() { (count, tail) = (0, nil) }

  /// Adds the field whose gap lies at `start`; false where it is too long, or there is no room.
  mutating func append(_ start: UnsafePointer<UInt8>, gap: Int, slot: Int, child: Int) -> Bool {
    guard gap <= Self.gapByteCountMax, count < Self.fieldCountMax else { return false }
    (fields + count).initialize(to: Field(start, count: gap, slot: slot, child: child))
    count += 1
    return true
  }

  /// Notes what lies at `start` up to the end of the line; a longer tail is not known.
  mutating func end(_ start: UnsafePointer<UInt8>, tail count: Int) {
    if count <= Self.gapByteCountMax { tail = Field(start, count: count, slot: -1, child: -1) }
  }
}

extension LineShape.Field {
  init(_ start: UnsafePointer<UInt8>, count: Int, slot: Int, child: Int) {
    func mask(_ index: Int) -> UInt64 {
      let bytes = min(8, max(0, count - index * 8))
      return bytes == 8 ? .max : (1 << UInt64(bytes * 8)) - 1
    }
    masks = (mask(0), mask(1), mask(2))
    words = (start[word: 0] & masks.0, start[word: 8] & masks.1, start[word: 16] & masks.2)
    (self.count, self.slot, self.child) = (count, slot, child)
  }

  /// Whether the gap lies at `place`; 24 bytes must be readable.
  @inline(__always)
  func matches(_ place: UnsafePointer<UInt8>) -> Bool {
    let first = (place[word: 0] & masks.0) ^ words.0
    let second = (place[word: 8] & masks.1) ^ words.1
    let third = (place[word: 16] & masks.2) ^ words.2
    return first | second | third == 0
  }
}
