internal import Parquet

/// What the value of a column must be for a row to count: enough to leave out row groups and pages whose statistics
/// say that none can be.
package struct ColumnCondition: Sendable, Equatable {
  /// Text compares by its UTF-8 bytes; a missing value meets none but ``isNull``.
  package enum Test: Sendable, Equatable {
    case isAmong([String])
    case isNot(String)
    case isAtLeast(String)
    case isAbove(String)
    case isAtMost(String)
    case isBelow(String)
    case isNull
    case isNotNull
    /// Of `member` and `ts`.
    case isWithin(ClosedRange<Int64>)
  }

  package var column: String
  package var test: Test

  package init(_ column: String, _ test: Test) {
    self.column = column
    self.test = test
  }

  /// Why no row can meet it, given what is known of `rowCount` values; nil where one may.
  func reasonToSkip(_ bounds: Bounds, rowCount: Int) -> String? {
    if test == .isNull { return bounds.nullCount == 0 ? "\(column) is never missing" : nil }
    if bounds.nullCount == rowCount { return "\(column) is always missing" }
    guard let low = bounds.minimum, let high = bounds.maximum, !mayHold(low, high, isExact: bounds.isExact) else {
      return nil
    }
    return low == high && bounds.isExact ? "\(column) is \(low)" : "\(column) is \(low) … \(high)"
  }

  private func mayHold(_ low: BoundValue, _ high: BoundValue, isExact: Bool) -> Bool {
    switch (low, high) {
    case (.integer(let low), .integer(let high)):
      guard case .isWithin(let range) = test else { return true }
      return range.lowerBound <= high && low <= range.upperBound
    case (.text(let low), .text(let high)): return mayHold(low, high, isExact: isExact)
    default: return true
    }
  }

  private func mayHold(_ low: [UInt8], _ high: [UInt8], isExact: Bool) -> Bool {
    func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }
    switch test {
    case .isAmong(let texts):
      return texts.contains { text in
        let bytes = Array(text.utf8)
        return !precedes(bytes, low) && !precedes(high, bytes)
      }
    case .isNot(let text): return !(isExact && low == high && low.elementsEqual(text.utf8))
    case .isAtLeast(let text): return !precedes(high, Array(text.utf8))
    case .isAbove(let text): return precedes(Array(text.utf8), high)
    case .isAtMost(let text): return !precedes(Array(text.utf8), low)
    case .isBelow(let text): return precedes(low, Array(text.utf8))
    case .isNull, .isNotNull, .isWithin: return true
    }
  }
}

extension Bounds {
  fileprivate var isExact: Bool { isMinimumExact && isMaximumExact }
}
