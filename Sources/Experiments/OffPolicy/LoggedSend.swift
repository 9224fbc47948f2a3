/// One logged send and what another policy would have done in its place.
package struct LoggedSend: Sendable, Equatable {
  /// The probability with which the arm that was sent had been drawn; nil where the log has none.
  package let propensity: Double?
  /// The probability with which the other policy draws that arm.
  package let policyProbability: Double
  package let outcome: Double
  /// What a model, fitted on other members, expects of the arm that was sent.
  package let predictedOfArm: Double
  /// What it expects on average of the arms that the policy draws.
  package let predictedOfPolicy: Double

  /// Without a model the predictions are 0, and doubly robust is IPS.
  /// - Precondition: the policy's probability lies in 0…1.
  package init(
    propensity: Double?, policyProbability: Double, outcome: Double, predictedOfArm: Double = 0,
    predictedOfPolicy: Double = 0
  ) {
    precondition((0...1).contains(policyProbability), "a probability lies in 0...1")
    self.propensity = propensity
    self.policyProbability = policyProbability
    self.outcome = outcome
    self.predictedOfArm = predictedOfArm
    self.predictedOfPolicy = predictedOfPolicy
  }
}
