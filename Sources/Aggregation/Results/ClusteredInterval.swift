internal import Glibc

/// Sums over members of how often each stands in a denominator (n) and in a numerator (x).
package struct ClusterSums: Sendable {
  /// Members with n > 0.
  var members = 0
  var x = 0
  var n = 0
  var xx = 0
  var xn = 0
  var nn = 0

  package init() {}

  /// Takes in a member.
  package mutating func add(x memberX: Int, n memberN: Int) {
    if memberN == 0 { return }
    members += 1
    x += memberX
    n += memberN
    xx += memberX * memberX
    xn += memberX * memberN
    nn += memberN * memberN
  }

  /// Takes in other members.
  mutating func add(_ other: ClusterSums) {
    members += other.members
    x += other.x
    n += other.n
    xx += other.xx
    xn += other.xn
    nn += other.nn
  }

  /// The fewest members that give an interval.
  static let memberCountMin = 30

  /// The 95 % interval of Σx / Σn: the delta method on the logit, clustered by member, t with members − 1 degrees of
  /// freedom. Nil under 30 members, and where the rate is 0 or 1, whose logit is not finite.
  ///
  /// The variance of the rate r is G / (G − 1) · Σ(x − r·n)² / (Σn)².
  package var interval: (low: Double, high: Double)? {
    guard members >= Self.memberCountMin, x > 0, x < n else { return nil }
    let rate = Double(x) / Double(n)
    let squares = Double(xx) - 2 * rate * Double(xn) + rate * rate * Double(nn)
    let g = Double(members)
    let error = (g / (g - 1) * max(0, squares)).squareRoot() / Double(n)
    let half = StudentQuantile.value(degreesOfFreedom: members - 1) * error / (rate * (1 - rate))
    let logit = log(rate / (1 - rate))
    return (1 / (1 + exp(half - logit)), 1 / (1 + exp(-half - logit)))
  }
}
