/// A least or greatest value.
package enum BoundValue: Sendable, Equatable, CustomStringConvertible {
  case integer(Int64)
  case text([UInt8])

  package var description: String {
    switch self {
    case .integer(let value): String(value)
    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }

  /// The bytes of the footer: PLAIN, a text without its length.
  func bytes(of kind: ColumnDescription.Kind) -> [UInt8] {
    switch self {
    case .text(let bytes): bytes
    case .integer(let value):
      (0..<kind.boundByteCount).map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }
  }

  /// Reads what `bytes(of:)` gives; throws where an integer has the wrong size.
  init(_ bytes: [UInt8], of kind: ColumnDescription.Kind) throws {
    if kind == .text {
      self = .text(bytes)
      return
    }
    guard bytes.count == kind.boundByteCount else {
      throw ParquetError(.corruptFooter, "a statistic of \(bytes.count) bytes for a column of \(kind)")
    }
    let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    self = .integer(kind == .int32 ? Int64(Int32(truncatingIfNeeded: word)) : Int64(bitPattern: word))
  }

  /// Whether `self` comes before `other`; text by its bytes.
  func precedes(_ other: BoundValue) -> Bool {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): a < b
    case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
    default: preconditionFailure("bounds of two kinds of column")
    }
  }
}

extension ColumnDescription.Kind {
  fileprivate var boundByteCount: Int { self == .int32 ? 4 : 8 }
}

/// What is known of the values of a page or a chunk without reading them.
package struct Bounds: Sendable, Equatable {
  /// Nil where the file does not say, which is not zero.
  package var nullCount: Int?
  /// Nil where all values are missing, or the file does not say.
  package var minimum: BoundValue?
  /// Nil like the minimum.
  package var maximum: BoundValue?
  /// Whether the minimum is said to be a value of the column, not just a bound below all of them.
  package var isMinimumExact = true
  package var isMaximumExact = true

  init(nullCount: Int?, minimum: BoundValue? = nil, maximum: BoundValue? = nil) {
    self.nullCount = nullCount
    self.minimum = minimum
    self.maximum = maximum
  }

  /// The same bounds with long texts shortened.
  func shortened() -> Bounds {
    var bounds = self
    if case .text(let bytes) = minimum, let shorter = shortenedBelow(bytes) {
      bounds.minimum = .text(shorter)
      bounds.isMinimumExact = false
    }
    if case .text(let bytes) = maximum, let shorter = shortenedAbove(bytes) {
      bounds.maximum = .text(shorter)
      bounds.isMaximumExact = false
    }
    return bounds
  }

  /// Widens the bounds so that they hold for `other` too.
  mutating func formUnion(_ other: Bounds) {
    nullCount = nullCount.flatMap { count in other.nullCount.map { count + $0 } }
    if let low = other.minimum, minimum.map(low.precedes) ?? true { minimum = low }
    if let high = other.maximum, maximum.map({ $0.precedes(high) }) ?? true { maximum = high }
  }

  /// Whether the values that have exactly the bounds `exact` keep to these.
  func hold(for exact: Bounds) -> Bool {
    if let nullCount, nullCount != exact.nullCount { return false }
    if let minimum {
      guard let low = exact.minimum, !low.precedes(minimum), !isMinimumExact || low == minimum else { return false }
    }
    if let maximum {
      guard let high = exact.maximum, !maximum.precedes(high), !isMaximumExact || high == maximum else { return false }
    }
    return true
  }
}
