internal import Columns

/// A column of texts that repeat: codes row by row, from a table that lives on from chunk to chunk.
///
/// Texts that it saw last are found again by two words and a length, without hashing them and searching the table.
/// Where there are many texts, the others are set aside and looked up together at the end of the chunk.
///
/// ```
/// text of 8…16 bytes    head = its first 8 bytes, tail = its last 8; shorter: head = all of it, tail = 0
/// memory[head, tail]    ─▶ head, tail, count, code, hash
/// ```
struct ColumnBuilder: ~Copyable {
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
  /// `TextColumn.null`: known here, it costs no call.
  private static var missing: UInt32 { .max }
  private static let seenBitCount: UInt64 = 12
  /// With more texts a column is a wide one.
  private static let narrowCountMax = 1024

  private var values = StringTable()
  /// Texts that earlier chunks brought.
  private var oldCount = 0
  private var codes: UnsafeMutablePointer<UInt32>
  private var isWide = false
  /// Of a wide column.
  private var waiting = WaitingTexts()
  private let seen: UnsafeMutablePointer<Seen>

  /// Room for `capacity` rows.
  init(capacity: Int) {
    codes = .allocate(capacity: capacity)
    seen = .allocate(capacity: 1 << Int(Self.seenBitCount))
    seen.initialize(repeating: Seen(), count: 1 << Int(Self.seenBitCount))
  }

  deinit {
    codes.deallocate()
    seen.deallocate()
  }

  /// Forgets the rows. The texts are kept, unless they have become too many.
  mutating func restart() {
    if values.bytes.count > IngestLimits.rememberedTextByteCountMax {
      values = StringTable()
      seen.update(repeating: Seen(), count: 1 << Int(Self.seenBitCount))
    }
    oldCount = values.count
    isWide = values.count > Self.narrowCountMax
    waiting.removeAll()
  }

  mutating func grow(from count: Int, to capacity: Int) {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    larger.update(from: codes, count: count)
    codes.deallocate()
    codes = larger
  }

  /// The first `count` rows since the last restart.
  mutating func column(count: Int) -> CodedTexts {
    if isWide {
      waiting.look(up: &values, into: codes)
      let (seen, codes) = (seen, codes)
      waiting.forEachShort { Self.remember($0, hash: $1, code: codes[$2], in: seen) }
    }
    let start = oldCount == 0 ? 0 : values.ends[oldCount - 1]
    let news = RowTexts(bytes: Array(values.bytes[start...]), ends: values.ends[oldCount...].map { $0 - start })
    return CodedTexts(
      codes: Array(UnsafeBufferPointer(start: codes, count: count)), firstNewCode: UInt32(oldCount), newTexts: news)
  }

  /// Sets a row and returns the hash of its text; an empty text is a missing one. 16 bytes from its start are readable.
  @inline(__always)
  mutating func set(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = text.count
    if count == 0 {
      codes[row] = Self.missing
      return Self.nullHash
    }
    if count > 16 { return isWide ? waiting.append(row, text) : setLong(row, text) }
    let (head, tail) = Self.words(text)
    let entry = Self.entry(head, tail, in: seen)
    if entry.pointee.head == head, entry.pointee.tail == tail, entry.pointee.count == UInt32(truncatingIfNeeded: count)
    {
      codes[row] = entry.pointee.code
      return entry.pointee.hash
    }
    if isWide { return waiting.append(row, text) }
    let hash = setLong(row, text)
    Self.remember(text, hash: hash, code: codes[row], in: seen)
    return hash
  }

  /// The first and last eight bytes of a text of at most 16, of which as many are readable.
  @inline(__always)
  private static func words(_ text: UnsafeRawBufferPointer) -> (head: UInt64, tail: UInt64) {
    let base = text.baseAddress!.assumingMemoryBound(to: UInt8.self)
    if text.count < 8 { return (base.word & ((1 << UInt64(text.count &* 8)) &- 1), 0) }
    return (base.word, text.count > 8 ? (base + (text.count - 8)).word : 0)
  }

  @inline(__always)
  private static func entry(
    _ head: UInt64, _ tail: UInt64, in seen: UnsafeMutablePointer<Seen>
  ) -> UnsafeMutablePointer<Seen> {
    let mixed = (head ^ tail &* 0xD6E8_FEB8_6659_FD93) &* 0xA076_1D64_78BD_642F
    return seen + Int(truncatingIfNeeded: mixed &>> (64 - Self.seenBitCount))
  }

  private static func remember(
    _ text: UnsafeRawBufferPointer, hash: UInt64, code: UInt32, in seen: UnsafeMutablePointer<Seen>
  ) {
    let (head, tail) = words(text)
    entry(head, tail, in: seen).pointee = Seen(
      head: head, tail: tail, hash: hash, code: code, count: UInt32(text.count))
  }

  /// As ``set(_:_:)`` for a text that is not looked for in the memory and whose surroundings may not be readable.
  private mutating func setLong(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    let hash = byteHash(text)
    codes[row] = values.code(for: text, hash: hash)
    return hash
  }
}

/// Texts of one column that are looked up together.
private struct WaitingTexts: ~Copyable {
  private var rows = GrowingColumn<Int32>(capacity: 16)
  private var hashes = GrowingColumn<UInt64>(capacity: 16)
  private var texts = TextRows(capacity: 16)

  /// Returns the hash of `text`, of which 32 bytes from its start are readable.
  @inline(__always)
  mutating func append(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    let hash = byteHash(text)
    rows.append(Int32(truncatingIfNeeded: row))
    hashes.append(hash)
    texts.appendPadded(text)
    return hash
  }

  mutating func removeAll() {
    rows.removeAll()
    hashes.removeAll()
    texts.removeAll()
  }

  func look(up table: inout StringTable, into codes: UnsafeMutablePointer<UInt32>) {
    let found = [Int32](unsafeUninitializedCapacity: rows.count) { found, filled in
      let all = Array(0..<Int32(rows.count))
      all.withUnsafeBufferPointer {
        table.codes(for: texts.texts, hashes: hashes.array, rows: $0, into: found.baseAddress!)
      }
      filled = rows.count
    }
    for (place, code) in found.enumerated() { codes[Int(rows.base[place])] = UInt32(bitPattern: code) }
  }

  /// Calls `body` with each text of at most 16 bytes, its hash and its row.
  func forEachShort(_ body: (UnsafeRawBufferPointer, UInt64, Int) -> Void) {
    texts.forEach { place, text in
      if text.count <= 16 { body(text, hashes.base[place], Int(rows.base[place])) }
    }
  }
}
