internal import Numerics

/// The share of subjects that ended by one cause as time goes on, when other causes end them too.
///
/// ```
/// Fₖ(t) = Σ S(tᵢ₋₁) dₖᵢ / nᵢ
/// ```
///
/// One minus Kaplan–Meier with the other causes as censoring would be too large. The variance is the delta method's,
/// which is Greenwood's where there is one cause; the interval is on log(−log F). Source: Aalen, Johansen, *Scandinavian
/// Journal of Statistics* 5 (1978); Marubini, Valsecchi, *Analysing Survival Data*, 10.3.
package struct AalenJohansen: Sendable, Equatable {
  /// After the events of one time.
  package struct Step: Sendable, Equatable {
    package let time: Double
    /// By cause.
    package let incidence: [Double]
    /// By cause.
    package let standardError: [Double]
    package let survival: Double
  }

  /// At each time with an event, ascending.
  package let steps: [Step]

  /// Every cause of the table. Cost: linear in times and causes.
  package init(_ table: LifeTable) {
    let rows = table.atRisk.filter { $0.row.eventCount > 0 }
    var parts = (0..<table.causes).map { _ in VarianceParts() }
    var survival = 1.0
    steps = rows.map { row, risk in
      let (n, d) = (Double(risk), Double(row.eventCount))
      for cause in parts.indices {
        parts[cause].add(survival: survival, ends: Double(row.events[cause]), allEnds: d, risk: n)
      }
      survival *= (n - d) / n
      return Step(
        time: row.time, incidence: parts.map(\.incidence), standardError: parts.map(\.standardError),
        survival: survival)
    }
  }

  /// Fₖ(time) with its interval; nil ends where F is 0 or 1.
  package func share(within time: Double, cause: Int, level: Double = 0.95) -> (
    value: Double, low: Double?, high: Double?
  ) {
    guard let step = steps.last(where: { $0.time <= time }) else { return (0, nil, nil) }
    let f = step.incidence[cause]
    guard f > 0, f < 1 else { return (f, nil, nil) }
    let z = NormalDistribution.upperQuantile((1 - level) / 2)
    let reach = z * step.standardError[cause] / (f * .log(f))
    return (f, .pow(f, .exp(-reach)), .pow(f, .exp(reach)))
  }
}

/// Running sums of the variance of one cause's incidence, Σ over times tᵢ with the final F in place of F(t):
/// Σ (F − Fᵢ)² gᵢ + Σ hᵢ − 2 Σ (F − Fᵢ) cᵢ,   g = d / (n (n − d)), h = S² dₖ (n − dₖ) / n³, c = S dₖ / n².
private struct VarianceParts {
  var incidence = 0.0
  private var (g, gF, gFF, h, c, cF) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

  mutating func add(survival: Double, ends: Double, allEnds: Double, risk n: Double) {
    incidence += survival * ends / n
    h += survival * survival * ends * (n - ends) / (n * n * n)
    // Where nobody is left, F does not grow any more and F − Fᵢ is 0 for good.
    guard allEnds < n else { return }
    let (gain, cross) = (allEnds / (n * (n - allEnds)), survival * ends / (n * n))
    g += gain
    gF += gain * incidence
    gFF += gain * incidence * incidence
    c += cross
    cF += cross * incidence
  }

  var standardError: Double {
    let f = incidence
    return max(0, f * f * g - 2 * f * gF + gFF + h - 2 * (f * c - cF)).squareRoot()
  }
}
