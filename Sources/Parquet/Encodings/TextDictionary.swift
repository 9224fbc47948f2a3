import Columns

/// The texts that the rows of one chunk use, the most frequent first, and whether it pays to write them once.
///
/// Small indices then stand for most rows, and zstd makes short work of the zeros above them: a column of skewed texts
/// takes a fifth less than in the order of its bytes.
struct TextDictionary {
  /// The codes in use, the most frequent first, equally frequent ones as they first appear; empty where the dictionary
  /// does not pay.
  private(set) var codes: [UInt32] = []
  /// Where each code of the table stands in `codes`; meaningless for a code not in use.
  private(set) var indices: [UInt32]

  /// Bits of an index; at least one, since not every reader knows indices without bits.
  ///
  /// Beyond a few bits an index takes whole bytes: what is saved by packing zstd saves better where it sees them.
  var indexWidth: Int {
    let width = max(1, bitWidth(UInt64(max(codes.count, 1) - 1)))
    return width < 5 || width > 16 ? width : width <= 8 ? 8 : 16
  }

  /// Looks at the rows of `column`: one pass, and a sort of the distinct texts where they pay.
  init(_ column: TextColumn) {
    var counts = [UInt32](repeating: 0, count: column.values.count)
    var used: [UInt32] = []
    let null = TextColumn.null
    var presentCount = 0
    for code in column.codes where code != null {
      if counts[Int(code)] == 0 { used.append(code) }
      counts[Int(code)] &+= 1
      presentCount &+= 1
    }
    indices = []
    var (plainByteCount, dictionaryByteCount) = (0, 0)
    for code in used {
      let byteCount = plainLengthByteCount + column.values.range(of: code).count
      plainByteCount += byteCount * Int(counts[Int(code)])
      dictionaryByteCount += byteCount
    }
    let indexByteCount = presentCount * bitWidth(UInt64(used.count)) / 8
    // A quarter less before compression, which takes the rest of what repeats out of PLAIN pages too.
    guard !used.isEmpty, dictionaryByteCount <= Limits.dictionaryByteCountMax,
      dictionaryByteCount + indexByteCount <= plainByteCount / 4 * 3
    else { return }
    var order = used.indices.map { UInt64(UInt32.max - counts[Int(used[$0])]) << 32 | UInt64($0) }
    order.sort()
    codes = order.map { used[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)] }
    indices = counts
    for (index, code) in codes.enumerated() { indices[Int(code)] = UInt32(index) }
  }
}

/// The order of the texts of a table by their bytes.
struct TextOrder {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let ends: UnsafeBufferPointer<Int>

  @inline(__always)
  private func range(_ code: UInt32) -> Range<Int> {
    let index = Int(code)
    return Range(uncheckedBounds: (index == 0 ? 0 : ends[index &- 1], ends[index]))
  }

  /// The first eight bytes of a text, zeros behind a shorter one: words that differ order as the texts do.
  @inline(__always)
  func word(_ code: UInt32) -> UInt64 { orderedWord(bytes, range(code), skipping: 0) }

  /// Whether the text of `a` comes before that of `b`.
  func precedes(_ a: UInt32, _ b: UInt32) -> Bool { isOrdered(range(a), before: range(b), in: bytes) }
}

extension StringTable {
  /// Calls `body` with the order of the texts, valid until it returns.
  func withOrder<R>(_ body: (TextOrder) -> R) -> R {
    bytes.withUnsafeBytes { bytes in ends.withUnsafeBufferPointer { body(TextOrder(bytes: bytes, ends: $0)) } }
  }
}

/// The eight bytes of `range` after the first `skipped`, zeros behind its end, so that words order as bytes do.
@inline(__always)
private func orderedWord(_ all: UnsafeRawBufferPointer, _ range: Range<Int>, skipping skipped: Int) -> UInt64 {
  let start = range.lowerBound &+ skipped
  let left = range.upperBound &- start
  if left >= 8 { return UInt64(bigEndian: all.loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
  var word: UInt64 = 0
  var index = 0
  while index < left {
    word |= UInt64(all[start &+ index]) &<< UInt64(truncatingIfNeeded: 56 &- index &* 8)
    index &+= 1
  }
  return word
}

private func isOrdered(_ a: Range<Int>, before b: Range<Int>, in all: UnsafeRawBufferPointer) -> Bool {
  let shorter = min(a.count, b.count)
  var skipped = 0
  while skipped < shorter {
    let left = orderedWord(all, a, skipping: skipped)
    let right = orderedWord(all, b, skipping: skipped)
    if left != right { return left < right }
    skipped += 8
  }
  return a.count < b.count
}
