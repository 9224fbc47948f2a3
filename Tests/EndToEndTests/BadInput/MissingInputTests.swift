import Foundation
import TestSupport
import Testing

/// Inputs that are not there or cannot be read: exit 66, and nothing changes.
@Suite struct MissingInputTests {
  @Test("A file that does not exist is named")
  func noFile() throws {
    let workspace = try BinaryWorkspace()
    let run = workspace.muster("ingest", "./no.jsonl")
    #expect(run.status == 66)
    #expect(run.complaint.contains("./no.jsonl: there is no such file"), "\(run.complaint)")
    #expect(workspace.files(below: ".muster") == [])
  }

  @Test("One missing file among others: nothing is loaded")
  func oneMissing() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(10), to: "a.jsonl")
    let run = workspace.muster("ingest", "a.jsonl", "./no.jsonl")
    #expect(run.status == 66)
    #expect(workspace.files(below: ".muster/segments") == [])
  }

  @Test(
    "An unknown dataset suggests the nearest",
    arguments: [["ingest", "formu"], ["ingest", "--dataset", "formu", "a.jsonl"]])
  func unknownDataset(_ arguments: [String]) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("time: ts\nmember: m\nevent: e\n", to: "datasets/forum/dataset.yaml")
    let run = workspace.start(arguments).wait()
    #expect(run.status == 66)
    #expect(run.complaint.contains("formu"))
    #expect(run.complaint.contains("'forum'?"), "\(run.complaint)")
  }

  @Test("A dataset whose path matches nothing says so")
  func datasetWithoutLog() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("path: '*.csv'\ntime: ts\nmember: m\nevent: e\n", to: "datasets/forum/dataset.yaml")
    let run = workspace.muster("ingest", "forum")
    #expect(run.status == 66)
    #expect(run.complaint.contains("datasets/forum/dataset.yaml: no file matches"), "\(run.complaint)")
  }

  @Test(
    "Unknown dashboards and pipelines suggest the nearest",
    arguments: [(["publish", "overveiw"], "'overview'?"), (["run", "nigthly"], "'nightly'?")])
  func unknownNames(_ arguments: [String], _ suggestion: String) throws {
    let workspace = try BinaryWorkspace(settings: nil)
    #expect(workspace.muster("new", ".").status == 0)
    let run = workspace.start(arguments).wait()
    #expect(run.status == 66)
    #expect(run.complaint.contains(suggestion), "\(run.complaint)")
  }

  @Test("Without a workspace every verb that needs one says how to make one")
  func noWorkspace() throws {
    let workspace = try BinaryWorkspace(settings: nil)
    for verb in [
      ["ingest", "x"], ["query", "activity"], ["store", "check"], ["publish"], ["run", "nightly"], ["serve"],
    ] {
      let run = workspace.start(verb).wait()
      #expect(run.status == 66, "\(verb)")
      #expect(run.complaint.contains("muster new"), "\(verb): \(run.complaint)")
    }
  }

  @Test("A folder or file without permission is an error that names it")
  func noPermission() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(3), to: "closed/a.jsonl")
    try workspace.write(BinaryLog.lines(3), to: "closed.jsonl")
    // As root nothing is unreadable: the binary then runs as nobody.
    let isRoot = workspace.shell("id -u").output == "0\n"
    let prefix = isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    try #require(workspace.shell("chmod 777 . && chmod 000 closed closed.jsonl").status == 0)
    let canRun = workspace.shell("\(prefix)\"$MUSTER\" --version").status == 0
    for input in ["closed", "closed.jsonl"] {
      guard canRun else {
        print("skipped: no user but root can run \(Binary.path)")
        break
      }
      let run = workspace.shell("\(prefix)\"$MUSTER\" ingest \(input)")
      #expect(run.status == 66, "\(input): \(run.complaint)")
      #expect(run.complaint.contains("\(workspace.folder)/\(input)"), "\(run.complaint)")
      #expect(run.complaint.contains("Permission denied"), "\(run.complaint)")
    }
    #expect(workspace.shell("chmod 755 closed").status == 0)
    // A log that the system refuses to read for root too: a path through a file.
    let run = workspace.muster("ingest", "muster.yaml/log.jsonl")
    #expect(run.status == 66)
  }

  @Test("A store that cannot be written is exit 73")
  func notWritable() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(3), to: "a.jsonl")
    let run = workspace.muster("ingest", "--store", "a.jsonl/store", "a.jsonl")
    #expect(run.status == 73)
    #expect(run.complaint.contains("a.jsonl"))
  }

  @Test("Answers that cannot be written are exit 73; a reader that goes away is none of our business")
  func fullOutput() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(100), to: "a.jsonl")
    #expect(workspace.muster("ingest", "a.jsonl").status == 0)
    #expect(workspace.shell("muster query activity > /dev/full").status == 73)
    #expect(workspace.shell("set -o pipefail; muster query retention --quiet | head -c 1").status == 0)
  }
}
