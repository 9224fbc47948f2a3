import Foundation
import TestSupport
import Testing

/// `ingest --follow` through the binary: whatever happens to the file, and to the process, the store holds what one
/// undisturbed run over all lines would hold.
@Suite struct FollowTests {
  static let lineCount = 4_000

  /// What an undisturbed ingest of `text` answers.
  private func expected(_ text: String, rejected: Int = 0) throws -> String {
    let calm = try BinaryWorkspace()
    try calm.write(text, to: "all.jsonl")
    #expect(calm.ingest("--reject-limit", "1", "all.jsonl").account?.rejected == rejected)
    return calm.answers(asOf: "2025-03-20")
  }

  private func follow(_ workspace: BinaryWorkspace, _ words: String...) -> BinaryProcess {
    workspace.start(["ingest", "--follow", "--every", "1", "--format", "json"] + words)
  }

  /// Ends it in order, and looks at its end.
  private func stop(_ process: consuming BinaryProcess, _ signal: Int32 = SIGTERM) -> BinaryAccount? {
    process.signal(signal)
    let run = process.wait()
    #expect(run.status == 0, "\(run.status): \(run.complaint)")
    return BinaryAccount(run)
  }

  private func stored(_ workspace: BinaryWorkspace) -> Int {
    let status = workspace.muster("store", "status", "--format", "json")
    let object = try? JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
    return object?["stored"] as? Int ?? 0
  }

  /// Waits until so many records are stored.
  private func wait(_ workspace: BinaryWorkspace, stored count: Int, seconds: Double = 60) {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline, stored(workspace) < count { usleep(200_000) }
    #expect(stored(workspace) == count)
  }

  private func waitForAtLeast(_ count: Int, in workspace: BinaryWorkspace, seconds: Double = 60) {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline, stored(workspace) < count { usleep(200_000) }
  }

  private func append(_ bytes: some Sequence<UInt8>, to path: String) {
    let file = FileHandle(forUpdatingAtPath: path)!
    file.seekToEndOfFile()
    file.write(Data(bytes))
    file.closeFile()
  }

  @Test("A file that grows in pieces cut at any byte gives what the whole file gives", arguments: [SIGTERM, SIGINT])
  func pieces(_ signal: Int32) throws {
    let text = BinaryLog.lines(Self.lineCount, seed: UInt64(signal))
    let workspace = try BinaryWorkspace()
    try workspace.write("", to: "log.jsonl")
    let process = follow(workspace, "log.jsonl")
    var random = BinaryRandom(seed: UInt64(signal))
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = min(rest.count, 1 + random.below(40_000))
      append(rest.prefix(count), to: workspace.path("log.jsonl"))
      rest = rest.dropFirst(count)
      usleep(UInt32(random.below(150_000)))
    }
    let account = stop(process, signal)
    #expect(account?.read == Self.lineCount && account?.stored == Self.lineCount && account?.rejected == 0)
    #expect(workspace.answers(asOf: "2025-03-20") == (try expected(text)))
    #expect(workspace.muster("store", "check").status == 0)
    let again = workspace.ingest("log.jsonl")
    #expect(again.account?.skippedSources.count == 1, "what was followed is known to ingest: \(again.run.output)")
  }

  @Test("A last line that is cut off waits, is no rejection, and is taken once it is whole")
  func cutLine() throws {
    let line = BinaryLog.line("b", "2025-03-04T10:00:00Z", "bob")
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.line("a", "2025-03-03T10:00:00Z", "ann") + line.prefix(50), to: "log.jsonl")
    let first = follow(workspace, "log.jsonl")
    wait(workspace, stored: 1)
    usleep(1_500_000)
    let account = stop(first)
    #expect(account?.read == 1 && account?.rejected == 0)
    append(line.utf8.dropFirst(50), to: workspace.path("log.jsonl"))
    let second = follow(workspace, "log.jsonl")
    wait(workspace, stored: 2)
    #expect(stop(second)?.read == 1)
  }

  @Test("Killed again and again while the file grows, each run goes on where the last commit ended", arguments: 0..<3)
  func killed(_ part: Int) throws {
    let text = BinaryLog.lines(Self.lineCount, seed: UInt64(50 + part)).replacing(#""event_id":"#, with: #""note":"#)
    let workspace = try BinaryWorkspace()
    try workspace.write("", to: "log.jsonl")
    var random = BinaryRandom(seed: UInt64(part))
    var rest = Array(text.utf8)[...]
    for _ in 0..<6 {
      let process = follow(workspace, "log.jsonl")
      for _ in 0..<4 {
        let count = min(rest.count, random.below(rest.count / 8 + 2))
        append(rest.prefix(count), to: workspace.path("log.jsonl"))
        rest = rest.dropFirst(count)
        usleep(UInt32(random.below(500_000)))
      }
      process.kill()
      _ = process.wait()
    }
    append(rest, to: workspace.path("log.jsonl"))
    let process = follow(workspace, "log.jsonl")
    wait(workspace, stored: Self.lineCount)
    _ = stop(process)
    #expect(workspace.answers(asOf: "2025-03-20") == (try expected(text)))
    #expect(workspace.muster("store", "check").status == 0)
    #expect(workspace.files(below: ".muster/staging") == [])
  }

  @Test(
    "Rotation loses nothing and counts nothing twice, without event ids", arguments: ["rename", "copytruncate"],
    [true, false])
  func rotation(_ kind: String, _ isFolder: Bool) throws {
    let lines = BinaryLog.lines(1_200, seed: 9).replacing(#""event_id":"#, with: #""note":"#)
      .split(separator: "\n").map { "\($0)\n" }
    let workspace = try BinaryWorkspace()
    try workspace.write("", to: "log/app.log")
    let process = follow(workspace, isFolder ? "log" : "log/app.log")
    for turn in 0..<4 {
      for part in 0..<3 {
        let start = turn * 300 + part * 100
        append(lines[start..<start + 100].joined().utf8, to: workspace.path("log/app.log"))
        usleep(350_000)
      }
      // What the writer says last before rotation.
      let rotate =
        kind == "rename"
        ? "mv app.log app.log.\(turn) && : > app.log" : "cp app.log app.log.\(turn) && : > app.log"
      // A reader that slept through two rotations would find nothing of what the first one cut off.
      waitForAtLeast(turn * 300, in: workspace)
      if turn < 3 { #expect(workspace.shell("cd log && \(rotate)").status == 0) }
    }
    wait(workspace, stored: 1_200)
    #expect(stop(process)?.stored == 1_200)
    #expect(workspace.answers(asOf: "2025-03-20") == (try expected(lines.joined())))
    let again = follow(workspace, isFolder ? "log" : "log/app.log")
    usleep(2_000_000)
    #expect(stop(again)?.read == 0)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("What was rotated away while nobody followed is read by the next run", arguments: ["rename", "copytruncate"])
  func rotatedMeanwhile(_ kind: String) throws {
    let lines = BinaryLog.lines(30, seed: 4).replacing(#""event_id":"#, with: #""note":"#).split(separator: "\n").map {
      "\($0)\n"
    }
    let workspace = try BinaryWorkspace()
    try workspace.write(lines[..<10].joined(), to: "app.log")
    let first = follow(workspace, "app.log")
    wait(workspace, stored: 10)
    _ = stop(first)
    append(lines[10..<20].joined().utf8, to: workspace.path("app.log"))
    #expect(
      workspace.shell(kind == "rename" ? "mv app.log app.log.1" : "cp app.log app.log.1; : > app.log").status == 0)
    try workspace.write(lines[20...].joined(), to: "new")
    #expect(workspace.shell("cat new >> app.log").status == 0)
    let second = follow(workspace, "app.log")
    wait(workspace, stored: 30)
    #expect(stop(second)?.read == 20)
    #expect(workspace.answers(asOf: "2025-03-20") == (try expected(lines.joined())))
  }

  @Test("Rows wait for their header, and a new file of a folder is taken up")
  func rows() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(
      "time: at\nmember: who\nevent: {constant: visit}\n", to: "datasets/rows/dataset.yaml")
    try workspace.write("at,wh", to: "log/1.csv")
    let process = follow(workspace, "--dataset", "rows", "log")
    usleep(1_200_000)
    append("o,note\n2025-03-03T10:00:00Z,ann,\"two\n".utf8, to: workspace.path("log/1.csv"))
    usleep(1_200_000)
    append("lines\"\n2025-03-04T10:00:00Z,bob,x\n".utf8, to: workspace.path("log/1.csv"))
    try workspace.write("note,at,who\nx,2025-03-05T10:00:00Z,cy\nx,bad,dan\n", to: "log/2.csv")
    wait(workspace, stored: 3)
    let account = stop(process)
    #expect(account?.read == 4 && account?.rejected == 1)
    let rejected = try workspace.quarantine()
    #expect(rejected.map(\.line) == [3] && rejected.map(\.source) == [workspace.path("log/2.csv")])
  }

  @Test("Standard input is committed while it still comes, and its last line needs no break")
  func standardInput() throws {
    let workspace = try BinaryWorkspace()
    let lines = BinaryLog.lines(40, seed: 6)
    try workspace.write(lines, to: "all.jsonl")
    let script = """
      (head -n 15 all.jsonl; sleep 3; muster store status --format json > meanwhile; tail -n +16 all.jsonl | head -c -1) \
      | muster ingest --follow - --every 1 --format json
      """
    let run = workspace.shell(script)
    #expect(run.status == 0, "\(run.complaint)")
    let account = BinaryAccount(run)
    #expect(account?.read == 40 && account?.stored == 40 && account?.rejected == 0)
    #expect(try workspace.text(of: "meanwhile").contains(#""stored":15"#))
    #expect(workspace.answers(asOf: "2025-03-20") == (try expected(lines)))
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("While another process writes, following waits and loses nothing")
  func locked() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(20, seed: 7), to: "log.jsonl")
    let script = """
      mkdir -p .muster; exec 9> .muster/writer.lock; flock 9
      "$MUSTER" ingest --follow log.jsonl --every 1 --format json 9>&- & follower=$!
      sleep 2; kill -0 $follower || exit 9
      flock -u 9; exec 9>&-; sleep 3; kill -TERM $follower; wait $follower
      """
    let run = workspace.shell(script)
    #expect(run.status == 0 && BinaryAccount(run)?.stored == 20, "\(run.status) \(run.output) \(run.complaint)")
  }

  @Test("Too many bad records end it with the account, and what was committed stays")
  func limit() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(900, seed: 8), to: "log.jsonl")
    let process = follow(workspace, "log.jsonl")
    wait(workspace, stored: 900)
    append(String(repeating: "bad\n", count: 300).utf8, to: workspace.path("log.jsonl"))
    let run = process.wait()
    #expect(run.status == 65 && run.complaint.contains("300 of 1200 records were rejected: not-json 300"))
    #expect(stored(workspace) == 900)
  }

  @Test("Facts of members, and compressed input, are not followed, and it says so")
  func refusals() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("kind: members\nmember: id\n", to: "datasets/crm/dataset.yaml")
    try workspace.write("id,arm\n", to: "crm.csv")
    let facts = workspace.muster("ingest", "--follow", "--dataset", "crm", "crm.csv")
    #expect(facts.status == 65 && facts.complaint.contains("facts of members are not followed"))
    #expect(workspace.shell("echo '{}' | gzip > old.gz").status == 0)
    let file = workspace.muster("ingest", "--follow", "old.gz")
    #expect(file.status == 66 && file.complaint.contains("compressed files do not grow"))
    let packed = workspace.shell("echo x | gzip | muster ingest --follow -")
    #expect(packed.status == 66 && packed.complaint.contains("compressed input cannot be followed"))
    #expect(workspace.muster("ingest", "--follow", "nothing.log").status == 66)
    #expect(workspace.muster("ingest", "--follow", "--every", "0", "crm.csv").status == 64)
    #expect(workspace.muster("ingest", "--follow", "--replay-quarantine").status == 64)
  }
}
