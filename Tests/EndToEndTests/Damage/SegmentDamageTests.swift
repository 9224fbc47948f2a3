import TestSupport
import Testing

/// Bytes of a segment that are not what was written: `store check` finds them, and no query answers wrong.
@Suite struct SegmentDamageTests {
  static let questions = [
    ["activity", "--by", "event,platform,community,content"],
    ["retention", "--periods", "3", "--where", "properties.n >= 0 or push is null"],
    ["activity", "--where", "properties.n >= 5 or push is null"],
    ["activity", "--as-of", "2025-03-08T12:00:00Z"],
  ]
  /// These rest on the index, which keeps the damage from them.
  static let indexed = [["activity"], ["retention", "--periods", "3"], ["activity", "--by", "platform"]]

  private func stored() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(6_000, members: 400), to: "log.jsonl")
    try #require(workspace.muster("ingest", "log.jsonl").status == 0)
    return workspace
  }

  private func ask(_ workspace: BinaryWorkspace, _ question: [String]) -> BinaryRun {
    let asOf = question.contains("--as-of") ? [] : ["--as-of", "2025-03-20"]
    return workspace.start(["query"] + question + asOf + ["--format", "csv", "--quiet"]).wait()
  }

  @Test("A flipped bit is found, and a query is right or fails and names the file", arguments: 0..<4)
  func flippedBit(_ part: Int) throws {
    let workspace = try stored()
    let segment = try #require(
      workspace.files(below: ".muster/segments").first { $0.hasPrefix("day=2025-03-08/") })
    let file = ".muster/segments/\(segment)"
    let whole = try workspace.bytes(of: file)
    let pages = SegmentPages(whole)
    #expect(Set(pages.pages.map(\.column)).isSuperset(of: ["event", "member", "ts", "platform", "properties"]))
    let right = Self.questions.map { ask(workspace, $0).output }
    #expect(right.allSatisfy { $0.contains("2025-03-08") })
    var random = BinaryRandom(seed: UInt64(part))
    var failed = 0
    for number in 0..<50 {
      // Anywhere; every fourth in a page's header; every fourth in what follows the pages: indexes, footer, magic.
      let behind = pages.pages.map(\.body.upperBound).max() ?? 0
      let header = pages.pages[random.below(pages.pages.count)].header
      let places = [0..<whole.count, header, 0..<behind, behind..<whole.count]
      let place = places[number % 4].lowerBound + random.below(places[number % 4].count)
      let bit = random.below(8)
      let flip = "seed \(part), byte \(place), bit \(bit)"
      var bytes = whole
      bytes[place] ^= UInt8(1 << bit)
      try workspace.write(bytes, to: file)

      let check = workspace.muster("store", "check", "--quiet")
      #expect(check.status == 1, "\(flip)")
      #expect(check.output.contains("damaged  segments/\(segment)"), "\(flip): \(check.output)")
      if let page = pages.page(at: place) {
        #expect(check.output.contains("column '\(page.column)'"), "\(flip) in \(page): \(check.output)")
        #expect(check.output.contains("page \(page.index)"), "\(flip) in \(page): \(check.output)")
      }
      let question = number % Self.questions.count
      let run = ask(workspace, Self.questions[question])
      if run.status == 0 {
        #expect(run.output == right[question], "\(flip)")
      } else {
        failed += 1
        #expect(run.status == 65, "\(flip): \(run.complaint)")
        #expect(run.output.isEmpty, "\(flip)")
        #expect(run.complaint.contains(workspace.path(file)), "\(flip): \(run.complaint)")
      }
    }
    #expect(failed > 0)
    try workspace.write(whole, to: file)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test(
    "A segment cut short is found at any length, and a query that needs it fails",
    arguments: [0, 1, 4, 7, 8, 100, -100, -8, -1])
  func truncated(_ length: Int) throws {
    let workspace = try stored()
    let file = ".muster/segments/" + (try #require(workspace.files(below: ".muster/segments").first))
    let whole = try workspace.bytes(of: file)
    try workspace.write(Array(whole.prefix(length < 0 ? whole.count + length : length)), to: file)
    try expectDamage(workspace, file: file, kind: "damaged")
  }

  @Test("A segment that grew is found, and a query that needs it fails")
  func longer() throws {
    let workspace = try stored()
    let file = ".muster/segments/" + (try #require(workspace.files(below: ".muster/segments").first))
    try workspace.write(try workspace.bytes(of: file) + [0], to: file)
    try expectDamage(workspace, file: file, kind: "damaged")
  }

  @Test("A segment of another day in its place is found, and a query that needs it fails")
  func exchanged() throws {
    let workspace = try stored()
    let files = workspace.files(below: ".muster/segments").map { ".muster/segments/\($0)" }
    try workspace.write(try workspace.bytes(of: files[1]), to: files[0])
    try expectDamage(workspace, file: files[0], kind: "damaged")
  }

  @Test("A deleted segment is found, and a query that needs it fails")
  func deleted() throws {
    let workspace = try stored()
    let file = ".muster/segments/" + (try #require(workspace.files(below: ".muster/segments").first))
    try workspace.remove(file)
    try expectDamage(workspace, file: file, kind: "missing")
  }

  @Test("A file that the catalog does not know is found; answers rest on the catalog alone")
  func orphan() throws {
    let workspace = try stored()
    let answers = workspace.answers(asOf: "2025-03-20")
    let file = ".muster/segments/" + (try #require(workspace.files(below: ".muster/segments").first))
    let stray = String(file.dropLast("000001-0001.parquet".count)) + "000009-0001.parquet"
    try workspace.write(try workspace.bytes(of: file), to: stray)
    let check = workspace.muster("store", "check")
    #expect(check.status == 1)
    #expect(check.output.contains("orphan  \(stray.dropFirst(".muster/".count))"), "\(check.output)")
    #expect(workspace.answers(asOf: "2025-03-20") == answers)
    try workspace.write(BinaryLog.lines(10, seed: 9), to: "more.jsonl")
    #expect(workspace.muster("ingest", "more.jsonl").status == 0)
    #expect(workspace.muster("store", "check").status == 0)
  }

  private func expectDamage(_ workspace: BinaryWorkspace, file: String, kind: String) throws {
    let calm = try stored()
    for question in Self.indexed { #expect(ask(workspace, question).output == ask(calm, question).output) }
    let check = workspace.muster("store", "check")
    #expect(check.status == 1)
    #expect(check.output.contains("\(kind)  \(file.dropFirst(".muster/".count)): "), "\(check.output)")
    for question in Self.questions.dropLast() {
      let run = ask(workspace, question)
      #expect(run.status == 65, "\(question): \(run.complaint)")
      #expect(run.output.isEmpty)
      #expect(run.complaint.contains(workspace.path(file)), "\(run.complaint)")
    }
    // Days that do not need it still answer.
    let other = workspace.muster(
      "query", "activity", "--by", "event", "--from", "2025-03-10", "--as-of", "2025-03-20", "--quiet")
    #expect(other.status == 0, "\(other.complaint)")
    try workspace.remove(".muster/index")
    #expect(workspace.muster("publish").status != 0)
  }
}
