/// What is asked of the size of an experiment.
package struct PowerQuestion: Sendable, Equatable {
  /// A difference that would matter.
  package enum Effect: Sendable, Equatable {
    /// In the unit of the figure.
    case absolute(Double)
    /// As a part of the baseline.
    case lift(Double)

    func absolute(of baseline: Double) -> Double {
      switch self {
      case .absolute(let effect): effect
      case .lift(let part): part * baseline
      }
    }
  }

  /// Nil asks only what given numbers of units would find.
  package var effect: Effect?
  /// The chance with which it is to be found.
  package var power = 0.8
  /// Units of all arms together, of a plan of that size.
  package var units: Int?
  /// Days of units that plans are given for.
  package var days = [7, 14, 28]

  package init(effect: Effect? = nil) { self.effect = effect }
}
