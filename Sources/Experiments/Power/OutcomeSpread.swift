/// How much one unit's outcome varies, before there are data.
package enum OutcomeSpread: Sendable, Equatable {
  /// Of a proportion with this value in the control.
  case proportion(Double)
  /// Of anything with this standard deviation between units, in both arms.
  case mean(standardDeviation: Double)

  /// Of one unit of the control.
  var controlVariance: Double { variance(effect: 0) }

  /// Of one unit of an arm that differs from the control by `effect`.
  func variance(effect: Double) -> Double {
    switch self {
    case .proportion(let control):
      let p = control + effect
      precondition(p > 0 && p < 1, "a proportion and its effect stay inside 0...1")
      return p * (1 - p)
    case .mean(let deviation): return deviation * deviation
    }
  }

  /// The effects that there can be.
  var effects: Range<Double> {
    switch self {
    case .proportion(let control): -control..<(1 - control)
    case .mean: -.infinity..<(.infinity)
    }
  }
}
