internal import Foundation

/// The account that `ingest --format json` gives of one call.
package struct BinaryAccount: Decodable, Sendable, Equatable {
  package var read: Int
  package var stored: Int
  package var duplicate: Int
  package var rejected: Int
  package var conflicts: Int
  package var days: [String]
  package var skippedSources: [String]

  private enum CodingKeys: String, CodingKey {
    case read, stored, duplicate, rejected, conflicts, days
    case skippedSources = "skipped_sources"
  }

  /// `read = stored + duplicate + rejected`
  package var addsUp: Bool { read == stored + duplicate + rejected }

  /// Nil where `run` gave none.
  package init?(_ run: BinaryRun) {
    guard let account = try? JSONDecoder().decode(Self.self, from: Data(run.output.utf8)) else { return nil }
    self = account
  }
}

/// One of each way to answer.
package let everyKindOfQuestion = [
  ["activity"], ["activity", "--by", "event,platform,community"], ["activity", "--trailing", "7"],
  ["activity", "--granularity", "week"], ["retention", "--periods", "10"],
  ["activity", "--where", "properties.n >= 5"],
]

/// A record in the store's quarantine.
package struct BinaryRejection: Decodable, Sendable, Equatable {
  package var source: String
  package var reason: String
  package var line: Int?
  package var byteOffset: Int?
  package var detail: String
  package var text: String

  private enum CodingKeys: String, CodingKey {
    case source, reason, line, detail, text
    case byteOffset = "byte_offset"
  }
}

extension BinaryWorkspace {
  /// Loads with `--format json`.
  package func ingest(_ arguments: String..., standardInput: String? = nil) -> (run: BinaryRun, account: BinaryAccount?)
  {
    let run = start(["ingest", "--format", "json"] + arguments, standardInput: standardInput).wait()
    return (run, BinaryAccount(run))
  }

  /// All records in quarantine, in the order of their batches.
  package func quarantine() throws -> [BinaryRejection] {
    try files(below: ".muster/quarantine").flatMap { file in
      try text(of: ".muster/quarantine/\(file)").split(separator: "\n").map {
        try JSONDecoder().decode(BinaryRejection.self, from: Data($0.utf8))
      }
    }
  }

  /// What a fixed set of questions answers: equal where the stores hold the same events.
  package func answers(asOf: String, store: String = ".muster", questions: [[String]] = everyKindOfQuestion) -> String {
    questions.map { question in
      let options = ["--store", store, "--as-of", asOf, "--format", "csv", "--quiet"]
      let run = start(["query"] + question + options).wait()
      return "\(question.joined(separator: " ")): \(run.status)\n\(run.output)\(run.complaint)"
    }.joined(separator: "\n")
  }
}
