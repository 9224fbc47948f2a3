import Foundation
import TestSupport
import Testing

/// Upkeep that is killed at any instant leaves a store that answers, and the same command then does the rest.
@Suite struct UpkeepKillTests {
  /// What is run, what may be asked meanwhile, and how the store is made ready for it.
  enum Verb: String, CaseIterable, Sendable {
    case compact, expire, reindex, recover

    var arguments: [String] {
      switch self {
      case .expire: ["store", "expire", "--before", "2025-03-09"]
      default: ["store", rawValue]
      }
    }
  }

  @Test(
    "After kill -9 and the same command again, the store is that of an undisturbed run", arguments: Verb.allCases, 0..<2
  )
  func killed(_ verb: Verb, part: Int) throws {
    let store = try HourlyStore(lines: 2500)
    let workspace = store.workspace
    let before = store.answers()
    if verb == .recover {
      for file in workspace.files(below: ".muster") where file.hasPrefix("catalog.sqlite") {
        try workspace.remove(".muster/\(file)")
      }
    }
    if verb == .reindex {
      try workspace.write("time-zone: America/New_York\ndimensions: [platform, n]\n", to: "muster.yaml")
    }
    func run(_ name: String) -> BinaryProcess { workspace.start(verb.arguments + ["--store", name]) }
    let clock = ContinuousClock()
    #expect(workspace.shell("cp -r .muster calm").status == 0)
    let whole = clock.measure { #expect(run("calm").wait().status == 0) }
    let expected = store.answers("calm")
    #expect(verb == .compact || verb == .recover ? expected == before : expected != before)

    var random = BinaryRandom(seed: UInt64(300 + part))
    for attempt in 0..<8 {
      let name = "store-\(attempt)"
      #expect(workspace.shell("cp -r .muster \(name)").status == 0)
      let share = Double(random.below(1050)) / 1000
      let instant = "\(verb), seed \(300 + part), attempt \(attempt), at \(share) of \(whole)"
      let process = run(name)
      let deadline = clock.now + whole * share
      while clock.now < deadline { usleep(100) }
      process.kill()
      let killed = process.wait()
      #expect(killed.status == 0 || killed.status == -9, "\(instant): \(killed.complaint)")
      if verb == .compact { #expect(store.answers(name) == before, "\(instant)") }
      let again = run(name).wait()
      #expect(again.status == 0, "\(instant): \(again.complaint)")
      #expect(store.answers(name) == expected, "\(instant)")
      let check = store.check(name)
      #expect(check.status == 0, "\(instant): \(check.output)\(check.complaint)")
      #expect(
        Set(store.segments(name).map { $0.prefix(14) }) == Set(store.segments("calm").map { $0.prefix(14) }),
        "\(instant)")
      try workspace.remove(name)
    }
  }

  @Test("A killed reindex goes on where it was: days that were done are not written again")
  func resumes() throws {
    let store = try HourlyStore(lines: 2500)
    let workspace = store.workspace
    try workspace.write("time-zone: Asia/Kolkata\n", to: "muster.yaml")
    var done: [String] = []
    var attempts = 0
    while done.isEmpty, attempts < 200 {
      attempts += 1
      let process = workspace.start(["store", "reindex", "--quiet"])
      let staging = workspace.path(".muster/staging/reindex")
      let deadline = ContinuousClock.now + .seconds(20)
      while ContinuousClock.now < deadline {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: staging)) ?? []
        if names.filter({ $0.hasPrefix("done-") && $0.hasSuffix(".json") }).count >= 3 { break }
        usleep(200)
      }
      process.kill()
      _ = process.wait()
      let files = workspace.files(below: ".muster/staging/reindex")
      done = files.filter { $0.hasSuffix(".parquet") && files.contains("done-\($0.dropFirst(4).prefix(10)).json") }
    }
    #expect(done.count >= 3)
    func stamps() -> [Date?] {
      done.prefix(3).map {
        try? FileManager.default.attributesOfItem(atPath: workspace.path(".muster/segments/\($0)"))[.modificationDate]
          as? Date
      }
    }
    let staged = done.prefix(3).map { file in
      try? FileManager.default.attributesOfItem(atPath: workspace.path(".muster/staging/reindex/\(file)"))[
        .modificationDate] as? Date
    }
    let dry = workspace.muster("store", "reindex", "--dry-run", "--format", "json")
    #expect(!dry.output.contains(#""done_days":0"#), "\(dry.output)")
    #expect(workspace.muster("store", "reindex").status == 0)
    #expect(stamps() == Array(staged))
    store.feed("fresh")
    #expect(store.answers() == store.answers("fresh"))
  }

  @Test("What an interrupted reindex did goes when the settings are put back and something is loaded")
  func abandoned() throws {
    let store = try HourlyStore(lines: 300)
    let workspace = store.workspace
    let before = store.answers()
    try workspace.write("time-zone: Asia/Kolkata\n", to: "muster.yaml")
    let process = workspace.start(["store", "reindex"])
    while !workspace.files(below: ".muster/staging").contains(where: { $0.hasPrefix("reindex/done-") }),
      workspace.files(below: ".muster/retired").isEmpty
    { usleep(200) }
    process.kill()
    guard process.wait().status == -9, workspace.files(below: ".muster/retired").isEmpty else { return }
    try workspace.write("time-zone: UTC\n", to: "muster.yaml")
    #expect(store.answers() == before)
    let check = store.check()
    #expect(check.status == 1 && check.output.contains("leftover  staging/reindex"), "\(check.output)")
    #expect(workspace.muster("store", "check", "--repair").status == 0)
    #expect(store.answers() == before)
    #expect(workspace.files(below: ".muster/staging") == [])
  }

  @Test("--repair removes orphans and leftovers, and touches nothing else")
  func repair() throws {
    let store = try HourlyStore(lines: 60)
    let workspace = store.workspace
    let content = try workspace.storeContent()
    let one = try #require(store.segments().first)
    try workspace.write(
      try workspace.bytes(of: ".muster/segments/\(one)"), to: ".muster/segments/\(one.dropLast(8)).copy.parquet")
    try workspace.write("half", to: ".muster/staging/9/quarantine")
    let found = store.check()
    #expect(
      found.status == 1 && found.output.contains("orphan") && found.output.contains("leftover"), "\(found.output)")
    let repaired = workspace.muster("store", "check", "--repair")
    #expect(repaired.status == 0, "\(repaired.output)\(repaired.complaint)")
    var after = try workspace.storeContent()
    for file in after.keys where file.hasPrefix("retired/") { after[file] = nil }
    for name in ["catalog.sqlite", "catalog.sqlite-wal"] where content[name] == nil || after[name] == nil {
      after[name] = nil
    }
    #expect(
      Set(after.keys).subtracting(["catalog.sqlite"])
        == Set(content.keys).subtracting(["catalog.sqlite", "catalog.sqlite-wal"]))
    for (file, bytes) in after where !file.hasPrefix("catalog") { #expect(content[file] == bytes, "\(file)") }
  }
}
