import TestSupport
import Testing

/// Files of the store other than segments that are not what was written.
@Suite struct StoreFileDamageTests {
  private func stored() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(600, members: 300), to: "log.jsonl")
    try workspace.write(BinaryLog.lines(600, members: 500, seed: 2), to: "more.jsonl")
    try #require(workspace.muster("ingest", "log.jsonl").status == 0)
    return workspace
  }

  @Test(
    "A flipped bit in the member dictionary is found; nothing answers wrong and nothing is written",
    arguments: ["ids", "firsts"])
  func members(_ name: String) throws {
    let workspace = try stored()
    let file = ".muster/members/\(name)"
    let whole = try workspace.bytes(of: file)
    let ask = ["query", "activity", "--as-of", "2025-03-20", "--format", "csv", "--quiet"]
    let right = workspace.start(ask).wait().output
    var random = BinaryRandom(seed: 5)
    for number in 0..<40 {
      var bytes = whole
      let place = number < 32 ? number : random.below(whole.count)
      bytes[place] ^= UInt8(1 << random.below(8))
      try workspace.write(bytes, to: file)
      let content = try workspace.storeContent()
      let check = workspace.muster("store", "check", "--quiet")
      #expect(check.status == 1, "byte \(place)")
      #expect(
        check.output.contains("damaged  members") && check.output.contains(workspace.path(file)), "\(check.output)")
      let run = workspace.start(ask).wait()
      if run.status == 0 {
        #expect(run.output == right, "byte \(place)")
      } else {
        #expect(run.status == 65 && run.output.isEmpty, "byte \(place): \(run.complaint)")
        #expect(run.complaint.contains(workspace.path(file)), "\(run.complaint)")
      }
      let refused = workspace.muster("ingest", "more.jsonl")
      #expect(refused.status == 65, "byte \(place): \(refused.complaint)")
      #expect(try workspace.storeContent() == content, "byte \(place)")
    }
    try workspace.write(whole, to: file)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("A member dictionary cut short or gone is an error, and nothing is written", arguments: ["ids", "firsts"])
  func membersGone(_ name: String) throws {
    let workspace = try stored()
    let file = ".muster/members/\(name)"
    let whole = try workspace.bytes(of: file)
    for length in [0, 31, whole.count - 1, -1] {
      if length < 0 { try workspace.remove(file) } else { try workspace.write(Array(whole.prefix(length)), to: file) }
      let content = try workspace.storeContent()
      let check = workspace.muster("store", "check", "--quiet")
      #expect(check.status == 1, "\(length): \(check.complaint)")
      #expect(check.output.contains("members"), "\(length): \(check.output)")
      #expect(workspace.muster("query", "activity").status == 65, "\(length)")
      #expect(workspace.muster("ingest", "more.jsonl").status == 65, "\(length)")
      #expect(try workspace.storeContent() == content)
    }
  }

  @Test("Bytes behind the committed part, as a crash leaves them, harm nobody")
  func uncommittedTail() throws {
    let (workspace, calm) = (try stored(), try stored())
    for name in workspace.files(below: ".muster").filter({ $0.hasPrefix("members/") || $0.hasPrefix("duplicates/") }) {
      try workspace.append("half a block", to: ".muster/\(name)")
    }
    #expect(workspace.muster("store", "check").status == 0)
    #expect(workspace.answers(asOf: "2025-03-20") == calm.answers(asOf: "2025-03-20"))
    #expect(workspace.ingest("more.jsonl").account == calm.ingest("more.jsonl").account)
    #expect(workspace.answers(asOf: "2025-03-20") == calm.answers(asOf: "2025-03-20"))
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("A damaged duplicate sidecar is found, and ingest into its day is refused")
  func duplicates() throws {
    let workspace = try stored()
    let file = ".muster/duplicates/2025-03-08"
    var bytes = try workspace.bytes(of: file)
    bytes[bytes.count / 2] ^= 4
    try workspace.write(bytes, to: file)
    let check = workspace.muster("store", "check")
    #expect(check.status == 1 && check.output.contains("damaged  duplicates/2025-03-08"), "\(check.output)")
    let content = try workspace.storeContent()
    let run = workspace.muster("ingest", "more.jsonl")
    #expect(run.status == 65 && run.complaint.contains(workspace.path(file)), "\(run.complaint)")
    #expect(try workspace.storeContent() == content)
    #expect(workspace.muster("query", "activity").status == 0)
  }

  @Test(
    "A duplicate sidecar that is torn or gone is found, and ingest into its day is refused",
    arguments: [0, 31, -1, nil])
  func duplicatesGone(_ length: Int?) throws {
    let workspace = try stored()
    let file = ".muster/duplicates/2025-03-08"
    let whole = try workspace.bytes(of: file)
    if let length {
      try workspace.write(Array(whole.prefix(length < 0 ? whole.count + length : length)), to: file)
    } else {
      try workspace.remove(file)
    }
    let check = workspace.muster("store", "check")
    #expect(check.status == 1 && check.output.contains("damaged  duplicates/2025-03-08"), "\(check.output)")
    let content = try workspace.storeContent()
    let run = workspace.muster("ingest", "more.jsonl")
    #expect(run.status == 65 && run.complaint.contains(workspace.path(file)), "\(run.complaint)")
    #expect(try workspace.storeContent() == content)
    try workspace.write(whole, to: file)
    #expect(workspace.muster("ingest", "more.jsonl").status == 0)
  }

  @Test("A deleted catalog is an error that says so, and nothing is changed")
  func noCatalog() throws {
    let workspace = try stored()
    for file in workspace.files(below: ".muster") where file.hasPrefix("catalog.sqlite") {
      try workspace.remove(".muster/\(file)")
    }
    let content = try workspace.storeContent()
    let knowsRecover = workspace.muster("store", "--help").output.contains("recover")
    for verb in [
      ["query", "activity"], ["ingest", "more.jsonl"], ["store", "check"], ["store", "status"], ["publish"],
    ] {
      let run = workspace.start(verb).wait()
      if verb == ["publish"] {
        #expect(run.status != 0)
      } else {
        #expect(run.status == 65, "\(verb): \(run.status) \(run.complaint)")
        #expect(run.complaint.contains(workspace.path(".muster/catalog.sqlite")), "\(run.complaint)")
        if knowsRecover { #expect(run.complaint.contains("store recover"), "\(run.complaint)") }
      }
    }
    #expect(try workspace.storeContent() == content)
  }

  @Test(
    "A catalog that is no database, is cut short or empty is an error, never an empty answer",
    arguments: ["text", "short", "empty"])
  func damagedCatalog(_ kind: String) throws {
    let workspace = try stored()
    let whole = try workspace.bytes(of: ".muster/catalog.sqlite")
    let damaged =
      switch kind {
      case "text": Array(String(repeating: "no database ", count: 1000).utf8)
      case "short": Array(whole.prefix(whole.count / 2))
      default: [UInt8]()
      }
    try workspace.write(damaged, to: ".muster/catalog.sqlite")
    for verb in [["query", "activity"], ["ingest", "more.jsonl"], ["store", "check"], ["store", "status"]] {
      let run = workspace.start(verb).wait()
      #expect(run.status == 65, "\(verb): \(run.status) \(run.output)\(run.complaint)")
      #expect(run.complaint.contains("catalog"), "\(verb): \(run.complaint)")
    }
    #expect(workspace.files(below: ".muster/retired") == [])
  }
}
