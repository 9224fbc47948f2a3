import Aggregation
import Testing

@Suite("Ridge logistic regression")
struct RidgeLogisticTests {
  /// From SciPy 1.17: `minimize` of the same penalised likelihood over the same standardised features.
  @Test("A fit over groups agrees with SciPy and with the same cases one by one")
  func scipy() throws {
    let groups = [
      RidgeLogistic.Group(features: [1, 0], count: 30, positives: 4), .init(features: [5, 1], count: 20, positives: 9),
      .init(features: [9, -2], count: 25, positives: 17), .init(features: [14, 3], count: 10, positives: 8),
    ]
    let fit = try #require(RidgeLogistic(groups))
    #expect(abs(fit.intercept - -0.25127132880945413) < 1e-8, "\(fit.intercept)")
    for (found, wanted) in zip(fit.coefficients, [1.1077192883888558, -0.10653445725089074]) {
      #expect(abs(found - wanted) < 1e-8, "\(fit.coefficients)")
    }
    let single = groups.flatMap { group in
      (0..<group.count).map {
        RidgeLogistic.Group(features: group.features, count: 1, positives: $0 < group.positives ? 1 : 0)
      }
    }
    let other = try #require(RidgeLogistic(single))
    #expect(abs(other.risk([7, 1]) - fit.risk([7, 1])) < 1e-9)
  }

  @Test("There is no fit without both outcomes, and a feature that never differs gets no weight")
  func edges() throws {
    #expect(RidgeLogistic([]) == nil)
    #expect(RidgeLogistic([.init(features: [1], count: 5, positives: 5)]) == nil)
    #expect(RidgeLogistic([.init(features: [1], count: 5, positives: 0)]) == nil)
    let fit = try #require(
      RidgeLogistic([
        .init(features: [1, 2], count: 5, positives: 1), .init(features: [2, 2], count: 5, positives: 4),
      ]))
    #expect(fit.coefficients[1] == 0)
    #expect(fit.risk([2, 2]) > 0.5 && fit.risk([1, 2]) < 0.5)
  }
}
