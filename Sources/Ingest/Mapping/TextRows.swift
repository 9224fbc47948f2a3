internal import Columns

/// Texts of rows while they are made.
struct TextRows: ~Copyable {
  private var bytes: GrowingColumn<UInt8>
  private var ends: GrowingColumn<Int>

  /// No rows, and room for `capacity`.
  init(capacity: Int = 1 << 12) {
    bytes = GrowingColumn(capacity: capacity * 16)
    ends = GrowingColumn(capacity: capacity)
  }

  @inline(__always)
  mutating func append(_ text: UnsafeRawBufferPointer) {
    if let base = text.baseAddress { bytes.append(base.assumingMemoryBound(to: UInt8.self), count: text.count) }
    ends.append(bytes.count)
  }

  /// As `append` for a text with 32 readable bytes from its start: a short one is copied without a call.
  @inline(__always)
  mutating func appendPadded(_ text: UnsafeRawBufferPointer) {
    if text.count > 32 { return append(text) }
    let room = UnsafeMutableRawPointer(bytes.room(for: 32))
    let source = text.baseAddress!
    room.storeBytes(of: source.loadUnaligned(as: SIMD4<UInt64>.self), as: SIMD4<UInt64>.self)
    bytes.advance(by: text.count)
    ends.append(bytes.count)
  }

  /// As ``appendPadded(_:)`` for `count` texts.
  mutating func appendPadded(_ texts: UnsafePointer<PlacedText>, count: Int) {
    for row in 0..<count { appendPadded(texts[row].bytes) }
  }

  mutating func appendMissing(count: Int) {
    ends.room(for: count).update(repeating: bytes.count, count: count)
    ends.advance(by: count)
  }

  @inline(__always)
  mutating func appendMissing() { ends.append(bytes.count) }

  mutating func removeAll() {
    bytes.removeAll()
    ends.removeAll()
  }

  /// Calls `body` with the number of each row and its text; of one that was padded 32 bytes are readable.
  func forEach(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
    var start = 0
    for row in 0..<ends.count {
      body(row, UnsafeRawBufferPointer(start: bytes.base + start, count: ends.base[row] - start))
      start = ends.base[row]
    }
  }

  var texts: RowTexts { RowTexts(bytes: bytes.array, ends: ends.array) }
}

extension PlacedText {
  @inline(__always) var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
