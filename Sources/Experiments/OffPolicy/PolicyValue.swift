/// What a policy would have been worth a send, from sends that another policy drew.
///
/// ```
/// IPS              Σ w y / n,             w = π(arm) / propensity
/// self-normalised  Σ w y / Σ w
/// doubly robust    Σ ( q(π) + w (y − q(arm)) ) / n
/// ```
///
/// Each is a ratio of sums by member, so its error is the delta method's with members as clusters, and its interval has
/// t with G − 1 degrees of freedom. Source: Horvitz, Thompson, *JASA* 47 (1952); Swaminathan, Joachims, NIPS 2015;
/// Dudík, Langford, Li, ICML 2011; effective sample size after Kish (1965).
package struct PolicyValue: Sendable, Equatable {
  /// Below so many effective sends nothing is said.
  package static let effectiveSendsMin = 400.0
  /// One send may have at most this share of all weight.
  package static let weightShareMax = 0.05

  package let inverse: Estimate
  package let selfNormalised: Estimate
  package let doublyRobust: Estimate
  package let effectiveSends: Double
  /// Of the send with the largest weight, in all weight.
  package let largestWeightShare: Double

  /// - Throws: ``PolicyRefusal`` where a propensity is missing or 0, there are under 400 effective sends, or one weight
  ///   is over 5 % of all.
  package init(_ sums: PolicySums) throws(PolicyRefusal) {
    if sums.missing > 0 { throw .missingPropensity(sends: sums.missing) }
    // A share above 5 % leaves under 400 effective sends, since Σ w² ≥ w²: said first, it says why.
    largestWeightShare = sums.weight == 0 ? 0 : sums.largestWeight / sums.weight
    guard largestWeightShare <= Self.weightShareMax else {
      throw .dominantWeight(share: largestWeightShare, most: Self.weightShareMax)
    }
    effectiveSends = sums.effectiveSends
    guard effectiveSends >= Self.effectiveSendsMin else {
      throw .fewEffectiveSends(found: effectiveSends, needed: Self.effectiveSendsMin)
    }
    do throws(InsufficientData) {
      inverse = try sums.inverse.estimate()
      selfNormalised = try sums.selfNormalised.estimate()
      doublyRobust = try sums.doublyRobust.estimate()
    } catch {
      throw .insufficient(error)
    }
  }
}
