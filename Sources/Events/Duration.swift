/// Seconds of a length of time as it is written in questions and files: `30m`, `24h`, `7d`; nil for anything else.
/// At least 1 and at most 100 million of a unit.
package func durationSeconds(_ text: String) -> Int64? {
  let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
  guard let last = text.last, let unit = units[last], text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }),
    let count = Int64(text.dropLast()), count > 0, count <= 100_000_000
  else { return nil }
  return count * unit
}

/// A length of time as ``durationSeconds(_:)`` reads it, in the largest unit that gives a whole number.
package func durationText(_ seconds: Int64) -> String {
  let units: [(letter: String, seconds: Int64)] = [("d", 86400), ("h", 3600), ("m", 60)]
  let unit = units.first { seconds % $0.seconds == 0 } ?? ("s", 1)
  return "\(seconds / unit.seconds)\(unit.letter)"
}
