/// Whether an arm harms a guardrail by less than a margin: leaves within 72 h may rise by 0.2 points, say.
///
/// One-sided at `alpha` on either side: the bound of harm from above decides whether it is inside the margin, the bound
/// from below whether more harm than the margin is proved.
package struct NonInferiority: Sendable, Equatable {
  /// Which way a guardrail must not go.
  package enum Harm: String, Sendable {
    case increase
    case decrease
  }

  /// Treatment minus control in the direction of harm; negative is good.
  package let harm: Double
  /// At most so much harm, with confidence 1 − α.
  package let upper: Double
  /// At least so much harm, with confidence 1 − α.
  package let lower: Double
  /// How much harm is accepted; from 0 up, in the unit of the figure.
  package let margin: Double
  /// Of the hypothesis that the harm reaches the margin, at this look.
  package let p: Double

  /// The upper bound lies below the margin.
  package var isInside: Bool { upper < margin }

  /// The lower bound lies above the margin.
  package var isHarmful: Bool { lower > margin }

  /// - Throws: ``InsufficientData`` where the arms have no spread, or one of them one unit.
  package init(
    _ arms: TwoEstimates, harm direction: Harm, margin: Double, looks: Looks, alpha: Double = 0.05
  ) throws(InsufficientData) {
    precondition(margin >= 0, "a margin is not negative")
    let error = arms.standardError
    guard error > 0 else { throw InsufficientData(.distinctValues, found: 1, needed: 2) }
    guard arms.treatment.units > 1 && arms.control.units > 1 else {
      throw InsufficientData(.units, found: min(arms.treatment.units, arms.control.units), needed: 2)
    }
    harm = direction == .increase ? arms.difference : -arms.difference
    self.margin = margin
    let distance: Double
    let room = (margin - harm) / error
    switch looks {
    case .fixed:
      let student = StudentDistribution(degreesOfFreedom: arms.degreesOfFreedom)
      distance = student.upperQuantile(alpha)
      p = student.upperTail(room)
    case .sequential(let sequence):
      distance = sequence.boundDistance(units: arms.units, alpha: alpha)
      p = sequence.oneSidedP(z: room, units: arms.units)
    }
    upper = harm + distance * error
    lower = harm - distance * error
  }
}
