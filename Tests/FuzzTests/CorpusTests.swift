import Foundation
import FuzzProbes
import Testing

/// The committed corpora of the fuzzers, replayed: what was once found stays mended.
@Suite struct CorpusTests {
  @Test("Every probe has a corpus, and every corpus a probe")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: corpusFolder)
    #expect(Set(folders) == Set(Probe.all.map(\.name)))
    for probe in Probe.all { #expect(try inputs(of: probe.name).count > 3, "\(probe.name)") }
  }

  @Test(
    "No input of the corpus ends a probe, takes seconds or much memory",
    arguments: [
      "json", "csv", "parquet-log", "parquet-file", "parquet-pages", "filter", "settings", "dataset", "block",
      "block-file", "roaring", "member-table", "first-days", "activity-index",
    ])
  func replay(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      guard let probe = Probe.named(name) else { preconditionFailure("no such probe") }
      let before = peakByteCount()
      for (file, bytes) in try inputs(of: name) {
        alarm(20)
        bytes.withUnsafeBytes { probe.run($0) }
        let taken = peakByteCount() - before
        precondition(taken < 300 << 20, "\(file) takes \(taken) bytes")
      }
    }
  }
}

private let corpusFolder =
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
  + "/Fuzz/Corpus"

private func inputs(of name: String) throws -> [(file: String, bytes: [UInt8])] {
  try FileManager.default.contentsOfDirectory(atPath: "\(corpusFolder)/\(name)").sorted().map { file in
    (file, [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(corpusFolder)/\(name)/\(file)"))))
  }
}

/// The most memory that the process held so far.
private func peakByteCount() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}
