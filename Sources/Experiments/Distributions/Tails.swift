/// Both tails of a distribution at one place; neither is one minus the other where that would lose digits.
struct Tails {
  var lower: Double
  var upper: Double

  /// The tails of the mirrored variable.
  var swapped: Tails { Tails(lower: upper, upper: lower) }
}
