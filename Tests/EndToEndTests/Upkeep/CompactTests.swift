import Foundation
import TestSupport
import Testing

/// A store that is fed in small loads becomes like one that was fed at once, and says the same.
@Suite struct CompactTests {
  @Test("Compaction leaves one segment a day, the same answers, and nothing for a second run")
  func merges() throws {
    let store = try HourlyStore()
    let before = store.answers()
    let dry = store.workspace.muster("store", "compact", "--dry-run")
    #expect(dry.output.contains("would merge 96 segments into 12"), "\(dry.output)")
    #expect(store.segments().count == 96)
    let run = store.workspace.muster("store", "compact", "--format", "json")
    #expect(run.status == 0 && run.output.contains(#""merged":96,"into":12"#), "\(run.output)\(run.complaint)")
    #expect(store.segments().count == 12)
    #expect(store.answers() == before)
    #expect(store.check().status == 0, "\(store.check().output)")
    let again = store.workspace.muster("store", "compact")
    #expect(again.output.contains("no day has small segments to merge"))
    #expect(store.workspace.files(below: ".muster/staging") == [])
  }

  @Test("Ingest goes on after a compaction: known records are duplicates, new ones are stored")
  func ingestAfter() throws {
    let (store, calm) = (try HourlyStore(), try HourlyStore())
    #expect(store.workspace.muster("store", "compact").status == 0)
    for one in [store, calm] {
      let text = try one.workspace.text(of: "logs/3.jsonl") + BinaryLog.lines(100, members: 90, seed: 77)
      try one.workspace.write(text, to: "more.jsonl")
    }
    #expect(store.workspace.ingest("more.jsonl").account == calm.workspace.ingest("more.jsonl").account)
    #expect(store.answers() == calm.answers())
    #expect(store.check().status == 0)
  }

  @Test("Superseded files stay for the grace period, and the next writer removes them when it is over")
  func grace() throws {
    let store = try HourlyStore(settings: "grace-period: 2s\n")
    #expect(store.workspace.muster("store", "compact").status == 0)
    let retired = store.workspace.files(below: ".muster/retired")
    // Segments and their indexes.
    #expect(retired.filter { $0.hasSuffix(".parquet") }.count == 96 && retired.count == 192)
    sleep(3)
    try store.workspace.write(BinaryLog.lines(10, seed: 99), to: "more.jsonl")
    #expect(store.workspace.muster("ingest", "more.jsonl").status == 0)
    #expect(store.workspace.files(below: ".muster/retired") == [])
    #expect(store.check().status == 0)
  }

  @Test("A few late records do not make the nightly step rewrite a day; many small loads do")
  func worthwhile() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("steps:\n  - compact: all\n", to: "pipelines/tidy.yaml")
    try workspace.write(BinaryLog.lines(2000), to: "big.jsonl")
    try workspace.write(BinaryLog.lines(24, seed: 5), to: "late.jsonl")
    #expect(workspace.muster("ingest", "big.jsonl").status == 0)
    #expect(workspace.muster("ingest", "late.jsonl").status == 0)
    let count = workspace.files(below: ".muster/segments").count
    let run = workspace.muster("run", "tidy")
    #expect(run.complaint.contains("no day is worth merging"), "\(run.complaint)")
    #expect(workspace.files(below: ".muster/segments").count == count)
    for seed in 6..<11 {
      try workspace.write(BinaryLog.lines(60, seed: UInt64(seed)), to: "\(seed).jsonl")
      #expect(workspace.muster("ingest", "\(seed).jsonl").status == 0)
    }
    #expect(workspace.muster("run", "tidy").complaint.contains("merged"))
    #expect(workspace.files(below: ".muster/segments").count == 12)
  }

  @Test("While a store is fed and compacted, sixteen readers always give the answer of some whole state")
  func readers() throws {
    let store = try HourlyStore(settings: "grace-period: 1s\n", lines: 1500)
    let question = ["query", "activity", "--by", "event,platform", "--format", "csv", "--quiet"]
    let right = store.workspace.start(question).wait().output
    #expect(right.count > 200)
    // Compaction undoes itself for the next round by a copy of the store.
    let script = """
      ask() { while [ ! -e done ]; do
        muster query activity --by event,platform --format csv --quiet > said.$1 2> complaint.$1
        cmp -s said.$1 right || { cat complaint.$1; diff said.$1 right | head -3; echo "WRONG $1"; }
        echo x >> count.$1
      done; }
      muster query activity --by event,platform --format csv --quiet > right
      for reader in $(seq 16); do ask $reader & done
      for round in 1 2 3; do
        muster store compact --quiet || echo "FAILED"
        sleep 0.5
      done
      touch done; wait
      cat count.* | wc -l
      """
    let run = store.workspace.shell(script)
    #expect(!run.output.contains("WRONG") && !run.output.contains("FAILED"), "\(run.output)")
    let count = Int(run.output.split(separator: "\n").last ?? "") ?? 0
    #expect(count >= 32, "\(run.output)\(run.complaint)")
    #expect(store.segments().count == 12)
  }
}
