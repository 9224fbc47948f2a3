import Experiments
import Foundation

/// Comparisons a second on one core, each kind with an answer that is checked first: the mean of p and of the interval's
/// width over all of them, as Tests/Oracles/experiment_speed.py has it from SciPy. Time is the process's own.
func timeComparisons() {
  let count = 1_000_000
  let controls = (0..<1024).map { ProportionSums(events: 4000 + $0, units: 40_000 + 7 * $0) }
  let treatments = (0..<1021).map { ProportionSums(events: 4100 + 2 * $0, units: 40_500 + 3 * $0) }
  func means(_ arms: [ProportionSums], squares: Double) -> [MeanSums] {
    arms.map { MeanSums(units: $0.units, sum: Double($0.events) * 3, sumOfSquares: Double($0.events) * squares) }
  }
  let (zeros, ones) = (means(controls, squares: 31), means(treatments, squares: 30))
  let (few, others) = ((0..<1021).map { small($0, 210) }, (0..<1024).map { small($0, 200) })
  func small(_ index: Int, _ events: Double) -> MeanSums {
    MeanSums(units: 400 + index / 8, sum: 3 * events, sumOfSquares: 12 * events + Double(index % 7))
  }
  let sequence = Looks.sequential(ConfidenceSequence(plannedUnits: 100_000))
  var isRight = true
  func timed(_ name: String, _ expected: Double, _ comparison: (Int) throws -> Comparison) {
    var sum = 0.0
    let started = clock()
    for index in 0..<count {
      if let result = try? comparison(index) { sum += result.p + (result.high - result.low) }
    }
    let seconds = Double(clock() - started) / Double(CLOCKS_PER_SEC)
    let mean = sum / Double(count)
    let agrees = abs(mean - expected) <= 1e-10 * expected
    isRight = isRight && agrees
    let answer = agrees ? "as expected" : "WRONG, expected \(expected)"
    print("\(name): \(Int(Double(count) / seconds)) a second; mean of p + width \(mean) \(answer)")
  }
  timed("two proportions, fixed", 0.07323481524546153) { index in
    try TwoProportions(treatment: treatments[index % 1021], control: controls[index % 1024]).comparison()
  }
  timed("two means, Welch", 0.1618482566040712) { index in
    try TwoEstimates(treatment: ones[index % 1021].estimate(), control: zeros[index % 1024].estimate())
      .comparison(looks: .fixed)
  }
  timed("two means of 400 units, Welch", 0.8838440429111951) { index in
    try TwoEstimates(treatment: few[index % 1021].estimate(), control: others[index % 1024].estimate())
      .comparison(looks: .fixed)
  }
  timed("two means, sequential", 0.3584975527568391) { index in
    try TwoEstimates(treatment: ones[index % 1021].estimate(), control: zeros[index % 1024].estimate())
      .comparison(looks: sequence)
  }
  if !isRight { exit(1) }
}
