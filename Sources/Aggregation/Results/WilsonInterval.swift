/// The 95 % interval of a proportion after Wilson (1927): the p that a two-sided normal test at 5 % keeps.
package struct WilsonInterval: Sendable, Equatable {
  package var low: Double
  package var high: Double

  /// The 0.975 quantile of the standard normal distribution.
  package static let z = 1.959963984540054

  /// Nil where there is no trial. Both ends lie within 0…1.
  package init?(successes: Int, trials: Int) {
    guard trials > 0 else { return nil }
    let n = Double(trials)
    let p = Double(successes) / n
    let z2 = Self.z * Self.z
    let centre = p + z2 / (2 * n)
    let half = Self.z * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
    low = successes == 0 ? 0 : max(0, (centre - half) / (1 + z2 / n))
    high = successes == trials ? 1 : min(1, (centre + half) / (1 + z2 / n))
  }
}
