import Aggregation
import Events
import Segments
import TestSupport
import Testing

/// One of each kind of question.
private let everyQuestion: [any Question] = {
  var questions: [any Question] = [
    ActivityQuestion(), RetentionQuestion(), LifecycleQuestion(), StickinessQuestion(), HoursQuestion(),
    SessionsQuestion(),
  ]
  var distribution = StickinessQuestion()
  distribution.distribution = true
  var recurring = RetentionQuestion()
  (recurring.start, recurring.mode) = (.recurring(nil), .streak)
  var rolling = RetentionQuestion()
  (rolling.clock, rolling.returns) = (.rolling, ["view"])
  var trailing = ActivityQuestion()
  trailing.trailing = 7
  questions += [distribution, recurring, rolling, trailing]
  return questions
}()

@Suite("Questions at the edges")
struct EdgeTests {
  private func withStore(
    of lines: [String], _ settings: String = "time-zone: UTC\n", _ body: (Engine) throws -> Void
  ) async throws {
    let workspace = try TemporaryWorkspace(settings, inMemory: true)
    try await workspace.ingest(lines)
    try withExtendedLifetime(workspace) {
      try body(Engine(Store(reading: workspace.workspace), now: .testArrival))
    }
  }

  private func line(_ ts: String, _ member: String = "a", _ event: String = "view") -> String {
    "{\"ts\":\"\(ts)\",\"user_id\":\"\(member)\",\"event\":\"\(event)\"}"
  }

  private func day(_ text: String) -> CommunityDay { CommunityDay(text)! }

  @Test("An empty store gives columns, no figures and a note", arguments: everyQuestion.indices)
  func emptyStore(place: Int) async throws {
    try await withStore(of: ["no record"]) { engine in
      let answer = try engine.answer(everyQuestion[place])
      #expect(!answer.columns.isEmpty && answer.rows.isEmpty)
      #expect(answer.notes.contains("The store holds no events before as-of."))
    }
  }

  @Test("An empty store under a range has rows without members", arguments: everyQuestion.indices)
  func emptyRange(place: Int) async throws {
    var question = everyQuestion[place]
    question.days = DayRange(from: day("2026-03-01"), to: day("2026-03-02"))
    try await withStore(of: ["no record"]) { engine in
      let answer = try engine.answer(question)
      for (column, kind) in answer.columns.enumerated() where !["days", "weekday", "hour"].contains(kind.name) {
        let figures = answer.rows.map(\.[column]).filter { cell in
          if case .int(let value) = cell { return value != 0 }
          if case .float = cell { return true }
          return false
        }
        #expect(figures.isEmpty, "\(kind.name)")
      }
    }
  }

  @Test("One member with one event", arguments: everyQuestion.indices)
  func oneMember(place: Int) async throws {
    try await withStore(of: [line("2026-03-01T12:00:00Z")]) { engine in
      let answer = try engine.answer(everyQuestion[place])
      #expect(!answer.rows.isEmpty)
      for row in answer.rows { #expect(row.count == answer.columns.count) }
    }
  }

  @Test("Events of one instant are one session, and an event on the stroke of midnight is of the day that begins")
  func midnight() async throws {
    let lines = [
      line("2026-03-01T23:59:59.999999Z"), line("2026-03-02T00:00:00Z"), line("2026-03-02T00:00:00Z", "a", "like"),
      line("2026-03-02T00:00:00Z", "b"),
    ]
    try await withStore(of: lines) { engine in
      let rows = try engine.answer(SessionsQuestion()).rows
      #expect(rows.map { Array($0[1...3]) } == [[.int(1), .int(1), .int(3)], [.int(1), .int(1), .int(1)]])
      #expect(rows[0][4] == .float(1e-6))
    }
  }

  @Test("A session that goes on for days is found whole from its middle, and belongs to its first day")
  func longSession() async throws {
    let first = try #require(Timestamp(iso8601: "2026-03-01T22:00:00Z"))
    let lines = (0..<150).map { line(first.adding(seconds: Int64($0) * 1800).description) }
    try await withStore(of: lines) { engine in
      var question = SessionsQuestion()
      question.days = DayRange(from: day("2026-03-03"), to: day("2026-03-03"))
      #expect(try engine.answer(question).rows.map(\.[1]) == [.int(0)])
      question.days = DayRange(from: day("2026-03-01"), to: day("2026-03-01"))
      let found = try engine.answer(question).rows.map { Array($0[1...4]) }
      #expect(found == [[.int(1), .int(1), .int(150), .float(268_200)]])
    }
  }

  @Test("The day that Apia skipped has no members and everybody is dormant in it; 24 hours skip it too")
  func skippedDay() async throws {
    // 29 December is followed by 31 December.
    let lines = [
      line("2011-12-29T12:00:00-10:00"), line("2011-12-31T12:00:00+14:00"), line("2011-12-29T13:00:00-10:00", "b"),
    ]
    try await withStore(of: lines, "time-zone: Pacific/Apia\n") { engine in
      var lifecycle = LifecycleQuestion()
      lifecycle.granularity = .day
      let rows = try engine.answer(lifecycle).rows
      #expect(rows.map(\.[0]) == ["2011-12-29", "2011-12-30", "2011-12-31"].map { .day(day($0)) })
      #expect(Array(rows[1][1...4]) == [.int(0), .int(0), .int(0), .int(2)])
      #expect(Array(rows[2][1...4]) == [.int(0), .int(0), .int(1), .int(0)])
      var rolling = RetentionQuestion()
      (rolling.clock, rolling.periods) = (.rolling, 1)
      // 24 hours after noon of the 29th it is noon of the 31st.
      let cells = try engine.answer(rolling).rows.filter { $0[0] == .day(day("2011-12-29")) }
      #expect(cells.map(\.[3]) == [.int(2), .int(1)])
    }
  }

  @Test("Weeks over the turn of a year with 53 of them, and the leap day, are whole")
  func calendar() async throws {
    let lines = [
      line("2020-12-28T00:00:00Z"), line("2021-01-03T23:59:59Z"), line("2021-01-04T00:00:00Z"),
      line("2024-02-29T10:00:00Z", "b"), line("2024-03-29T10:00:00Z", "b"),
    ]
    try await withStore(of: lines) { engine in
      var weeks = RetentionQuestion()
      (weeks.cohort, weeks.periods, weeks.mode) = (.week, 1, .streak)
      let rows = try engine.answer(weeks).rows
      #expect(Array(rows[2][0...3]) == [.day(day("2020-12-28")), .int(1), .int(0), .int(1)])
      #expect(rows[3][3] == .int(1))
      var months = RetentionQuestion()
      (months.cohort, months.periods, months.clock) = (.month, 1, .rolling)
      months.days.from = day("2024-02-29")
      // 29 March is 29 days after 29 February: still period 0 of 30 days.
      #expect(try engine.answer(months).rows.filter { $0[0] != .null }.map(\.[3]) == [.int(1), .int(0)])
    }
  }

  @Test("As-of in the middle of a day: what is open has no dormant members, and only what came before counts")
  func middleOfDay() async throws {
    let lines = [
      line("2026-03-01T08:00:00Z"), line("2026-03-02T08:00:00Z"), line("2026-03-02T18:00:00Z", "b"),
      line("2026-03-03T08:00:00Z"),
    ]
    try await withStore(of: lines) { engine in
      var lifecycle = LifecycleQuestion()
      lifecycle.granularity = .day
      let rows = try engine.answer(lifecycle, asOf: Timestamp(iso8601: "2026-03-02T12:00:00Z")).rows
      #expect(
        rows.map { Array($0.dropFirst()) } == [
          [.null, .null, .null, .null, .null, .bool(true)], [.int(0), .int(1), .int(0), .null, .null, .bool(false)],
        ])
    }
  }

  @Test("An event that no member ever did is noted with the nearest one")
  func unknownEvent() async throws {
    try await withStore(of: [line("2026-03-01T08:00:00Z", "a", "post_view")]) { engine in
      var question = RetentionQuestion()
      question.returns = ["post_veiw"]
      #expect(try engine.answer(question).notes.contains("No member ever did 'post_veiw'. Did you mean 'post_view'?"))
      var activity = ActivityQuestion()
      activity.filter = try Filter("event in ('post_view', 'zzzzzz')", dimensions: [])
      let notes = try engine.answer(activity).notes
      #expect(notes.contains("No member ever did 'zzzzzz'.") && !notes.contains { $0.contains("'post_view'") })
    }
  }

  @Test("A question that would keep too much is refused, with what to do")
  func limit() throws {
    try EngineLimits.check(bytes: EngineLimits.stateByteCountMax, of: "starts")
    let error = #expect(throws: AggregationError.self) {
      try EngineLimits.check(bytes: EngineLimits.stateByteCountMax + 1, of: "starts")
    }
    #expect(error?.code == .limit && error?.hint.contains("--where") == true)
  }

  @Test(
    "Periods past the 64th are counted like the others",
    arguments: [RetentionQuestion.Start.first(nil), .recurring(nil)])
  func manyPeriods(start: RetentionQuestion.Start) async throws {
    let first = try #require(CommunityDay("2026-01-01"))
    let lines = [0, 1, 63, 64, 65, 127, 128, 150].map { line("\(first + $0)T08:00:00Z") }
    try await withStore(of: lines) { engine in
      var question = RetentionQuestion()
      (question.start, question.periods, question.returns) = (start, 150, ["view"])
      question.days = DayRange(from: first, to: first)
      let rows = try engine.answer(question).rows.filter { $0[0] != .null && $0[3] == .int(1) }
      #expect(rows.map(\.[2]) == [0, 1, 63, 64, 65, 127, 128, 150].map { .int($0) })
    }
  }

  @Test("Where clocks turn back over midnight, a day that goes on after the next one began is one cohort")
  func turnsBack() async throws {
    // In St. John's one minute of 7 November 2010 went by before the 6th came back for 59.
    let lines = ["02:00:00", "02:30:30", "02:45:00", "03:40:00"].map { line("2010-11-07T\($0)Z") }
    try await withStore(of: lines, "time-zone: America/St_Johns\n") { engine in
      var question = RetentionQuestion()
      (question.start, question.periods) = (.recurring(nil), 0)
      let rows = try engine.answer(question).rows.filter { $0[0] != .null }
      #expect(
        rows.map { Array($0[0...3]) } == [
          [.day(day("2010-11-06")), .int(1), .int(0), .int(1)], [.day(day("2010-11-07")), .int(1), .int(0), .int(1)],
        ])
      // 30 minutes and a half, 14 and a half and 55 minutes apart: one session on the 6th, two on the 7th.
      #expect(
        try engine.answer(SessionsQuestion()).rows.map { Array($0[1...3]) } == [
          [.int(1), .int(1), .int(1)], [.int(2), .int(1), .int(3)],
        ])
    }
  }

  @Test("An explanation says which segments and row groups are left out, and why")
  func explained() async throws {
    let lines = (1...4).map { line("2026-03-0\($0)T08:00:00Z", "a", $0 == 2 ? "share" : "view") }
    try await withStore(of: lines) { engine in
      var question = RetentionQuestion()
      (question.start, question.returns) = (.first("view"), ["share"])
      question.days = DayRange(from: day("2026-03-02"))
      let answer = try engine.explanation(of: question, asOf: Timestamp(iso8601: "2026-03-04T00:00:00Z"))
      let lines = answer.rows.map { row in row.map { $0 == .null ? "" : "\($0)" } }
      func value(_ item: String) -> [Cell] { answer.rows.filter { $0[1] == .text(item) }.map(\.[2]) }
      #expect(value("segments kept") == [.text("2 of 4")], "\(lines)")
      #expect(value("segments skipped") == [.text("1: at or after as-of"), .text("1: of other days")])
      #expect(value("row groups skipped") == [.text("1: event is view")])
      #expect(value("rows at most") == [.text("1")] && value("rows scanned") == [.text("1")])
      #expect(value("columns read") == [.text("event, member, ts")])
      #expect(value("milliseconds").count == 3)
      var leaderboard = ContentQuestion()
      leaderboard.event = "view"
      let content = try engine.explanation(of: leaderboard, asOf: Timestamp(iso8601: "2026-03-04T00:00:00Z"))
      let read = content.rows.first { $0[1] == .text("columns read") }
      #expect(read?[2] == .text("content, event, member"))
    }
  }
}
