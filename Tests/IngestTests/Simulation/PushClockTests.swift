import Events
import Testing

import Ingest

@Suite("Push times of a simulation")
struct PushClockTests {
  @Test(
    arguments: [
      ("America/New_York", "2026-03-05", [-18_000, -14_400]), ("America/New_York", "2026-10-29", [-18_000, -14_400]),
      ("Africa/Cairo", "2026-04-20", [7_200, 10_800]), ("Asia/Kathmandu", "2026-08-01", [20_700]),
    ] as [(String, String, Set<Int>)])
  func `pushes leave at the arm's local time before and after the clocks change`(
    zone: String, first: String, expected: Set<Int>
  ) throws {
    let rules = try TimeZoneRules(named: zone)
    let options = tiny {
      $0.zone = rules
      $0.firstDay = CommunityDay(first)!
      $0.eventCount = 8_000
    }
    var offsets: Set<Int> = []
    var plans: [Substring: Timestamp] = [:]
    for line in SimulatedLog(options).lines {
      let event = try #require(field("event", of: line))
      guard event == "push_planned" || event == "push_sent", field("arm", of: line) != "none" else { continue }
      let at = try instant(of: line)
      let unit = try #require(field("user_id", of: line)) + (try #require(field("push_id", of: line)))
      if event == "push_planned" {
        let sendAt = String(try #require(field("send_at", of: line)))
        #expect(at == rules.start(of: rules.day(of: at)))
        #expect(try #require(field("push_id", of: line)) == "push-\(rules.day(of: at))")
        #expect(sendAt.hasPrefix("\(rules.day(of: at))T\(try #require(field("arm", of: line))):00"))
        plans[unit] = Timestamp(iso8601: sendAt)
        continue
      }
      let late = at.microseconds - (try #require(plans[unit])).microseconds
      #expect((0..<90_000_000).contains(late), "\(line)")
      #expect([2, 5].contains(rules.day(of: at).weekday))
      offsets.insert(rules.offsetSeconds(at: at))
    }
    #expect(offsets == expected)
  }

  @Test func `a plan of a day without a midnight stands at the day's first instant`() throws {
    // Cairo's clocks go from 00:00 to 01:00 on Friday, 24 April 2026.
    let rules = try TimeZoneRules(named: "Africa/Cairo")
    let log = SimulatedLog(tiny { ($0.zone, $0.firstDay) = (rules, CommunityDay("2026-04-20")!) })
    let plans = log.lines.filter { $0.contains("\"push_planned\"") && $0.contains("push-2026-04-24") }
    #expect(!plans.isEmpty)
    #expect(plans.allSatisfy { field("ts", of: $0) == "2026-04-23T22:00:00.000000Z" })
    let morning = plans.first { field("arm", of: $0) == "08:30" }
    #expect(morning.flatMap { field("send_at", of: $0) } == "2026-04-24T08:30:00+03:00")
  }

  @Test func `a day that the zone skips sends nothing`() throws {
    // Samoa had no Friday, 30 December 2011.
    let rules = try TimeZoneRules(named: "Pacific/Apia")
    let log = SimulatedLog(tiny { ($0.zone, $0.firstDay) = (rules, CommunityDay("2011-12-26")!) })
    let pushes = Set(log.lines.compactMap { field("push_id", of: $0) })
    #expect(pushes == ["push-2011-12-27", "push-2012-01-03", "push-2012-01-06"])
    let planned = log.lines.count { $0.contains("\"push_planned\"") }
    #expect(log.summary.arms.reduce(0) { $0 + $1.planned } == planned)
  }
}
