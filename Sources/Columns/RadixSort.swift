/// Orders rows by several keys, the most significant last: each call of ``sort(by:bitCount:)`` is stable.
///
/// Least-significant-digit radix sort, eight bits a pass, of words that hold key and row side by side; a pass in which
/// all rows share the digit is skipped. Cost: about 1.5 ns a row and pass.
package struct RowOrder {
  /// `rows[i]` is the row that comes at place `i`.
  package private(set) var rows: [UInt32]

  /// The order in which the rows came.
  package init(rowCount: Int) { rows = Array(0..<UInt32(rowCount)) }

  /// Sorts by `keys[row]`, of which only the lowest `bitCount` bits are used.
  package mutating func sort(by keys: [UInt64], bitCount: Int) {
    precondition(keys.count == rows.count)
    let used: UInt64 = bitCount < 64 ? (1 << UInt64(bitCount)) - 1 : .max
    if isSorted(by: keys, used: used) { return }
    sort(by: keys, shift: 0, mask: used & 0xFFFF_FFFF)
    if bitCount > 32 { sort(by: keys, shift: 32, mask: used >> 32) }
  }

  private func isSorted(by keys: [UInt64], used: UInt64) -> Bool {
    var last: UInt64 = 0
    for row in rows {
      let key = keys[Int(row)] & used
      if key < last { return false }
      last = key
    }
    return true
  }

  /// Sorts by the 32 bits of each key that lie above `shift`, as far as `mask` lets them count.
  private mutating func sort(by keys: [UInt64], shift: UInt64, mask: UInt64) {
    let count = rows.count
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count * 2) { room in
      var source = room.baseAddress!
      var target = source + count
      keys.withUnsafeBufferPointer { keys in
        for (place, row) in rows.enumerated() {
          source[place] = ((keys[Int(row)] &>> shift) & mask) &<< 32 | UInt64(row)
        }
      }
      for digit in 0..<4 where (mask >> UInt64(digit * 8)) & 255 != 0 {
        if Self.pass(source, to: target, count: count, shift: UInt64(32 + digit * 8)) { swap(&source, &target) }
      }
      rows.withUnsafeMutableBufferPointer { rows in
        for place in 0..<count { rows[place] = UInt32(truncatingIfNeeded: source[place]) }
      }
    }
  }

  /// Sorts by the eight bits above `shift`; false where all are the same and nothing was moved.
  private static func pass(
    _ source: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>, count: Int, shift: UInt64
  ) -> Bool {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { starts in
      starts.initialize(repeating: 0)
      for place in 0..<count { starts[Int(truncatingIfNeeded: (source[place] &>> shift) & 255)] &+= 1 }
      var sum = 0
      for digit in 0..<256 {
        if starts[digit] == count { return false }
        (starts[digit], sum) = (sum, sum &+ starts[digit])
      }
      for place in 0..<count {
        let digit = Int(truncatingIfNeeded: (source[place] &>> shift) & 255)
        target[starts[digit]] = source[place]
        starts[digit] &+= 1
      }
      return true
    }
  }

  /// `values` in this order.
  package func applied(to values: [Int64]) -> [Int64] { gathered(values) }

  /// `values` in this order.
  package func applied(to values: [Int32]) -> [Int32] { gathered(values) }

  /// `values` in this order.
  package func applied(to values: [UInt32]) -> [UInt32] { gathered(values) }

  /// Generic only within this file, where it is specialised.
  private func gathered<Value>(_ values: [Value]) -> [Value] {
    [Value](unsafeUninitializedCapacity: rows.count) { target, filled in
      values.withUnsafeBufferPointer { source in
        for (place, row) in rows.enumerated() { target.initializeElement(at: place, to: source[Int(row)]) }
      }
      filled = rows.count
    }
  }
}
