import Aggregation
import Events
import Segments
import TestSupport
import Testing

private let followersSettings = communitySettings + "followers-opening: {date: 2026-03-01, count: 4}\n"
let communitySettings = "time-zone: UTC\ndimensions: [content, push, arm, platform]\npassive-events: [push_sent]\n"

extension PlainEvent {
  /// A line of a plain log with the item as content and as push, the segment as platform and as arm.
  var line: String {
    let item = item.map { ",\"content_id\":\"\($0)\"" } ?? ""
    let segment = segment.map { ",\"platform\":\"\($0)\"" } ?? ""
    let pairs = [("push_id", self.item), ("arm", self.segment)].compactMap { key, value in
      value.map { "\"\(key)\":\"\($0)\"" }
    }
    return
      "{\"ts\":\"\(Timestamp(microseconds: ts))\",\"user_id\":\"\(member)\",\"event\":\"\(name)\"\(item)\(segment),"
      + "\"properties\":{\(pairs.joined(separator: ","))}}"
  }
}

@Suite("Content")
struct ContentTests {
  static let start = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

  private func event(_ member: String, _ name: String, _ item: String?, day: Int64 = 0, segment: String? = nil)
    -> PlainEvent
  {
    PlainEvent(
      ts: Self.start.adding(seconds: day * 86400).microseconds, member: member, name: name, item: item, segment: segment
    )
  }

  private func rows(_ events: [PlainEvent], _ question: ContentQuestion = ContentQuestion()) async throws -> [[Cell]] {
    try await answer(events, question).rows
  }

  private func answer(
    _ events: [PlainEvent], _ question: ContentQuestion, settings: String = communitySettings
  ) async throws -> Answer {
    let workspace = try TemporaryWorkspace(settings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    return try Engine(Store(reading: workspace.workspace), now: .testArrival).answer(question)
  }

  @Test("A row worked by hand: views and viewers, a liker who is no viewer, events without an item")
  func handWorked() async throws {
    let events = [
      event("m1", "post_view", "p"), event("m1", "post_view", "p", day: 1), event("m2", "post_view", "p"),
      event("m1", "like", "p"), event("m3", "like", "p"), event("m2", "comment", "p"),
      event("m2", "comment", "p", day: 1),
      event("m1", "post_view", nil), event("m4", "like", "unseen"),
    ]
    let rows = try await rows(events)
    #expect(rows.count == 1)
    #expect(
      rows[0][..<9] == [
        .text("p"), .int(3), .int(2), .int(2), .int(2), .int(0), .float(0.5), .float(0.5), .float(0),
      ])
    #expect(rows[0][9] == .float(WilsonInterval(successes: 1, trials: 2)!.low))
  }

  @Test("Three viewers who all liked do not top one hundred of whom most did")
  func wilsonRank() async throws {
    var events = (0..<3).flatMap { [event("a\($0)", "post_view", "few"), event("a\($0)", "like", "few")] }
    events += (0..<100).map { event("b\($0)", "post_view", "many") } + (0..<80).map { event("b\($0)", "like", "many") }
    var question = ContentQuestion()
    question.rank = .likeRate
    #expect(try await rows(events, question).map(\.[0]) == [.text("many"), .text("few")])
  }

  @Test("The curve by age begins on the day of the first view, and has days without events")
  func ages() async throws {
    var question = ContentQuestion()
    question.byAge = true
    let events = [
      event("m1", "like", "p"), event("m1", "post_view", "p", day: 1), event("m2", "post_view", "p", day: 3),
    ]
    let rows = try await rows(events, question)
    #expect(rows.map { $0[1] } == [.int(0), .int(1), .int(2)])
    #expect(rows.map { $0[2] } == [.int(1), .int(0), .int(1)])
    #expect(rows.map { $0[4] } == [.int(0), .int(0), .int(0)])
    #expect(rows.map { $0[7] } == [.bool(true), .bool(true), .bool(true)])
  }

  @Test("Rates by followers: those at the start of the day of the first view, of the whole community")
  func followers() async throws {
    var question = ContentQuestion()
    (question.denominator, question.rank) = (.followers, .reachRate)
    question.filter = try Filter("platform = 'ios'", dimensions: ["platform"])
    let ios = [
      event("m1", "post_view", "p", day: 1, segment: "ios"), event("m1", "post_view", "p", day: 2, segment: "ios"),
      event("m2", "like", "p", day: 1, segment: "ios"), event("m1", "post_view", "q", day: 2, segment: "ios"),
      event("m2", "post_view", "q", day: 2, segment: "ios"),
    ]
    let others = [
      event("m1", "post_view", "p", segment: "web"), event("m1", "join", nil), event("m3", "leave", nil, day: 1),
      event("m4", "leave", nil, day: 1), event("m5", "leave", nil, day: 1),
    ]
    let rows = try await answer(ios + others, question, settings: followersSettings).rows
    #expect(rows.map(\.[0]) == [.text("q"), .text("p")])
    // 4 at the start, 1 joined on the first day, 3 left on the second.
    #expect(rows[0][6...] == [.float(0), .float(0), .float(0), rows[0][9], .int(2), .float(1)])
    #expect(rows[1][6...] == [.float(0.2), .float(0), .float(0), rows[1][9], .int(5), .float(0.2)])
    #expect(rows.map(\.[9]) == [(2, 2), (1, 5)].map { .float(WilsonInterval(successes: $0, trials: $1)!.low) })
    question.byAge = true
    let ages = try await answer(ios + others, question, settings: followersSettings)
    #expect(ages.columns.suffix(3).map(\.name) == ["followers", "reach_rate", "complete"])
    #expect(ages.rows.map { $0[7...8] } == [[.int(2), .float(1)], [.int(5), .float(0.2)], [.int(2), .float(0.5)]])
  }

  @Test("Without a number of followers there is no rate by them, and the notes say why")
  func unknownFollowers() async throws {
    var question = ContentQuestion()
    question.denominator = .followers
    let seen = [event("m1", "post_view", "p"), event("m1", "like", "p", day: 1)]
    let moves = [event("m1", "join", nil), event("m2", "leave", nil)]
    let nulls = [Cell](repeating: .null, count: 6)
    let unsaid = try await answer(seen + moves, question)
    #expect(unsaid.rows[0][6...] == nulls[...])
    #expect(unsaid.notes.contains { $0.contains("followers-opening") })
    let unmoved = try await answer(seen, question, settings: followersSettings)
    #expect(unmoved.rows[0][6...] == nulls[...])
    #expect(unmoved.notes.filter { $0.contains("are known: the store holds no event called") }.count == 2)
    // Five left on the first of two days, so that one is missing at the start of the second.
    let gone = (0..<6).map { event("g\($0)", "leave", nil) }
    let below = try await answer(
      [event("m1", "post_view", "p", day: 1)] + moves + gone, question, settings: followersSettings)
    #expect(below.rows[0][6...] == nulls[...])
    #expect(below.notes.contains { $0.contains("fall below 0, first on 2026-03-02") })
  }

  @Test("Followers are counted on from a day that is kept; where those who moved since have expired, nobody knows")
  func expiredFollowers() async throws {
    func opening(_ date: String, _ count: Int) -> String {
      communitySettings + "followers-opening: {date: \(date), count: \(count)}\n"
    }
    let workspace = try TemporaryWorkspace(opening("2026-03-01", 4), inMemory: true)
    let moves = (0..<4).flatMap { [event("j\($0)", "join", nil, day: $0), event("l\($0)", "leave", nil, day: $0 + 1)] }
    try await workspace.ingest(moves.map(\.line))
    func answer(_ now: Timestamp = .testArrival) throws -> Answer {
      let read = try Workspace(folder: workspace.workspace.folder, store: nil, current: "/")
      return try Engine(Store(reading: read), now: now).answer(FollowersQuestion())
    }
    #expect(try answer().rows.map { $0[4] } == [.int(4), .int(4), .int(5), .int(5), .int(5), .int(5)])
    let kept = CommunityDay(year: 2026, month: 3, day: 3)
    _ = try Expiry(workspace.workspace, before: kept, now: .testArrival).run(now: .testArrival)
    let unknown = try answer()
    #expect(unknown.rows.allSatisfy { $0[4] == .null && $0[5] == .null && $0[1] != .null })
    #expect(unknown.notes.contains { $0.hasPrefix("No leave rate: followers-opening is of 2026-03-01, and") })
    try workspace.rewriteSettings(opening("2026-03-03", 5))
    #expect(try answer().rows.map { $0[4] } == [.int(5), .int(5), .int(5), .int(5)])
    #expect(try answer().rows[0][5] == .ratio(3, of: 15))
  }

  @Test("What cannot be asked is refused")
  func refused() async throws {
    var item = ContentQuestion()
    item.item = "contnt"
    var by = ContentQuestion()
    by.by = ["platform"]
    var twice = ContentQuestion()
    twice.reactions = ["like", "like", "share"]
    var reach = ContentQuestion()
    reach.rank = .reachRate
    for question in [item, by, twice, reach] {
      await #expect(throws: AggregationError.self) { try await rows([event("m", "post_view", "p")], question) }
    }
  }

  @Test(
    "Among many items the leaders are found, however their views lie",
    arguments: ["one leads", "thin but steady", "all alike", "repeated views"])
  func manyItems(kind: String) async throws {
    var random = SeededNumbers(seed: 9)
    var events: [PlainEvent] = []
    func view(_ member: Int, _ item: String, _ day: Int) {
      events.append(event("m\(member)", "post_view", item, day: Int64(day)))
      if random.next() % 3 == 0 { events.append(event("m\(member)", "like", item, day: Int64(day))) }
    }
    for day in 0..<8 {
      for item in 0..<30 {
        switch kind {
        // A few have most views of every day.
        case "one leads": for member in 0..<max(1, 12 - item * 2) { view(day * 20 + member, "p\(item)", day) }
        // Each day has ten of its own that have more views than the one that every day has.
        case "thin but steady":
          for member in 0..<(item < 10 ? 4 : item < 18 ? 2 : 1) { view(member, "d\(day)p\(item)", day) }
          if item < 2 { view(100 + day * 2 + item, "steady", day) }
        case "all alike": view(day * 30 + item, "p\(item)", day)
        // Most views by few members: what leads by views does not by viewers.
        default: for _ in 0..<(item < 4 ? 9 : 3) { view(item < 4 ? 1 : Int(random.next() % 90), "p\(item)", day) }
        }
      }
    }
    let workspace = try TemporaryWorkspace(communitySettings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
    for rank in [ContentQuestion.Rank.viewers, .views] {
      for top in [1, 2, 5, 40] {
        var question = ContentQuestion()
        (question.rank, question.top) = (rank, top)
        let wanted = ReferenceContent(question: question, events: events).rows()
        #expect(try engine.answer(question).rows == wanted, "\(kind): \(question.commandLine)")
      }
    }
    if kind == "thin but steady" {
      var question = ContentQuestion()
      question.top = 1
      #expect(try engine.answer(question).rows[0][0] == .text("steady"))
    }
  }

  @Test("Every cell agrees with the slow leaderboard on random communities and questions", arguments: 1...6)
  func agrees(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    let names = ["post_view", "post_view", "like", "comment", "share", "push_sent", "join", "leave"]
    let events = (0..<600).map { _ in
      event(
        "m\(random.next() % 40)", pick(names), pick([nil, "a", "b", "c", "Ünï", "e"]), day: Int64(random.next() % 5),
        segment: pick([nil, "ios", "web"]))
    }
    let workspace = try TemporaryWorkspace(followersSettings, inMemory: true)
    try await workspace.ingest(events[..<300].map(\.line), name: "a.jsonl")
    try await workspace.ingest(events[300...].map(\.line), name: "b.jsonl")
    let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
    for rank in ContentQuestion.Rank.allCases {
      for denominator in ContentQuestion.Denominator.allCases where rank != .reachRate || denominator == .followers {
        var question = ContentQuestion()
        (question.rank, question.denominator, question.top) = (rank, denominator, pick([1, 3, 20]))
        let reference = ReferenceContent(question: question, events: events, opening: 4)
        #expect(try engine.answer(question).rows == reference.rows(), "seed \(seed): \(question.commandLine)")
      }
    }
    var preference = ContentQuestion()
    (preference.preference, preference.by) = ("content", ["platform"])
    let wanted = ReferenceContent(question: preference, events: events).preferences()
    #expect(try engine.answer(preference).rows == wanted, "seed \(seed): \(preference.commandLine)")
  }
}
