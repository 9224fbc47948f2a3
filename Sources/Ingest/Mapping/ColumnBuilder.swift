internal import Columns

/// A text column that grows row by row, with a small memory of the values it saw last.
///
/// Columns such as event or platform repeat few short values: those are found again by two words and a length,
/// without hashing them twice and searching the table.
///
/// ```
/// text of 8…16 bytes    head = its first 8 bytes, tail = its last 8; shorter: head = all of it, tail = 0
/// memory[head, tail]    ─▶ head, tail, count, code, hash
/// ```
struct ColumnBuilder {
  private struct Seen {
    var head: UInt64 = 0
    var tail: UInt64 = 0
    /// Of the text.
    var hash: UInt64 = 0
    var code: UInt32 = 0
    /// Of bytes; 0 where nothing was seen.
    var count: UInt32 = 0
  }

  /// What a missing value adds to the hash of a row.
  static let nullHash: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let seenBitCount: UInt64 = 7

  private var values: StringTable
  private var codes: UnsafeMutablePointer<UInt32>
  private let seen: UnsafeMutablePointer<Seen>

  /// Room for `capacity` rows and about `valueCount` different texts.
  init(capacity: Int, valueCount: Int) {
    values = StringTable(capacity: valueCount)
    codes = .allocate(capacity: capacity)
    seen = .allocate(capacity: 1 << Int(Self.seenBitCount))
    seen.initialize(repeating: Seen(), count: 1 << Int(Self.seenBitCount))
  }

  /// To be called once, in place of a deinitializer: columns are plain values so that they can lie side by side.
  func free() {
    codes.deallocate()
    seen.deallocate()
  }

  mutating func grow(from count: Int, to capacity: Int) {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    larger.update(from: codes, count: count)
    codes.deallocate()
    codes = larger
  }

  /// The first `count` rows.
  func column(count: Int) -> TextColumn {
    TextColumn(codes: Array(UnsafeBufferPointer(start: codes, count: count)), values: values)
  }

  /// Sets a row and returns the hash of its text; an empty text is a missing one. 16 bytes from its start are readable.
  @inline(__always)
  mutating func set(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = text.count
    if count == 0 {
      codes[row] = TextColumn.null
      return Self.nullHash
    }
    if count > 16 { return setLong(row, text) }
    let base = text.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let head = count >= 8 ? base.word : base.word & ((1 << UInt64(count &* 8)) &- 1)
    let tail = count > 8 ? (base + (count - 8)).word : 0
    let mixed = (head ^ tail &* 0xD6E8_FEB8_6659_FD93) &* 0xA076_1D64_78BD_642F
    let entry = seen + Int(truncatingIfNeeded: mixed &>> (64 - Self.seenBitCount))
    if entry.pointee.head == head, entry.pointee.tail == tail, entry.pointee.count == UInt32(truncatingIfNeeded: count)
    {
      codes[row] = entry.pointee.code
      return entry.pointee.hash
    }
    let hash = setLong(row, text)
    entry.pointee = Seen(head: head, tail: tail, hash: hash, code: codes[row], count: UInt32(truncatingIfNeeded: count))
    return hash
  }

  /// As ``set(_:_:)`` for a text that is not looked for in the memory and whose surroundings may not be readable.
  mutating func setLong(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    codes[row] = values.code(for: text)
    return byteHash(text)
  }

  mutating func setNull(_ row: Int) -> UInt64 {
    codes[row] = TextColumn.null
    return Self.nullHash
  }
}
