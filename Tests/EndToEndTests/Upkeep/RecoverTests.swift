import Foundation
import TestSupport
import Testing

/// A lost catalog is made again from what lies beside it.
@Suite struct RecoverTests {
  private func loseCatalog(_ workspace: BinaryWorkspace) throws {
    for file in workspace.files(below: ".muster") where file.hasPrefix("catalog.sqlite") {
      try workspace.remove(".muster/\(file)")
    }
  }

  @Test("A deleted catalog comes back: answers, sources and duplicates are as before", arguments: [true, false])
  func deleted(hasRecord: Bool) throws {
    let store = try HourlyStore()
    let workspace = store.workspace
    // Of two days' segments some were merged.
    #expect(workspace.muster("store", "compact").status == 0)
    try workspace.write(BinaryLog.lines(200, members: 70, seed: 3) + "not json\n", to: "after.jsonl")
    #expect(workspace.muster("ingest", "after.jsonl").status == 0)
    let (before, status) = (store.answers(), workspace.muster("store", "status").output)
    try loseCatalog(workspace)
    if !hasRecord { try workspace.remove(".muster/committed.json") }
    let refused = workspace.muster("query", "activity")
    #expect(refused.status == 65 && refused.complaint.contains("muster store recover"), "\(refused.complaint)")
    let run = workspace.muster("store", "recover")
    #expect(run.status == 0 && run.output.contains("3,400 events"), "\(run.output)\(run.complaint)")
    #expect(run.output.contains("lost       runs of pipelines") && run.output.contains("annotations"))
    #expect(run.output.contains("lost       looks at experiments"))
    #expect(run.output.contains("unproven") != hasRecord, "\(run.output)")
    #expect(store.answers() == before)
    if hasRecord { #expect(workspace.muster("store", "status").output == status) }
    #expect(store.check().status == 0, "\(store.check().output)")
    #expect(workspace.ingest("logs/2.jsonl").account?.skippedSources.count == 1)
    try workspace.write(try workspace.text(of: "logs/5.jsonl") + BinaryLog.lines(7, seed: 88), to: "again.jsonl")
    let account = workspace.ingest("again.jsonl").account
    #expect(account?.stored == 7 || account?.duplicate == 400, "\(String(describing: account))")
    #expect(workspace.muster("store", "recover").output == "the catalog is sound: nothing was changed\n")
  }

  @Test(
    "A catalog that is no database, cut short or empty is replaced, and kept aside",
    arguments: ["text", "short", "empty"])
  func damaged(_ kind: String) throws {
    let store = try HourlyStore(lines: 60)
    let workspace = store.workspace
    let before = store.answers()
    let whole = try workspace.bytes(of: ".muster/catalog.sqlite")
    let damaged =
      kind == "text"
      ? Array(String(repeating: "no database ", count: 900).utf8)
      : kind == "short" ? Array(whole.prefix(whole.count / 2)) : []
    try workspace.write(damaged, to: ".muster/catalog.sqlite")
    let run = workspace.muster("store", "recover")
    #expect(run.status == 0, "\(run.output)\(run.complaint)")
    #expect(store.answers() == before)
    #expect(store.check().status == 0, "\(store.check().output)")
    #expect(workspace.files(below: ".muster/retired").contains("damaged-catalog.sqlite"))
  }

  @Test("A lost or torn dictionary is fatal, is said, and nothing is changed", arguments: ["ids", "firsts"])
  func dictionary(_ name: String) throws {
    for hasRecord in [true, false] {
      for isGone in [true, false] where !(name == "firsts" && !hasRecord) {
        let store = try HourlyStore(lines: 60)
        let workspace = store.workspace
        try loseCatalog(workspace)
        if !hasRecord { try workspace.remove(".muster/committed.json") }
        let file = ".muster/members/\(name)"
        if isGone {
          try workspace.remove(file)
        } else {
          try workspace.write(Array(try workspace.bytes(of: file).prefix(60)), to: file)
        }
        let content = try workspace.storeContent()
        let run = workspace.muster("store", "recover")
        #expect(run.status == 65 && run.complaint.contains("members"), "\(run.output)\(run.complaint)")
        #expect(try workspace.storeContent() == content)
      }
    }
  }

  @Test("Files of a batch that never committed, and superseded ones, are told apart and set aside")
  func overlapping() throws {
    let store = try HourlyStore(lines: 100)
    let workspace = store.workspace
    let before = store.answers()
    let inputs = Set(store.segments())
    #expect(workspace.shell("cp -r .muster/segments kept").status == 0)
    #expect(workspace.muster("store", "compact").status == 0)
    let merged = Set(store.segments())
    // As if it had been killed between its transaction and the end, and another batch before its own.
    #expect(workspace.shell("cp -rn kept/* .muster/segments/").status == 0)
    let one = try #require(inputs.min())
    let stray = one.replacing("000001-", with: "000099-").replacing("000008-", with: "000099-")
    try workspace.write(try workspace.bytes(of: "kept/\(one)"), to: ".muster/segments/\(stray)")
    try loseCatalog(workspace)
    let run = workspace.muster("store", "recover", "--format", "json")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(run.output.contains(#""rows":800"#), "\(run.output)")
    #expect(run.output.contains("superseded by upkeep"))
    #expect(store.answers() == before)
    #expect(Set(store.segments()).isSuperset(of: merged))
    #expect(Set(store.segments()).isDisjoint(with: inputs))
  }

  @Test("A damaged segment is named, and nothing is changed")
  func damagedSegment() throws {
    let store = try HourlyStore(lines: 60)
    let workspace = store.workspace
    let file = ".muster/segments/\(try #require(store.segments().first))"
    var bytes = try workspace.bytes(of: file)
    bytes[bytes.count / 4] ^= 8
    try workspace.write(bytes, to: file)
    try loseCatalog(workspace)
    let run = workspace.muster("store", "recover")
    #expect(run.status == 65 && run.complaint.contains(workspace.path(file)), "\(run.complaint)")
    #expect(workspace.files(below: ".muster").contains("catalog.sqlite") == false)
  }

  @Test("What expired stays away, and its logs stay known")
  func expired() throws {
    let store = try HourlyStore(lines: 100)
    let workspace = store.workspace
    #expect(workspace.muster("store", "expire", "--before", "2025-03-12").status == 0)
    let before = store.answers()
    try loseCatalog(workspace)
    #expect(workspace.muster("store", "recover").status == 0)
    #expect(store.answers() == before)
    #expect(store.check().status == 0, "\(store.check().output)")
    for load in 0..<HourlyStore.loadCount {
      #expect(workspace.ingest("logs/\(load).jsonl").account?.skippedSources.count == 1)
    }
    try workspace.write(BinaryLog.line("x", "2025-03-05T00:00:00Z", "m"), to: "old.jsonl")
    #expect(workspace.ingest("--reject-limit", "1", "old.jsonl").account?.rejected == 1)
  }
}
