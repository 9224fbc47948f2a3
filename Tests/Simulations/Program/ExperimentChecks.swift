import Foundation
import Simulations

/// What is run beside the tests: `simulate [short|long] [SEED] [NAME]`, `time`, and `answer`, which the Python oracles
/// talk to. Never shipped.
@main
enum ExperimentChecks {
  static func main() {
    let words = CommandLine.arguments.dropFirst()
    let rest = Array(words.dropFirst())
    switch words.first {
    case "simulate": simulate(rest)
    case "time": timeComparisons()
    case "answer": answerLines()
    default:
      print("experiment-checks simulate [short|long] [SEED] [NAME] | time | answer")
      exit(64)
    }
  }

  private static func simulate(_ words: [String]) {
    let effort = words.first.flatMap(Effort.init(rawValue:)) ?? .long
    let seed = words.count > 1 ? UInt64(words[1]) ?? 7 : 7
    let part = words.count > 2 ? words[2] : ""
    var failed = 0
    print(Finding.header)
    for scene in allScenes where part.isEmpty || scene.name.contains(part) {
      let started = Date()
      for finding in scene.run(effort, seed) {
        print(finding.row)
        if !finding.holds { failed += 1 }
      }
      fflush(nil)
      FileHandle.standardError.write(Data("\(scene.name): \(Int(Date().timeIntervalSince(started))) s\n".utf8))
    }
    print("\nseed \(seed), \(effort.rawValue): \(failed == 0 ? "all hold" : "\(failed) do not hold")")
    if failed > 0 { exit(1) }
  }
}
