import Experiments
import Foundation

/// Reads one JSON object a line, `{"f": function, "x": [numbers], "l": [[numbers]]}`, and prints a JSON list of numbers a
/// line; `null` where a number is not finite or there is none, `{"error": "…"}` where there is no answer.
func answerLines() {
  struct Call: Decodable {
    var f: String
    var x: [Double]?
    var l: [[Double]]?
  }
  let decoder = JSONDecoder()
  while let line = readLine() {
    guard let call = try? decoder.decode(Call.self, from: Data(line.utf8)),
      let function = answers[call.f]
    else {
      print("{\"error\": \"not a call\"}")
      fflush(nil)
      continue
    }
    do {
      let numbers = try function(call.x ?? [], call.l ?? [])
      print("[" + numbers.map { $0.isFinite ? "\($0)" : "null" }.joined(separator: ", ") + "]")
    } catch {
      print("{\"error\": \"\(error)\"}")
    }
    fflush(nil)  // into a pipe, print keeps what it has
  }
}

typealias Answer = @Sendable (_ x: [Double], _ lists: [[Double]]) throws -> [Double]

private let answers: [String: Answer] = distributionAnswers.merging(comparisonAnswers) { a, _ in a }
  .merging(designAnswers) { a, _ in a }

private let distributionAnswers: [String: Answer] = [
  "normal": { x, _ in
    [
      NormalDistribution.density(x[0]), NormalDistribution.lowerTail(x[0]), NormalDistribution.upperTail(x[0]),
      NormalDistribution.quantile(x[1]),
    ]
  },
  "student": { x, _ in
    let d = StudentDistribution(degreesOfFreedom: x[0])
    return [d.density(x[1]), d.lowerTail(x[1]), d.upperTail(x[1]), d.quantile(x[2])]
  },
  "chisquare": { x, _ in
    let d = ChiSquareDistribution(degreesOfFreedom: Int(x[0]))
    return [d.density(x[1]), d.lowerTail(x[1]), d.upperTail(x[1]), d.quantile(x[2])]
  },
  "gamma": { x, _ in
    let d = GammaDistribution(shape: x[0])
    return [d.density(x[1]), d.lowerTail(x[1]), d.upperTail(x[1]), d.quantile(x[2])]
  },
  "beta": { x, _ in
    let d = BetaDistribution(alpha: x[0], beta: x[1])
    return [d.density(x[2]), d.lowerTail(x[2]), d.upperTail(x[2]), d.quantile(x[3])]
  },
  "binomial": { x, _ in
    let d = BinomialDistribution(trials: Int(x[0]), probability: x[1])
    return [d.density(Int(x[2])), d.lowerTail(Int(x[2])), d.upperTail(Int(x[2])), Double(d.quantile(x[3]))]
  },
]
