import TestSupport
import Testing

/// Compressed logs that end early or are damaged in the middle.
@Suite struct CutOffSourceTests {
  static let lineCount = 2_000
  static let log = BinaryLog.lines(lineCount)

  @Test(
    "What could be read of a compressed log that ends early is stored, and the end is named", arguments: ["gz", "zst"])
  func cutOff(_ form: String) throws {
    let workspace = try compressed(form)
    let whole = try workspace.bytes(of: "log.\(form)")
    try workspace.write(Array(whole.prefix(whole.count * 2 / 3)), to: "log.\(form)")
    let (run, account) = workspace.ingest("--reject-limit", "1", "log.\(form)")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(account?.addsUp == true)
    #expect(account?.rejected == 1)
    #expect(try workspace.quarantine().map(\.reason) == ["source-ended-early"])
    #expect(run.complaint.contains("source-ended-early"))
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test(
    "A compressed log that ended early and is whole on the next day is stored whole, once", arguments: ["gz", "zst"])
  func grown(_ form: String) throws {
    let workspace = try compressed(form)
    let whole = try workspace.bytes(of: "log.\(form)")
    // Not in one place only: where the cut falls within a record matters.
    for part in 1...4 {
      try workspace.write(Array(whole.prefix(whole.count * part / 5)), to: "log.\(form)")
      let (run, account) = workspace.ingest("--reject-limit", "1", "log.\(form)")
      #expect(run.status == 0 && account?.addsUp == true)
    }
    try workspace.write(whole, to: "log.\(form)")
    let (run, account) = workspace.ingest("--reject-limit", "1", "log.\(form)")
    #expect(run.status == 0)
    #expect(account?.rejected == 0, "\(run.complaint)")

    let undisturbed = try BinaryWorkspace()
    try undisturbed.write(Self.log, to: "log.jsonl")
    #expect(undisturbed.ingest("log.jsonl").account?.stored == Self.lineCount)
    #expect(workspace.answers(asOf: "2025-03-20") == undisturbed.answers(asOf: "2025-03-20"))
  }

  @Test("Damage in the middle of a compressed log is named, never stored as something else", arguments: ["gz", "zst"])
  func damaged(_ form: String) throws {
    let workspace = try compressed(form)
    let whole = try workspace.bytes(of: "log.\(form)")
    var random = BinaryRandom(seed: 11)
    for _ in 0..<20 {
      var bytes = whole
      let place = random.below(bytes.count)
      bytes[place] ^= UInt8(1 << random.below(8))
      try workspace.write(bytes, to: "damaged.\(form)")
      let store = "store-\(place)"
      let (run, account) = workspace.ingest("--reject-limit", "1", "--store", store, "damaged.\(form)")
      #expect(!run.crashed, "byte \(place)")
      if run.status == 0 { #expect(account?.addsUp == true, "byte \(place)") }
      // A flip in the header can leave the content whole, with its checksum: then nothing is rejected.
      if account?.rejected == 0 { #expect(account?.stored == Self.lineCount, "byte \(place)") }
    }
  }

  private func compressed(_ form: String) throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write(Self.log, to: "log.jsonl")
    let tool = form == "gz" ? "gzip -c" : "zstd -qc --check"
    try #require(workspace.shell("\(tool) log.jsonl > log.\(form) && rm log.jsonl").status == 0)
    return workspace
  }
}
