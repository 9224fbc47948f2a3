import Experiments
import Foundation
import Testing

/// Every row of `Tests/Fixtures/Experiments/distributions.csv`, which Tests/Oracles/experiment_vectors.py writes with
/// mpmath: relative error at most 1e-12, or ten times what rounding the arguments alone would do.
@Suite struct DistributionVectorTests {
  @Test(
    arguments: [
      "normal.upper", "normal.upperQuantile", "student.upper", "student.upperQuantile", "chisquare.upper",
      "gamma.lower", "gamma.upper", "gamma.quantile", "gamma.upperQuantile", "beta.lower", "beta.upper",
      "beta.quantile", "binomial.lower", "binomial.upper",
    ])
  func `tails and quantiles agree with many digits`(function: String) throws {
    let rows = try DistributionVector.read().filter { $0.function == function }
    #expect(rows.count >= 7)
    for row in rows {
      let value = row.computed
      #expect(abs(value - row.value) <= row.allowed * abs(row.value), "\(row.line): \(value)")
    }
  }

  @Test func `every function of the file is checked`() throws {
    #expect(Set(try DistributionVector.read().map(\.function)).count == 14)
  }
}

struct DistributionVector {
  var function: String
  var arguments: [Double]
  var value: Double
  var condition: Double
  var line: String

  /// The relative error that is allowed.
  var allowed: Double { max(1e-12, 10 * condition * 0x1p-52) }

  static func read() throws -> [DistributionVector] {
    let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = tests.appending(path: "Fixtures/Experiments/distributions.csv")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      let numbers = fields.dropFirst().compactMap { Double($0) }
      try #require(numbers.count == fields.count - 1)
      return DistributionVector(
        function: String(fields[0]), arguments: Array(numbers.dropLast(2)), value: numbers[numbers.count - 2],
        condition: numbers[numbers.count - 1], line: String(line))
    }
  }

  var computed: Double {
    let x = arguments
    return switch function {
    case "normal.upper": NormalDistribution.upperTail(x[0])
    case "normal.upperQuantile": NormalDistribution.upperQuantile(x[0])
    case "student.upper": StudentDistribution(degreesOfFreedom: x[0]).upperTail(x[1])
    case "student.upperQuantile": StudentDistribution(degreesOfFreedom: x[0]).upperQuantile(x[1])
    case "chisquare.upper": ChiSquareDistribution(degreesOfFreedom: Int(x[0])).upperTail(x[1])
    case "gamma.lower": GammaDistribution(shape: x[0]).lowerTail(x[1])
    case "gamma.upper": GammaDistribution(shape: x[0]).upperTail(x[1])
    case "gamma.quantile": GammaDistribution(shape: x[0]).quantile(x[1])
    case "gamma.upperQuantile": GammaDistribution(shape: x[0]).upperQuantile(x[1])
    case "beta.lower": BetaDistribution(alpha: x[0], beta: x[1]).lowerTail(x[2])
    case "beta.upper": BetaDistribution(alpha: x[0], beta: x[1]).upperTail(x[2])
    case "beta.quantile": BetaDistribution(alpha: x[0], beta: x[1]).quantile(x[2])
    case "binomial.lower": BinomialDistribution(trials: Int(x[1]), probability: x[2]).lowerTail(Int(x[0]))
    case "binomial.upper": BinomialDistribution(trials: Int(x[1]), probability: x[2]).upperTail(Int(x[0]))
    default: Double.nan
    }
  }
}
