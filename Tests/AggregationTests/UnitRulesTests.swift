import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("Units of an experiment, worked by hand")
struct UnitRulesTests {
  private static let midnight = Timestamp(iso8601: "2026-08-04T00:00:00Z")!

  private func event(_ hour: Double, _ member: String, _ name: String, _ push: String? = "p1", _ arm: String? = nil)
    -> UnitEvent
  {
    UnitEvent(
      ts: Timestamp(microseconds: Self.midnight.microseconds + Int64(hour * 3.6e9)), member: member, name: name,
      push: push, arm: arm)
  }

  private func stored(_ events: [UnitEvent], settings: String = UnitEvent.settings("UTC")) async throws -> StoredUnits {
    let workspace = try TemporaryWorkspace(settings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    return try StoredUnits(workspace)
  }

  private var question: UnitQuestion {
    var question = UnitQuestion()
    question.arms = ["08:30", "20:20"]
    question.latestSendSeconds = 1220 * 60
    question.outcomes = [
      .init(
        "opened", .init(.occurred, events: ["push_open"]), windowSeconds: 86400, isOfPush: true, isProportion: true)
    ]
    return question
  }

  private var plans: [UnitEvent] {
    [event(0, "m1", "push_planned", "p1", "08:30"), event(0, "m2", "push_planned", "p1", "20:20")]
  }

  @Test("A tap counts from the send on; both arms mature a window after the latest send")
  func taps() async throws {
    let events =
      plans + [
        event(8.5, "m1", "push_sent"), event(9, "m1", "push_open"), event(20, "m2", "push_open"),
        event(20.35, "m2", "push_sent"),
      ]
    let stored = try await stored(events)
    func table(_ hour: Double) throws -> UnitTable {
      try stored.engine.units(question, asOf: Timestamp(microseconds: Self.midnight.microseconds + Int64(hour * 3.6e9)))
    }
    #expect(try table(44).outcomes[0].values == [1, 0])
    #expect(try table(44).exclusions.tapsBeforeSend == 1)
    #expect(try table(44).isDelivered == [true, true])
    #expect(try table(44).outcomes[0].lastMatureDay == nil)
    #expect(try table(44.33).outcomes[0].lastMatureDay == nil)
    #expect(try table(44.34).outcomes[0].lastMatureDay == CommunityDay("2026-08-04"))
    #expect(try table(8).isDelivered == [false, false])
    #expect(
      try stored.engine.answer(question, asOf: Self.midnight.adding(seconds: 44 * 3600)).rows.map { $0[2] } == [
        .int(0), .int(0),
      ])
  }

  @Test("Whole days close with the day; prior activity and the past end at the anchor")
  func days() async throws {
    let events =
      plans + [
        event(-1, "m1", "view"), event(-25, "m1", "view"), event(-24 * 14 - 0.5, "m1", "view"), event(0, "m2", "view"),
      ]
      + [event(71.9, "m1", "view"), event(72, "m2", "view")]
    let stored = try await stored(events)
    var question = question
    question.outcomes = [.init("views", .init(.count, events: ["view"]), windowSeconds: 3 * 86400)]
    question.segments = [UnitQuestion.priorActivity]
    let table = try stored.engine.units(question, asOf: Self.midnight.adding(seconds: 96 * 3600))
    #expect(table.outcomes[0].values == [1, 1])
    #expect(table.outcomes[0].past[0] == 2)
    #expect(table.outcomes[0].past[1].isNaN)
    #expect(table.segments[0].codes.map { table.segments[0].values[Int($0)] } == ["1–3", "new"])
    for (hours, day) in [(71, nil), (72, CommunityDay("2026-08-04")), (96, CommunityDay("2026-08-05"))] {
      question.scope.days = DayRange(from: CommunityDay("2026-08-04"), to: CommunityDay("2026-08-05"))
      let table = try stored.engine.units(question, asOf: Self.midnight.adding(seconds: Int64(hours) * 3600))
      #expect(table.outcomes[0].lastMatureDay == day)
    }
  }

  @Test("Two arms leave out a member, or keep the first; an arm of another experiment is counted by name")
  func arms() async throws {
    let events =
      plans + [
        event(24, "m1", "push_planned", "p2", "20:20"), event(0, "m3", "push_planned", "p1", "noon"),
        event(0, "m4", "push_planned", "p1", nil), event(24, "m2", "push_planned", "p2", "20:20"),
      ]
    let stored = try await stored(events)
    var member = question
    member.unit = .member
    let table = try stored.engine.units(member)
    #expect(table.arms == [1])
    #expect(table.exclusions.inTwoArms == 1)
    #expect(table.exclusions.unknownArms == ["noon": 1, "": 1])
    member.keepsFirstArm = true
    #expect(try stored.engine.units(member).arms == [0, 1])
    #expect(try stored.engine.units(question).arms == [0, 1, 1, 1])
  }

  @Test("What the store cannot tell is refused with what to declare")
  func refusals() async throws {
    let stored = try await stored(plans, settings: "time-zone: UTC\ndimensions: [arm]\n")
    func message(_ change: (inout UnitQuestion) -> Void) -> String {
      var question = question
      change(&question)
      do {
        return "\(try stored.engine.units(question).count) units"
      } catch { return "\(error)" }
    }
    #expect(message { _ in }.contains("no dimension 'push'"))
    #expect(message { $0.unit = .cluster(dimension: "community") }.contains("no dimension 'push'"))
    #expect(
      message {
        $0.outcomes = []; $0.unit = .cluster(dimension: "group")
      }.contains("no dimension 'group'"))
    #expect(
      message {
        $0.outcomes = []; $0.unit = .member; $0.segments = ["amr"]
      }.contains("Did you mean 'arm'?"))
    #expect(
      message {
        $0.outcomes = []; $0.unit = .member; $0.segments = ["member.x"]
      }.contains("no attribute 'x'"))
    #expect(message { $0.arms = [] }.contains("1 to 255 arms"))
    #expect(
      message {
        $0.outcomes = []; $0.unit = .member
      } == "2 units")
    #expect(
      message { $0.scope.zone = try? TimeZoneRules(named: "Asia/Tokyo") }.contains("not on those of Asia/Tokyo"))
    let bare = try await self.stored(plans, settings: "time-zone: UTC\ndimensions: [push]\n")
    #expect(throws: AggregationError.self) { try bare.engine.units(question) }
  }

  @Test("A store without planned units has an empty table, not an error")
  func empty() async throws {
    let stored = try await stored([event(0, "m1", "view")])
    let table = try stored.engine.units(question)
    #expect(table.count == 0 && table.outcomes.count == 1)
    #expect(table.notes.contains { $0.hasPrefix("No member ever did 'push_planned'") })
  }
}
