import Columns
import Ingest
import Testing

@Suite("Keys of ids that were seen lately")
struct MemberMemoryTests {
  /// Ids of all lengths, the short ones often again, and those that differ in their last byte alone.
  private static func batch(_ numbers: inout SeededNumbers) -> (ids: RowTexts, hashes: [UInt64]) {
    var ids = RowTexts()
    var hashes: [UInt64] = []
    for _ in 0..<5000 {
      let count = Int.random(in: 1...60, using: &numbers)
      let few = Int.random(in: 0..<4, using: &numbers) > 0 ? 3 : 2000
      let number = UInt8(truncatingIfNeeded: Int.random(in: 0..<few, using: &numbers))
      let id = [UInt8](repeating: UInt8(97 + count % 2), count: count - 1) + [number]
      id.withUnsafeBytes {
        ids.append($0)
        hashes.append(byteHash($0))
      }
    }
    return (ids, hashes)
  }

  @Test("They are those of the dictionary, new ids in the order of the rows")
  func together() {
    var numbers = SeededNumbers(state: 11)
    var memory = MemberMemory()
    var (table, expected) = (StringTable(), StringTable())
    var askedCount = 0
    for _ in 0..<20 {
      let (ids, hashes) = Self.batch(&numbers)
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
      #expect(keys == wanted.map { Int32(bitPattern: $0) })
    }
    #expect(askedCount < 70_000, "short ids that come again are not asked for")
  }
}
