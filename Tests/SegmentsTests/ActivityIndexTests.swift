import Columns
import Events
import Segments
import TestSupport
import Testing

@Suite struct ActivityIndexTests {
  private func stored(_ lines: [String], _ settings: String = "time-zone: UTC\n") async throws -> TemporaryWorkspace {
    let workspace = try TemporaryWorkspace(settings, inMemory: true)
    try await workspace.ingest(lines)
    return workspace
  }

  private func line(_ number: Int, event: String, member: Int, platform: String = "ios") -> String {
    let clock = "1\(number / 3600 % 10):\(10 + number / 60 % 50):\(10 + number % 50)"
    return "{\"ts\":\"2026-03-01T\(clock)Z\",\"user_id\":\"m\(member)\",\"event\":\"\(event)\","
      + "\"platform\":\"\(platform)\",\"content_id\":\"p_\(number)\"}"
  }

  private func lines(_ count: Int) -> [String] {
    (0..<count).map { number in
      line(
        number, event: ["view", "like", "push_sent"][number % 3], member: number * number % 97,
        platform: ["ios", "web"][number / 5 % 2])
    }
  }

  @Test("Counts and sets of a day worked by hand")
  func byHand() async throws {
    let workspace = try await stored([
      line(1, event: "view", member: 1), line(2, event: "view", member: 1, platform: "web"),
      line(3, event: "view", member: 2), line(4, event: "push_sent", member: 3), line(5, event: "like", member: 2),
    ])
    let store = try Store(reading: workspace.workspace)
    let index = try ActivityIndex(store.snapshot().segments[0], of: store)
    for (passive, events, members) in [(["push_sent"], 4, 2), ([], 5, 3), (["view"], 2, 2)] as [(Set<String>, Int, Int)]
    {
      let counts = try index.qualifyingCounts(passive)
      #expect(counts == (events, members), "\(passive)")
    }
    #expect(try index.qualifyingMembers(["push_sent"], capacity: 3).members == [0, 1])
    #expect(try index.qualifyingMembers(["view", "like"], capacity: 3).members == [2])
    var entries = try #require(try index.entries(dimension: "platform"))
    let rows = entries.eventCounts.indices.map { entry in
      "\(entries.events[entry] ?? "") \(entries.values?[entry] ?? "-") \(entries.eventCounts[entry]) "
        + "\(entries.memberCounts[entry])"
    }
    #expect(rows == ["like ios 1 1", "push_sent ios 1 1", "view ios 2 2", "view web 1 1"])
    var places = Bitmap(capacity: index.memberCount)
    try index.formUnion(3, of: &entries, into: &places)
    #expect(places.members == [0])
  }

  @Test("A dimension of more values than the limit has no sets, one of as many has")
  func limit() async throws {
    for (count, isIndexed) in [(256, true), (257, false)] {
      let workspace = try await stored((0..<count).map { line($0, event: "view", member: $0) })
      let store = try Store(reading: workspace.workspace)
      let index = try ActivityIndex(store.snapshot().segments[0], of: store)
      let entries = try index.entries(dimension: "content")
      #expect((entries != nil) == isIndexed, "\(count) values")
      #expect(try index.entries(dimension: "arm")?.values?.codes == [TextColumn.null])
    }
  }

  @Test("Every bit that changes is found")
  func flips() async throws {
    let workspace = try await stored(lines(200))
    let store = try Store(reading: workspace.workspace)
    let (record, memberCount) = (try store.snapshot().segments[0], try store.snapshot().memberCount)
    let path = "\(store.folder)/index/000001-0001.index"
    let whole = try readFile(path)
    try ActivityIndex(record, of: store).check(memberCount: memberCount)
    var random = SeededNumbers(seed: 3)
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      try write(bytes, to: path)
      let error = #expect(throws: StoreError.self, "byte \(place)") {
        try ActivityIndex(record, of: store).check(memberCount: memberCount)
      }
      #expect(error?.code == .corrupt && error?.file == path, "byte \(place)")
    }
    for count in [0, 1, 127, 128, whole.count - 1] {
      try write(Array(whole[..<count]), to: path)
      #expect(throws: StoreError.self, "\(count) bytes") { try ActivityIndex(record, of: store) }
    }
  }

  @Test("What is made anew from a segment has the bytes that were written with it")
  func remade() async throws {
    let workspace = try await stored(lines(500))
    try await workspace.ingest(lines(900), name: "more.jsonl")
    let store = try Store(reading: workspace.workspace)
    let names = listFolder("\(store.folder)/index")
    #expect(names == ["000001-0001.index", "000002-0001.index", "first-days"])
    let before = try names.map { try readFile("\(store.folder)/index/\($0)") }
    try removeFile("\(store.folder)/index/000001-0001.index")
    try write([1, 2, 3], to: "\(store.folder)/index/000002-0001.index")
    try removeFile("\(store.folder)/index/first-days")
    #expect(try StoreCheck(store).findings().map(\.kind) == [.missing, .damaged])
    let made = try StoreRepair.run(workspace.workspace, now: .testArrival)
    #expect(made == names.map { "index/\($0)" })
    #expect(try names.map { try readFile("\(store.folder)/index/\($0)") } == before)
    #expect(try StoreCheck(store).findings().isEmpty)
  }

  @Test("The days of first events are those of the dictionary, and follow earlier events and new passive ones")
  func firstDays() async throws {
    let workspace = try TemporaryWorkspace("time-zone: UTC\n", inMemory: true)
    func day(_ day: Int, _ event: String, _ member: Int) -> String {
      "{\"ts\":\"2026-03-0\(day)T10:00:00Z\",\"user_id\":\"m\(member)\",\"event\":\"\(event)\"}"
    }
    try await workspace.ingest([day(3, "view", 1), day(4, "view", 2), day(4, "push_sent", 3), day(5, "view", 4)])
    func numbers(_ workspace: Workspace) throws -> [Int?] {
      let store = try Store(reading: workspace)
      return try store.firstDays(store.snapshot()).days.map { $0 == FirstDays.none ? nil : CommunityDay($0).civil.day }
    }
    #expect(try numbers(workspace.workspace) == [3, 4, nil, 5])
    try await workspace.ingest([day(1, "like", 4), day(6, "view", 3)], name: "late.jsonl")
    #expect(try numbers(workspace.workspace) == [3, 4, 6, 1])
    // Batch by batch only news are read, also where the file is of two batches ago.
    let path = "\(workspace.workspace.storeFolder)/index/first-days"
    let older = try readFile(path)
    try await workspace.ingest([day(2, "view", 2), day(7, "push_sent", 5), day(8, "view", 6)], name: "third.jsonl")
    #expect(try numbers(workspace.workspace) == [3, 2, 6, 1, nil, 8])
    try write(older, to: path)
    #expect(try numbers(workspace.workspace) == [3, 2, 6, 1, nil, 8])
    try workspace.rewriteSettings("time-zone: UTC\npassive-events: [like, view]\n")
    let changed = try Workspace(folder: workspace.workspace.folder, store: nil, current: "/")
    #expect(try numbers(changed) == [nil, nil, 4, nil, 7, nil])
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try bytes.withUnsafeBytes { try writeFileDurably($0, to: path) }
  }
}
