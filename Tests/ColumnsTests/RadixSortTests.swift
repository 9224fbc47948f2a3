import Columns
import TestSupport
import Testing

@Suite struct RadixSortTests {
  @Test(
    "Rows are ordered by their keys, equal keys in the order in which they came",
    arguments: [
      ([], []), ([7], [0]), ([1, 2, 3], [0, 1, 2]), ([3, 2, 1], [2, 1, 0]), ([5, 5, 5], [0, 1, 2]),
      ([2, 1, 2, 1], [1, 3, 0, 2]), ([.max, 0, 1 << 63], [1, 2, 0]),
    ] as [([UInt64], [UInt32])])
  func small(keys: [UInt64], rows: [UInt32]) {
    var order = RowOrder(rowCount: keys.count)
    order.sort(by: keys, bitCount: 64)
    #expect(order.rows == rows)
  }

  @Test("Any width sorts as the standard library does", arguments: [1, 5, 10, 11, 12, 22, 23, 32, 33, 63, 64])
  func againstSort(bitCount: Int) {
    let seed = UInt64(bitCount)
    var random = SeededNumbers(seed: seed)
    for count in [2, 3, 100, 3000] {
      let keys = (0..<count).map { _ in random.next() >> UInt64(64 - bitCount) }
      var order = RowOrder(rowCount: count)
      order.sort(by: keys, bitCount: bitCount)
      let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
      #expect(order.rows == expected.map(UInt32.init), "seed \(seed), \(count) rows")
    }
  }

  @Test(
    "Bits above the width do not matter",
    arguments: [(1, [0b10, 0b01, 0b00]), (5, [0x25, 0x03, 0x41]), (11, [5, 2048]), (12, [0x1000, 0x0FFF, 0x2001])]
      as [(Int, [UInt64])])
  func width(bitCount: Int, keys: [UInt64]) {
    var order = RowOrder(rowCount: keys.count)
    order.sort(by: keys, bitCount: bitCount)
    let used = keys.map { $0 & (1 << UInt64(bitCount) - 1) }
    #expect(order.rows == used.indices.sorted { (used[$0], $0) < (used[$1], $1) }.map(UInt32.init))
  }

  @Test("The last key sorted by weighs most", arguments: [11, 12, 13] as [UInt64])
  func severalKeys(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let count = 2000
    let events = (0..<count).map { _ in UInt64.random(in: 0...3, using: &random) }
    let members = (0..<count).map { _ in UInt64.random(in: 0...50, using: &random) }
    let instants = (0..<count).map { _ in UInt64.random(in: 0...1 << 50, using: &random) }
    var order = RowOrder(rowCount: count)
    order.sort(by: instants, bitCount: 51)
    order.sort(by: members, bitCount: 6)
    order.sort(by: events, bitCount: 2)
    let expected = (0..<count).sorted {
      (events[$0], members[$0], instants[$0], $0) < (events[$1], members[$1], instants[$1], $1)
    }
    #expect(order.rows == expected.map(UInt32.init), "seed \(seed)")
    #expect(order.applied(to: instants.map(Int64.init)) == expected.map { Int64(instants[$0]) }, "seed \(seed)")
  }

  @Test("Without a sort the rows keep their places")
  func unsorted() {
    #expect(RowOrder(rowCount: 3).rows == [0, 1, 2])
    #expect(RowOrder(rowCount: 0).applied(to: [Int32]()) == [])
    #expect(RowOrder(rowCount: 2).applied(to: [UInt32](7...8)) == [7, 8])
  }
}
