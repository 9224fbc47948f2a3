internal import Segments

extension YAMLValue {
  /// A number of `range`.
  func number(in range: ClosedRange<Double>) throws -> Double {
    guard let value = Double(try string()), range.contains(value) else {
      throw error("expected a number from \(shortText(range.lowerBound)) to \(shortText(range.upperBound))")
    }
    return value
  }
}

/// Minutes after midnight of `20:20`; nil for anything else.
func minuteOfDay(_ text: String) -> Int? {
  let parts = text.utf8.split(separator: 58, omittingEmptySubsequences: false)
  guard parts.count == 2, parts[1].count == 2, (1...2).contains(parts[0].count),
    let hour = Int(String(parts[0])!), let minute = Int(String(parts[1])!),
    (0...23).contains(hour), (0...59).contains(minute), text.utf8.allSatisfy({ (48...58).contains($0) })
  else { return nil }
  return 60 * hour + minute
}

/// A number as one says it: no trailing zeros, at most ten digits behind the point.
package func shortText(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
  let scaled = (value * 1e10).rounded() / 1e10
  return "\(scaled)"
}

/// How many of something, in words: `1 unit`, `2 units`.
package func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }
