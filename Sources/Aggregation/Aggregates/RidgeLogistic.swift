internal import Glibc

/// A logistic regression with a quadratic penalty, over groups of equal cases.
///
/// It minimises Σ nᵢ·log loss + ½ Σ βⱼ², the intercept being free, over features that have mean 0 and deviation 1 among
/// the cases that it was fitted on; scikit-learn calls that `LogisticRegression(C=1)`. Newton's method with halved
/// steps; cases are taken in the order given, so the same groups in the same order give the same bits.
package struct RidgeLogistic: Sendable, Equatable {
  /// Cases alike in their features.
  package struct Group: Sendable, Equatable {
    package var features: [Double]
    package var count: Int
    /// How many of them had the outcome.
    package var positives: Int

    package init(features: [Double], count: Int, positives: Int) {
      (self.features, self.count, self.positives) = (features, count, positives)
    }
  }

  package let means: [Double]
  package let deviations: [Double]
  package let intercept: Double
  /// By standardised feature; 0 where a feature is the same everywhere.
  package let coefficients: [Double]

  /// Nil without cases, without both outcomes, and where Newton's method does not settle.
  package init?(_ groups: [Group]) {
    let total = groups.reduce(0) { $0 + $1.count }
    let positives = groups.reduce(0) { $0 + $1.positives }
    guard let width = groups.first?.features.count, positives > 0, positives < total else { return nil }
    var means = [Double](repeating: 0, count: width)
    var deviations = means
    for column in 0..<width {
      means[column] = groups.reduce(0) { $0 + Double($1.count) * $1.features[column] } / Double(total)
      let mean = means[column]
      let square = groups.reduce(0) {
        $0 + Double($1.count) * ($1.features[column] - mean) * ($1.features[column] - mean)
      }
      deviations[column] = (square / Double(total)).squareRoot()
    }
    (self.means, self.deviations) = (means, deviations)
    let rows = groups.map { Self.standardised($0.features, means, deviations) }
    guard let found = Self.minimum(rows, groups) else { return nil }
    intercept = found[0]
    coefficients = Array(found.dropFirst())
  }

  /// The probability of the outcome.
  package func risk(_ features: [Double]) -> Double {
    let row = Self.standardised(features, means, deviations)
    return Self.logistic(zip(row, [intercept] + coefficients).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// The features as the fit sees them, behind a 1 for the intercept.
  private static func standardised(_ features: [Double], _ means: [Double], _ deviations: [Double]) -> [Double] {
    [1] + features.indices.map { deviations[$0] == 0 ? 0 : (features[$0] - means[$0]) / deviations[$0] }
  }

  private static func logistic(_ z: Double) -> Double {
    z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z))
  }

  private static func loss(_ beta: [Double], _ rows: [[Double]], _ groups: [Group]) -> Double {
    var sum = 0.0
    for (row, group) in zip(rows, groups) {
      let z = zip(row, beta).reduce(0) { $0 + $1.0 * $1.1 }
      // log(1 + e^z), without overflow.
      let both = z > 0 ? z + log1p(exp(-z)) : log1p(exp(z))
      sum += Double(group.count) * both - Double(group.positives) * z
    }
    return sum + beta.dropFirst().reduce(0) { $0 + $1 * $1 } / 2
  }

  private static func minimum(_ rows: [[Double]], _ groups: [Group]) -> [Double]? {
    let width = rows[0].count
    var beta = [Double](repeating: 0, count: width)
    var current = loss(beta, rows, groups)
    for _ in 0..<100 {
      var gradient = [Double](repeating: 0, count: width)
      var hessian = [[Double]](repeating: gradient, count: width)
      for (row, group) in zip(rows, groups) {
        let p = logistic(zip(row, beta).reduce(0) { $0 + $1.0 * $1.1 })
        let residual = Double(group.count) * p - Double(group.positives)
        let weight = Double(group.count) * p * (1 - p)
        for i in 0..<width {
          gradient[i] += residual * row[i]
          for j in 0...i { hessian[i][j] += weight * row[i] * row[j] }
        }
      }
      for i in 1..<width {
        gradient[i] += beta[i]
        hessian[i][i] += 1
      }
      guard let step = solve(hessian, gradient) else { return nil }
      var scale = 1.0
      var next = beta
      var nextLoss = current
      repeat {
        next = zip(beta, step).map { $0 - scale * $1 }
        nextLoss = loss(next, rows, groups)
        scale /= 2
      } while nextLoss > current && scale > 1e-10
      let change = zip(next, beta).map { abs($0 - $1) }.max() ?? 0
      if nextLoss <= current { (beta, current) = (next, nextLoss) }
      if change < 1e-12 || nextLoss > current { return beta }
    }
    return nil
  }

  /// Solves a symmetric positive definite system of which the lower triangle is given; nil where it is singular.
  private static func solve(_ lower: [[Double]], _ right: [Double]) -> [Double]? {
    let n = right.count
    var factor = lower
    for i in 0..<n {
      for j in 0...i {
        var sum = lower[i][j]
        for k in 0..<j { sum -= factor[i][k] * factor[j][k] }
        if i == j {
          guard sum > 0 else { return nil }
          factor[i][i] = sum.squareRoot()
        } else {
          factor[i][j] = sum / factor[j][j]
        }
      }
    }
    var x = right
    for i in 0..<n {
      for k in 0..<i { x[i] -= factor[i][k] * x[k] }
      x[i] /= factor[i][i]
    }
    for i in (0..<n).reversed() {
      for k in (i + 1)..<n { x[i] -= factor[k][i] * x[k] }
      x[i] /= factor[i][i]
    }
    return x
  }
}
