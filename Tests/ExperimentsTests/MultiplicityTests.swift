import Experiments
import Testing

struct MultiplicityRow: Sendable {
  let p: [Double]
  let holm: [Double]
  let benjaminiHochberg: [Double]
  let bonferroni: [Double]
}

/// Source: statsmodels 0.15.0 `multipletests(p, method=…)`: holm, fdr_bh, bonferroni.
private let rows = [
  MultiplicityRow(
    p: [0.01, 0.04, 0.03, 0.005], holm: [0.03, 0.06, 0.06, 0.02], benjaminiHochberg: [0.02, 0.04, 0.04, 0.02],
    bonferroni: [0.04, 0.16, 0.12, 0.02]),
  MultiplicityRow(p: [0.7], holm: [0.7], benjaminiHochberg: [0.7], bonferroni: [0.7]),
  MultiplicityRow(
    p: [0.02, 0.02, 1, 0.6], holm: [0.08, 0.08, 1, 1], benjaminiHochberg: [0.04, 0.04, 1, 0.8],
    bonferroni: [0.08, 0.08, 1, 1]),
  MultiplicityRow(p: [], holm: [], benjaminiHochberg: [], bonferroni: []),
]

@Suite struct MultiplicityTests {
  @Test(arguments: rows)
  func `adjusted p agree with statsmodels`(row: MultiplicityRow) {
    let results = [
      (Multiplicity.holm(row.p), row.holm), (Multiplicity.benjaminiHochberg(row.p), row.benjaminiHochberg),
      (Multiplicity.bonferroni(row.p), row.bonferroni),
    ]
    for (found, expected) in results {
      #expect(found.count == expected.count)
      for (a, b) in zip(found, expected) { #expect(isClose(a, b, within: 1e-14)) }
    }
  }

  @Test(
    arguments: [
      ([0.001, 0.02, 0.04], [0.05 / 3, 0.025, 0.05]), ([0.001, 0.03, 0.04], [0.05 / 3, 0.025, 0.025]),
      ([0.2, 0.3, 0.001], [0.025, 0.025, 0.05 / 3]), ([0.5, 0.6, 0.7], [0.05 / 3, 0.05 / 3, 0.05 / 3]),
      ([0.01], [0.05]),
    ] as [([Double], [Double])])
  func `intervals take the alpha of the step that decides them`(p: [Double], expected: [Double]) {
    let alphas = Multiplicity.holmAlphas(p, alpha: 0.05)
    for (a, b) in zip(alphas, expected) { #expect(isClose(a, b, within: 1e-14), "\(alphas)") }
    // Rejected by its interval exactly where Holm's p is below alpha.
    let adjusted = Multiplicity.holm(p)
    #expect(zip(p, alphas).map { $0 < $1 } == adjusted.map { $0 < 0.05 })
  }
}
