import Aggregation
import Columns
import Events
import Segments
import Testing
import Trials

/// Planned sends: probabilities, refusals, clocks, records.
@Suite struct SendPlanTests {
  private static let tuesday = CommunityDay("2026-08-11")!
  private static let week = CommunityDay("2026-08-10")!...CommunityDay("2026-08-16")!

  private func roster(_ count: Int, zone: String = "Asia/Shanghai") throws -> MemberRoster {
    MemberRoster(
      asOf: Timestamp(iso8601: "2026-08-09T16:00:00Z")!, zone: try TimeZoneRules(named: zone),
      ids: StringTable((0..<count).map { "member \($0)" }))
  }

  private func plan(
    _ text: String, _ roster: MemberRoster, _ days: ClosedRange<CommunityDay> = Self.week, learned: [Double]? = nil
  ) throws -> SendPlan {
    try SendPlanner(try experiment(threeHours + text), roster: roster, learned: learned, from: days.lowerBound)
      .plan(days)
  }

  private func records(_ plan: SendPlan, as form: PlanRecords.Form = .json) throws -> [String] {
    var bytes: [UInt8] = []
    try PlanRecords(plan, as: form).write { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// What follows a key of a record, up to the next comma or quote.
  private func field(_ name: String, of record: String) -> String? {
    guard let range = record.firstRange(of: "\"\(name)\":") else { return nil }
    return String(record[range.upperBound...].drop { $0 == "\"" }.prefix { $0 != "\"" && $0 != "," && $0 != "}" })
  }

  @Test("Arms come as often as their probabilities say, on each day anew, and the logged propensity is that")
  func frequencies() throws {
    let plan = try plan("plan: {days: [tuesday, friday]}\n", roster(40_000))
    #expect(plan.unitCount == 80_000)
    for day in [Self.tuesday, Self.tuesday + 3] {
      // χ² of four arms: 16.27 is passed once in a thousand.
      let expected = [12_000.0, 12_000, 12_000, 4000]
      let chi = (0..<4).reduce(0.0) { sum, arm in
        let difference = Double(plan.members(on: day, inArm: arm)) - expected[arm]
        return sum + difference * difference / expected[arm]
      }
      #expect(chi < 16.27)
    }
    let lines = try records(plan)
    #expect(lines.count == 80_000)
    #expect(Set(lines.compactMap { field("event_id", of: $0) }).count == 80_000)
    #expect(Set(lines.map { "\(field("arm", of: $0)!) \(field("propensity", of: $0)!)" }).count == 4)
    // Both days agree in 0.3² · 3 + 0.1² = 0.28 of members: the draws of days are separate.
    let byMember = Dictionary(grouping: lines) { field("user_id", of: $0)! }
    let same = byMember.values.count { field("arm", of: $0[0]) == field("arm", of: $0[1]) }
    #expect(abs(Double(same) / 40_000 - 0.28) < 0.012)
  }

  @Test("A plan is drawn again as it was, in whatever order members were first seen; another version draws anew")
  func reproducible() throws {
    var backwards = try roster(500)
    backwards.ids = StringTable((0..<500).reversed().map { "member \($0)" })
    let lines = try records(try plan("", roster(500)))
    #expect(try records(try plan("", backwards)) == lines)
    let other = try records(try plan("plan: {version: \"2\"}\n", roster(500)))
    let changed = zip(lines, other).count { field("arm", of: $0) != field("arm", of: $1) }
    #expect(changed > lines.count / 2)
    #expect(Set(lines.map { field("event_id", of: $0) }).isDisjoint(with: other.map { field("event_id", of: $0) }))
  }

  @Test("A member of a member-randomised experiment keeps the arm on every day")
  func constant() throws {
    let text = (threeHours + "plan: {days: [tuesday, friday]}\n").replacing(
      "send-randomised", with: "member-randomised")
    let plan = try SendPlanner(try experiment(text), roster: roster(300), from: Self.tuesday).plan(Self.week)
    let byMember = Dictionary(grouping: try records(plan)) { field("user_id", of: $0)! }
    #expect(byMember.count == 300)
    #expect(byMember.values.allSatisfy { $0.count == 2 && field("arm", of: $0[0]) == field("arm", of: $0[1]) })
    #expect(Set(byMember.values.map { field("arm", of: $0[0]) }).count == 4)
  }

  @Test("Quiet hours rule an arm out; the others share its part, the holdout keeps its own")
  func quietHours() throws {
    let plan = try plan("plan: {quiet-hours: \"20:00-08:30\", days: [tuesday]}\n", roster(2000))
    #expect(plan.members(on: Self.tuesday, inArm: 2) == 0)
    let propensities = Dictionary(grouping: try records(plan)) { field("arm", of: $0)! }
      .mapValues { Set($0.map { Double(field("propensity", of: $0)!)! }) }
    #expect(propensities["none"] == [0.1] && propensities.count == 3)
    for arm in ["08:30", "12:30"] { #expect(propensities[arm]?.allSatisfy { abs($0 - 0.45) < 1e-15 } == true) }
    let answer = plan.answer(nil)
    #expect(answer.rows.map { $0[6] } == [.int(0), .int(0), .int(2000), .int(0)])
  }

  @Test("Quiet hours go by the member's own clock; where they leave no arm, the member is left out and counted")
  func zones() throws {
    var roster = try roster(1000)
    roster.zones = [try TimeZoneRules(named: "Asia/Tokyo"), try TimeZoneRules(named: "America/New_York")]
    roster.zonePlaces = (0..<1000).map { $0 % 4 == 0 ? 0 : $0 % 4 == 1 ? 1 : -1 }
    // 20:20 in Shanghai is 21:20 in Tokyo; all of 08:30, 12:30, 20:20 is 20:30, 00:30, 08:20 in New York.
    let plan = try plan("plan: {quiet-hours: \"20:30-08:30\", days: [tuesday]}\n", roster)
    #expect(plan.members(on: Self.tuesday, refusedFor: .quietHours) == 250)
    #expect(plan.unitCount == 750)
    let late = try records(plan).filter { field("arm", of: $0) == "20:20" }
    let fromTokyo = late.filter { Int(field("user_id", of: $0)!.dropFirst(7))! % 4 == 0 }
    #expect(!late.isEmpty && fromTokyo.isEmpty)
  }

  @Test("Times of day follow the clocks of members: skipped ones leave at the end of the gap, doubled ones first")
  func daylight() throws {
    let text = """
      design: send-randomised
      clock: member
      arms:
        "02:30": {weight: 0.5, at: "02:30"}
        "01:30": {weight: 0.5, at: "01:30"}
      control: "01:30"
      primary: opened
      goals:
        opened: {event: push_open, of: push, within: 24h}

      """
    var roster = try roster(200)
    roster.zones = [try TimeZoneRules(named: "America/New_York")]
    roster.zonePlaces = (0..<200).map { $0 < 100 ? 0 : -1 }
    for (day, expected, word) in [
      ("2026-03-08", ["2026-03-08T03:00:00-04:00", "2026-03-08T01:30:00-05:00"], "skipped"),
      ("2026-11-01", ["2026-11-01T02:30:00-05:00", "2026-11-01T01:30:00-04:00"], "comes twice"),
      ("2026-07-01", ["2026-07-01T02:30:00-04:00", "2026-07-01T01:30:00-04:00"], nil as String?),
    ] {
      let day = try #require(CommunityDay(day))
      let plan = try SendPlanner(try experiment(text), roster: roster, from: day).plan(day...day)
      let sent = Set(try records(plan).map { field("send_at", of: $0)! })
      #expect(sent == Set(expected + ["\(day)T02:30:00+08:00", "\(day)T01:30:00+08:00"]))
      let notes = plan.answer(nil).notes.filter { $0.contains("America/New_York") && $0.hasPrefix("On ") }
      #expect(notes.count == (word == nil ? 0 : 1) && notes.allSatisfy { $0.contains(word!) })
      #expect(try records(plan).allSatisfy { field("ts", of: $0) == "\(day)T00:00:00+08:00" })
    }
  }

  @Test("The cap counts sends had and sends planned, in every stretch of days; the holdout is no send")
  func caps() throws {
    var roster = try roster(400)
    // Member 0 had two pushes in the week before, member 1 has one planned for Saturday and one for Sunday.
    let monday = Self.week.lowerBound.number
    let had = [(0, -1), (0, -3), (1, 5), (1, 6), (2, -7)].map {
      MemberSends.Send(member: $0.0, day: monday + Int32($0.1), isPlanned: false, isSent: true)
    }
    roster.sends = MemberSends(had + [.init(member: 3, day: monday + 1, isPlanned: true, isSent: false)])
    let plan = try plan("plan: {per-member: {sends: 2, within: 7d}}\n", roster)
    let byMember = Dictionary(grouping: try records(plan)) { field("user_id", of: $0)! }
    func sentDays(_ member: Int) -> [String] {
      (byMember["member \(member)"] ?? []).filter { field("arm", of: $0) != "none" }
        .map { String(field("ts", of: $0)!.prefix(10)) }
    }
    // Its sends of Aug 9 and 7 leave the stretches that end on Aug 14 and 16.
    #expect(sentDays(0).allSatisfy { $0 >= "2026-08-14" })
    #expect(sentDays(1).isEmpty)
    #expect(byMember["member 3"]!.allSatisfy { field("ts", of: $0)!.prefix(10) != "2026-08-11" })
    #expect((4..<400).allSatisfy { sentDays($0).count <= 2 })
    #expect((4..<400).count { sentDays($0).count == 2 } > 350)
    #expect(plan.members(on: Self.tuesday, refusedFor: .plannedBefore) == 1)
  }

  @Test("A floor lifts what is below it and takes from the others in proportion")
  func floor() throws {
    let plan = try plan(
      "plan: {days: [tuesday], floor: 0.2}\n", roster(100), learned: [0.855, 0.0225, 0.0225, 0.1])
    let propensities = Set(try records(plan).map { "\(field("arm", of: $0)!) \(field("propensity", of: $0)!)" })
    #expect(propensities.isSubset(of: ["08:30 0.5", "12:30 0.2", "20:20 0.2", "none 0.1"]))
    #expect(try records(plan).allSatisfy { field("plan", of: $0) == "1/2026-08-10" })
  }

  @Test("A switchback sends one arm a day to all, each arm once a block, in an order that the seed draws")
  func switchback() throws {
    let text = """
      design: switchback
      from: 2026-08-03
      arms:
        "12:30": {weight: 0.5, at: "12:30"}
        "20:20": {weight: 0.5, at: "20:20"}
      control: "12:30"
      primary: back
      goals:
        back: {event: activity, within: 1d}
      plan: {days: [tuesday], account: {sends: 1, per: day}}

      """
    let days = CommunityDay("2026-08-04")!...CommunityDay("2027-08-02")!
    let plan = try SendPlanner(try experiment(text), roster: roster(3), from: days.lowerBound).plan(days)
    let arms = (0..<52).map { week in (0..<2).first { plan.members(on: days.lowerBound + 7 * week, inArm: $0) == 3 } }
    #expect(arms.allSatisfy { $0 != nil })
    let firsts = stride(from: 0, to: 52, by: 2).map { week in
      #expect(arms[week] != arms[week + 1])
      return arms[week]
    }
    #expect((6...20).contains(firsts.count { $0 == 0 }), "26 fair coins: beyond 5 and 21 once in 500")
    #expect(Set(try records(plan).map { field("propensity", of: $0)! }) == ["0.5"])
  }

  @Test("The account's quota closes days, and deliveries that the log has count")
  func quota() throws {
    var roster = try roster(10)
    roster.sends = MemberSends([], deliveriesByDay: [CommunityDay("2026-08-01")!.number: 3, 10: 50])
    let plan = try plan("plan: {days: [monday, tuesday, friday], account: {sends: 10, per: month}}\n", roster)
    #expect(plan.unitCount == 20)
    #expect(plan.members(on: Self.tuesday + 3, refusedFor: .accountQuota) == 10)
  }

  @Test(
    "What cannot be planned is refused before anything is drawn",
    arguments: [
      ("plan: {account: {sends: 1, per: day}}", "takes 3 mass sends"),
      ("plan: {floor: 0.31}", "more than the 0.9"),
      ("assignment: member.arm", "attribute"),
      ("clock: member\nplan: {account: {sends: 3, per: day}}", "at one instant"),
    ])
  func refuses(text: String, message: String) throws {
    do {
      _ = try plan(text + "\n", roster(1))
      Issue.record("planned")
    } catch { #expect("\(error)".contains(message)) }
  }

  @Test(
    "What the key plan must not say is named with its place",
    arguments: [
      ("days: [tuesdays]", "not a day of the week"), ("quiet-hours: \"22-8\"", "no stretch of hours"),
      ("members: \"platform = 'ios'\"", "'platform' is of events"), ("per-member: {sends: 3}", "'within' is missing"),
      ("per-member: {sends: 3, within: 5h}", "whole days"), ("account: {sends: 4, per: week}", "not a period"),
      ("allocate: bandit", "not an allocation"), ("floor: 0.7", "from 0 to 0.5"), ("version: [1]", "expected text"),
    ])
  func keys(text: String, message: String) throws {
    let error = try #require(throws: StoreError.self) { try experiment(threeHours + "plan: {\(text)}\n") }
    #expect(error.message.contains(message) && error.line == 13, "\(error)")
  }
}
