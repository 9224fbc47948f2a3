internal import Columns

/// A column of texts that repeat: codes row by row, from a table that lives on from chunk to chunk.
///
/// Texts that it saw last are found again by two words and a length, without hashing them and searching the table.
/// Where there are many texts, the others are set aside and looked up together at the end of the chunk.
///
/// ```
/// text of 1…16 bytes    head = its first 8 bytes, tail = the next; zeros behind its end
/// memory[head, tail]    ─▶ head, tail, count, code, hash
/// ```
struct ColumnBuilder: ~Copyable {
  /// What a missing value adds to the hash of a row.
  static let nullHash: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// `TextColumn.null`: known here, it costs no call.
  private static var missing: UInt32 { .max }
  /// Of the memory, which is larger where there are many texts.
  private static let (narrowBitCount, wideBitCount) = (12 as UInt64, 16 as UInt64)
  /// With more texts a column is a wide one.
  private static let narrowCountMax = 1024

  private var values = StringTable()
  /// Texts that earlier chunks brought.
  private var oldCount = 0
  private var codes: UnsafeMutablePointer<UInt32>
  private var isWide = false
  /// A row has a text.
  private var hasTexts = false
  /// Of a wide column.
  private var waiting = WaitingTexts()
  private var seen: SeenTexts

  /// Room for `capacity` rows.
  init(capacity: Int) {
    codes = .allocate(capacity: capacity)
    seen = SeenTexts(bitCount: Self.narrowBitCount)
  }

  deinit { codes.deallocate() }

  /// Forgets the rows. The texts are kept, unless they have become too many.
  mutating func restart() {
    if values.bytes.count > IngestLimits.rememberedTextByteCountMax {
      values = StringTable()
      seen = SeenTexts(bitCount: Self.narrowBitCount)
    }
    oldCount = values.count
    let wasWide = isWide
    isWide = values.count > Self.narrowCountMax
    if isWide, !wasWide { seen = SeenTexts(bitCount: Self.wideBitCount) }
    waiting.removeAll()
    hasTexts = false
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
      waiting.forEachShort { seen.remember($0, hash: $1, code: codes[$2]) }
    }
    let start = oldCount == 0 ? 0 : values.ends[oldCount - 1]
    let news = RowTexts(bytes: Array(values.bytes[start...]), ends: values.ends[oldCount...].map { $0 - start })
    return CodedTexts(
      codes: Array(UnsafeBufferPointer(start: codes, count: count)), isMissing: !hasTexts,
      firstNewCode: UInt32(oldCount), newTexts: news)
  }

  /// Sets a row and returns the hash of its text; an empty text is a missing one. 16 bytes from its start are readable.
  @inline(__always)
  mutating func set(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = text.count
    if count == 0 {
      codes[row] = Self.missing
      return Self.nullHash
    }
    hasTexts = true
    if count <= 16 {
      let (head, tail) = shortText(text.baseAddress!.assumingMemoryBound(to: UInt8.self), count: count)
      let entry = seen.place(head, tail)
      if entry.pointee.isOf(head, tail, count) {
        codes[row] = entry.pointee.code
        return entry.pointee.hash
      }
    }
    return setUnseen(row, text)
  }

  /// Asks for what will be looked at by ``set(_:_:count:_:)`` soon, where it lies in a large memory.
  func askAhead(_ texts: UnsafePointer<PlacedText>, count: Int) {
    if !isWide { return }
    let seen = seen.view
    for index in 0..<count {
      let (head, tail) = shortText(texts[index].start, count: min(texts[index].count, 16))
      prefetch(seen.place(head, tail))
    }
  }

  /// As ``set(_:_:)`` for `count` rows from `row` on, of which the hashes are taken on to that of their texts.
  /// - Parameter texts: nil where all are missing.
  mutating func set(
    _ row: Int, _ texts: UnsafePointer<PlacedText>?, count: Int, _ hashes: UnsafeMutablePointer<UInt64>
  ) {
    let codes = codes + row
    guard let texts else {
      codes.update(repeating: Self.missing, count: count)
      for index in 0..<count { hashes[index] = BatchBuilder.combined(hashes[index], Self.nullHash) }
      return
    }
    hasTexts = true
    let seen = seen.view
    for index in 0..<count {
      let text = texts[index]
      let (head, tail) = shortText(text.start, count: min(text.count, 16))
      let entry = seen.place(head, tail)
      if entry.pointee.isOf(head, tail, text.count) {
        codes[index] = entry.pointee.code
        hashes[index] = BatchBuilder.combined(hashes[index], entry.pointee.hash)
      } else {
        hashes[index] = BatchBuilder.combined(hashes[index], set(row &+ index, text.bytes))
      }
    }
  }

  /// As ``set(_:_:)`` for a text that is not in the memory.
  private mutating func setUnseen(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    if isWide { return waiting.append(row, text) }
    let hash = setLong(row, text)
    if text.count <= 16 { seen.remember(text, hash: hash, code: codes[row]) }
    return hash
  }

  /// As ``set(_:_:)`` for a text that is not looked for in the memory and whose surroundings may not be readable.
  private mutating func setLong(_ row: Int, _ text: UnsafeRawBufferPointer) -> UInt64 {
    let hash = byteHash(text)
    codes[row] = values.code(for: text, hash: hash)
    return hash
  }
}

/// Short texts that were seen last, each at the one place where it can be.
private struct SeenTexts: ~Copyable {
  struct Entry: BitwiseCopyable {
    var head: UInt64 = 0
    var tail: UInt64 = 0
    /// Of the text.
    var hash: UInt64 = 0
    var code: UInt32 = 0
    /// Of bytes; 0 where nothing was seen.
    var count: UInt32 = 0

    @inline(__always)
    func isOf(_ head: UInt64, _ tail: UInt64, _ count: Int) -> Bool {
      (self.head ^ head) | (self.tail ^ tail) | (UInt64(self.count) ^ UInt64(truncatingIfNeeded: count)) == 0
        && count != 0
    }
  }

  /// Where the entries lie.
  struct View {
    let entries: UnsafeMutablePointer<Entry>
    let shift: UInt64

    @inline(__always)
    func place(_ head: UInt64, _ tail: UInt64) -> UnsafeMutablePointer<Entry> {
      let mixed = (head ^ tail &* 0xD6E8_FEB8_6659_FD93) &* 0xA076_1D64_78BD_642F
      return entries + Int(truncatingIfNeeded: mixed &>> shift)
    }
  }

  let view: View

  init(bitCount: UInt64) {
    let (count, entryByteCount) = (1 << Int(bitCount), MemoryLayout<Entry>.stride)
    let room = UnsafeMutableRawPointer.allocate(byteCount: count * entryByteCount, alignment: entryByteCount)
    let entries = room.bindMemory(to: Entry.self, capacity: count)
    entries.initialize(repeating: Entry(), count: count)
    view = View(entries: entries, shift: 64 - bitCount)
  }

  deinit { UnsafeMutableRawPointer(view.entries).deallocate() }

  @inline(__always)
  func place(_ head: UInt64, _ tail: UInt64) -> UnsafeMutablePointer<Entry> { view.place(head, tail) }

  /// - Parameter text: of at most 16 bytes, of which as many are readable.
  func remember(_ text: UnsafeRawBufferPointer, hash: UInt64, code: UInt32) {
    let (head, tail) = shortText(text.baseAddress!.assumingMemoryBound(to: UInt8.self), count: text.count)
    view.place(head, tail).pointee = Entry(head: head, tail: tail, hash: hash, code: code, count: UInt32(text.count))
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
