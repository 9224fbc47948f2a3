/// Orders rows by several keys, the most significant last: each call of ``sort(by:bitCount:)`` is stable.
///
/// Least-significant-digit radix sort, 11 bits a pass; a pass in which all rows share the digit is skipped.
/// Cost: about 3 ns a row and pass.
package struct RowOrder {
  /// `rows[i]` is the row that comes at place `i`.
  package private(set) var rows: [UInt32]
  private var spare: [UInt32]

  /// The order in which the rows came.
  package init(rowCount: Int) {
    rows = Array(0..<UInt32(rowCount))
    spare = rows
  }

  /// Sorts by `keys[row]`, of which only the lowest `bitCount` bits are used.
  package mutating func sort(by keys: [UInt64], bitCount: Int) {
    precondition(keys.count == rows.count)
    let used: UInt64 = bitCount < 64 ? (1 << UInt64(bitCount)) - 1 : .max
    if isSorted(by: keys, used: used) { return }
    for shift in stride(from: 0, to: UInt64(bitCount), by: 11) {
      pass(keys, shift: shift, digits: (used >> shift) & 2047)
    }
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

  private mutating func pass(_ keys: [UInt64], shift: UInt64, digits: UInt64) {
    var starts = [Int](repeating: 0, count: 2048)
    keys.withUnsafeBufferPointer { keys in
      for key in keys { starts[Int(truncatingIfNeeded: (key &>> shift) & digits)] &+= 1 }
      if starts.contains(keys.count) { return }
      var sum = 0
      for digit in starts.indices { (starts[digit], sum) = (sum, sum + starts[digit]) }
      rows.withUnsafeBufferPointer { source in
        spare.withUnsafeMutableBufferPointer { target in
          starts.withUnsafeMutableBufferPointer { starts in
            for row in source {
              let digit = Int(truncatingIfNeeded: (keys[Int(row)] &>> shift) & digits)
              target[starts[digit]] = row
              starts[digit] &+= 1
            }
          }
        }
      }
      swap(&rows, &spare)
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
