import Columns
import Ingest
import Testing

@Suite("Keys of ids that this call named")
struct MemberMemoryTests {
  /// Ids of all lengths, the short ones often again, and those that differ in their last bytes alone.
  private static func batch(_ numbers: inout SeededNumbers, lengths: ClosedRange<Int>) -> (
    ids: RowTexts, hashes: [UInt64]
  ) {
    var ids = RowTexts()
    var hashes: [UInt64] = []
    for _ in 0..<5000 {
      let count = Int.random(in: lengths, using: &numbers)
      let few = Int.random(in: 0..<4, using: &numbers) > 0 ? 3 : 2000
      let number = Int.random(in: 0..<few, using: &numbers)
      let tail = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)].suffix(count)
      let id = [UInt8](repeating: UInt8(97 + count % 2), count: count - tail.count) + tail
      id.withUnsafeBytes {
        ids.append($0)
        hashes.append(byteHash($0))
      }
    }
    return (ids, hashes)
  }

  @Test(
    "They are those of the dictionary, new ids in the order of the rows",
    arguments: [1...20, 1...60, 24...24, 25...56, 57...60])
  func together(lengths: ClosedRange<Int>) {
    var numbers = SeededNumbers(state: 11)
    var memory = MemberMemory()
    var (table, expected) = (StringTable(), StringTable())
    var askedCount = 0
    for _ in 0..<20 {
      let (ids, hashes) = Self.batch(&numbers, lengths: lengths)
      let rows = (0..<Int32(ids.count)).filter { _ in Int.random(in: 0..<10, using: &numbers) > 0 }
      var keys = [Int32](repeating: -1, count: rows.count)
      rows.withUnsafeBufferPointer { rows in
        keys.withUnsafeMutableBufferPointer { keys in
          memory.keys(for: ids, hashes: hashes, rows: rows, into: keys.baseAddress!) { asked, found in
            askedCount += asked.count
            table.codes(for: ids, hashes: hashes, rows: asked, into: found)
          }
        }
      }
      let wanted = rows.map { row in
        ids.bytes.withUnsafeBytes {
          expected.code(for: UnsafeRawBufferPointer(rebasing: $0[ids.range(of: Int(row))]))
        }
      }
      // Not the arrays: what they differ in would be looked for all too long.
      let other = keys.indices.first { keys[$0] != Int32(bitPattern: wanted[$0]) }
      #expect(other == nil)
    }
    let isRemembered = lengths.upperBound <= 56
    #expect(!isRemembered || askedCount < 50_000, "ids that come again are seldom asked for: \(askedCount)")
  }
}
