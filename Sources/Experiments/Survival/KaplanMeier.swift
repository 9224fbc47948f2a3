internal import Numerics

/// The share of subjects still without an end as time goes on, when some were only seen for part of it.
///
/// ```
/// S(t) = Π (1 − dᵢ/nᵢ),   V = Σ dᵢ / (nᵢ (nᵢ − dᵢ)),   interval S^exp(± z √V / ln S)
/// ```
///
/// Subjects censored at a time still count as present at it. Source: Kaplan, Meier, *JASA* 53 (1958); Greenwood (1926);
/// the interval on log(−log S) after Kalbfleisch and Prentice, 1.4.
package struct KaplanMeier: Sendable, Equatable {
  /// After the events of one time.
  package struct Step: Sendable, Equatable {
    package let time: Double
    /// Under observation just before.
    package let atRisk: Int
    package let survival: Double
    /// Nil where S is 0 or 1.
    package let low: Double?
    package let high: Double?
    /// √V · S; nil where S is 0.
    package let standardError: Double?
  }

  /// At each time with an event, ascending.
  package let steps: [Step]
  /// The last time at which anybody was seen; nil without subjects.
  package let lastTime: Double?

  /// Ends by any cause.
  package init(_ table: LifeTable, level: Double = 0.95) {
    let z = NormalDistribution.upperQuantile((1 - level) / 2)
    var survival = 1.0
    var greenwood = 0.0
    steps = table.atRisk.filter { $0.row.eventCount > 0 }.map { row, risk in
      let (n, d) = (Double(risk), Double(row.eventCount))
      survival *= (n - d) / n
      greenwood += d / (n * (n - d))
      let reach = z * greenwood.squareRoot() / .log(survival)
      let isInside = survival > 0 && survival < 1
      return Step(
        time: row.time, atRisk: risk, survival: survival,
        low: isInside ? .pow(survival, .exp(-reach)) : nil, high: isInside ? .pow(survival, .exp(reach)) : nil,
        standardError: survival > 0 ? greenwood.squareRoot() * survival : nil)
    }
    lastTime = table.rows.last?.time
  }

  /// The first time with S ≤ ½; nil where S stays above.
  package var median: Double? { steps.first { $0.survival <= 0.5 }?.time }

  /// 1 − S(time), the share that ended by then, with its interval; nil ends where nobody or everybody did.
  ///
  /// - Throws: ``InsufficientData`` where nobody was seen for so long and S has not reached 0.
  package func share(within time: Double) throws(InsufficientData) -> (value: Double, low: Double?, high: Double?) {
    let step = steps.last { $0.time <= time }
    guard let lastTime, time <= lastTime || step?.survival == 0 else {
      throw InsufficientData(.units, found: 0, needed: 1)
    }
    guard let step else { return (0, nil, nil) }
    return (1 - step.survival, step.high.map { 1 - $0 }, step.low.map { 1 - $0 })
  }
}
