import Foundation
import TestSupport

/// A workspace whose store was fed in many small loads, and one that was fed the same records at once.
struct HourlyStore {
  let workspace: BinaryWorkspace
  static let loadCount = 8

  /// - Parameter settings: the text of `muster.yaml`.
  init(settings: String = "time-zone: UTC\n", lines: Int = 400, stores: [String] = [".muster"]) throws {
    workspace = try BinaryWorkspace(settings: settings)
    for load in 0..<Self.loadCount {
      let text = BinaryLog.lines(lines, members: 60, seed: UInt64(20 + load))
      try workspace.write(text, to: "logs/\(load).jsonl")
    }
    for store in stores { feed(store) }
  }

  /// Loads every log with a call of its own.
  func feed(_ store: String) {
    for load in 0..<Self.loadCount {
      let run = workspace.muster("ingest", "--quiet", "--store", store, "logs/\(load).jsonl")
      precondition(run.status == 0, run.complaint)
    }
  }

  /// Answers over any range of the logs.
  func answers(_ store: String = ".muster", dimension: String = "platform") -> String {
    let questions = [
      ["activity", "--by", "event,\(dimension)"], ["activity", "--trailing", "7"],
      ["activity", "--granularity", "week"], ["retention", "--periods", "6"],
      ["activity", "--where", "properties.n >= 5"], ["activity", "--where", "event = 'comment'"],
    ]
    return questions.map { question in
      let run = workspace.start(["query"] + question + ["--store", store, "--format", "csv", "--quiet"]).wait()
      return "\(question.joined(separator: " ")): \(run.status)\n\(run.output)\(run.complaint)"
    }.joined(separator: "\n")
  }

  func segments(_ store: String = ".muster") -> [String] { workspace.files(below: "\(store)/segments") }

  func check(_ store: String = ".muster") -> BinaryRun { workspace.muster("store", "check", "--store", store) }
}
