/// What the value of another policy rests on: logged sends, weighted by how much likelier the policy would have made
/// them, summed by member. Sums of disjoint members add.
package struct PolicySums: Sendable, Equatable {
  /// By member: Σ w y over sends.
  package let inverse: RatioSums
  /// By member: Σ w y over Σ w.
  package let selfNormalised: RatioSums
  /// By member: Σ (q(policy) + w (y − q(arm))) over sends.
  package let doublyRobust: RatioSums
  package let sends: Int
  package let weight: Double
  package let weightSquares: Double
  package let largestWeight: Double
  /// Sends that cannot be weighted.
  package let missing: Int

  package static let zero = PolicySums(member: EmptyCollection())

  /// All sends of one member.
  package init(member logged: some Sequence<LoggedSend>) {
    var (sends, missing) = (0, 0)
    var (weight, squares, largest, weighted, robust) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for send in logged {
      guard let propensity = send.propensity, propensity > 0 else {
        missing += 1
        continue
      }
      let w = send.policyProbability / propensity
      sends += 1
      weight += w
      squares += w * w
      largest = max(largest, w)
      weighted += w * send.outcome
      robust += send.predictedOfPolicy + w * (send.outcome - send.predictedOfArm)
    }
    let count = Double(sends)
    inverse = sends == 0 ? .zero : RatioSums(numerator: weighted, denominator: count)
    selfNormalised = sends == 0 ? .zero : RatioSums(numerator: weighted, denominator: weight)
    doublyRobust = sends == 0 ? .zero : RatioSums(numerator: robust, denominator: count)
    self.sends = sends
    self.weight = weight
    weightSquares = squares
    largestWeight = largest
    self.missing = missing
  }

  private init(_ a: PolicySums, _ b: PolicySums) {
    inverse = a.inverse + b.inverse
    selfNormalised = a.selfNormalised + b.selfNormalised
    doublyRobust = a.doublyRobust + b.doublyRobust
    sends = a.sends + b.sends
    weight = a.weight + b.weight
    weightSquares = a.weightSquares + b.weightSquares
    largestWeight = max(a.largestWeight, b.largestWeight)
    missing = a.missing + b.missing
  }

  /// The sums of two disjoint sets of members.
  package static func + (a: PolicySums, b: PolicySums) -> PolicySums { PolicySums(a, b) }

  /// (Σ w)² / Σ w²: so many sends of equal weight would say as much.
  package var effectiveSends: Double { weightSquares == 0 ? 0 : weight * weight / weightSquares }
}
