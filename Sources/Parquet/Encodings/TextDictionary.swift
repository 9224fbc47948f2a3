import Columns

/// The texts that the rows of one chunk use, in the order of their bytes, and whether it pays to write them once.
struct TextDictionary {
  /// The codes in use, in the order of the bytes of their texts; empty where the dictionary does not pay.
  private(set) var codes: [UInt32] = []
  /// Where each code of the table stands in `codes`; meaningless for a code not in use.
  private(set) var ranks: [UInt32]

  /// Bits of an index; at least one, since not every reader knows indices without bits.
  var indexWidth: Int { max(1, bitWidth(UInt64(max(codes.count, 1) - 1))) }

  /// Looks at the rows of `column`: one pass, and a sort of the distinct texts where they pay.
  init(_ column: TextColumn) {
    ranks = [UInt32](repeating: 0, count: column.values.count)
    var used: [UInt32] = []
    var plainByteCount = 0
    var dictionaryByteCount = 0
    let ends = column.values.ends
    for code in column.codes where code != TextColumn.null {
      let index = Int(code)
      let byteCount = plainLengthByteCount &+ ends[index] &- (index == 0 ? 0 : ends[index &- 1])
      plainByteCount &+= byteCount
      if ranks[index] == 0 {
        ranks[index] = 1
        used.append(code)
        dictionaryByteCount &+= byteCount
      }
    }
    let indexBits = bitWidth(UInt64(used.count))
    let indexByteCount = column.count * indexBits / 8
    // A quarter less before compression, which takes the rest of what repeats out of PLAIN pages too.
    guard dictionaryByteCount <= Limits.dictionaryByteCountMax,
      dictionaryByteCount + indexByteCount <= plainByteCount / 4 * 3
    else { return }
    codes = column.values.sorted(used)
    for (rank, code) in codes.enumerated() { ranks[Int(code)] = UInt32(rank) }
  }
}

extension StringTable {
  /// `codes` in the order of the bytes of their texts.
  ///
  /// Compares eight bytes at a time: first the eight after what all texts begin with, kept beside the code.
  func sorted(_ codes: [UInt32]) -> [UInt32] {
    bytes.withUnsafeBytes { all in
      let shared = sharedPrefixCount(codes, in: all)
      var keyed = codes.map { code in
        (key: orderedWord(all, range(of: code), skipping: shared), code: code)
      }
      keyed.sort { a, b in
        a.key != b.key ? a.key < b.key : isOrdered(range(of: a.code), before: range(of: b.code), in: all)
      }
      return keyed.map(\.code)
    }
  }

  /// Whether the text of `a` comes before that of `b` in the order of their bytes.
  func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
    bytes.withUnsafeBytes { isOrdered(range(of: a), before: range(of: b), in: $0) }
  }

  private func sharedPrefixCount(_ codes: [UInt32], in all: UnsafeRawBufferPointer) -> Int {
    guard let first = codes.first.map(range) else { return 0 }
    var shared = first.count
    for code in codes {
      let other = range(of: code)
      shared = min(shared, other.count)
      var index = 0
      while index < shared && all[first.lowerBound + index] == all[other.lowerBound + index] { index += 1 }
      shared = index
      if shared == 0 { break }
    }
    return shared
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
