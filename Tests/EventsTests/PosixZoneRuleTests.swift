import Events
import Testing

/// Rules are read as the footer of a zone file that holds nothing else.
@Suite struct PosixZoneRuleTests {
  @Test(
    "A rule gives the changes of a year",
    arguments: [
      ("EST5EDT,M3.2.0,M11.1.0", -18000, ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"]),
      ("EST+5EDT,M3.2.0/2,M11.1.0/02:00:00", -18000, ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"]),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", 3600, ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
      ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"]),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
      ("IST-2IDT,M3.4.4/26,M10.5.0", 7200, ["2026-03-27T00:00:00Z", "2026-10-24T23:00:00Z"]),
      ("AAA0BBB,J60/0,J365/0", 0, ["2026-03-01T00:00:00Z", "2026-12-30T23:00:00Z"]),
      ("AAA0BBB,59/0,364/0", 0, ["2026-03-01T00:00:00Z", "2026-12-30T23:00:00Z"]),
      ("AAA0BBB,M1.5.6/0:00:01,M6.1.1/0", 0, ["2026-01-31T00:00:01Z", "2026-05-31T23:00:00Z"]),
    ] as [(String, Int32, [String])])
  func changes(rule: String, standardOffset: Int32, expected: [String]) throws {
    #expect(try changesOfYear(2026, rule: rule, standardOffset: standardOffset) == expected)
  }

  @Test(
    "Day numbers differ in leap years by whether they count 29 February",
    arguments: [
      ("AAA0BBB,J60/0,J365/0", ["2028-03-01T00:00:00Z", "2028-12-30T23:00:00Z"]),
      ("AAA0BBB,J59/0,J60/0", ["2028-02-28T00:00:00Z", "2028-02-29T23:00:00Z"]),
      ("AAA0BBB,59/0,365/0", ["2028-02-29T00:00:00Z", "2028-12-30T23:00:00Z"]),
      ("AAA0BBB,M2.5.2/0,M12.5.0/0", ["2028-02-29T00:00:00Z", "2028-12-30T23:00:00Z"]),
    ])
  func leapYears(rule: String, expected: [String]) throws {
    #expect(try changesOfYear(2028, rule: rule) == expected)
  }

  @Test(
    "A rule without a second name has no changes",
    arguments: [("UTC0", 0), ("CST-8", 28800), ("<+0545>-5:45", 20700), ("<-00>0", 0), ("LMT-0:00:30", 30)]
      as [(String, Int32)])
  func fixed(rule: String, offset: Int32) throws {
    #expect(try changesOfYear(2026, rule: rule, standardOffset: offset) == [])
  }

  @Test("Daylight saving time all year has one offset")
  func allYear() throws {
    let file = ZoneFileBytes(rule: "EST5EDT,0/0,J365/25", standardOffset: -18000)
    let rules = try TimeZoneRules(named: "Test", zoneFile: file.bytes)
    for text in ["2026-01-01T04:59:59Z", "2026-01-01T05:00:00Z", "2026-07-01T00:00:00Z", "2028-12-31T23:59:59Z"] {
      #expect(rules.offsetSeconds(at: try #require(Timestamp(iso8601: text))) == -14400)
    }
  }

  @Test("The rule goes on from the last listed change, and not before it")
  func afterTheList() throws {
    // The list ends with 2026-03-08, in daylight saving time: the rule's change of that day is not doubled.
    var file = ZoneFileBytes(changes: [(1_772_953_200, 1)], types: [(-18000, false), (-14400, true)])
    file.footer = "\nEST5EDT,M3.2.0,M11.1.0\n"
    let rules = try TimeZoneRules(named: "Test", zoneFile: file.bytes)
    let offsets = try ["2025-07-01T00:00:00Z", "2026-03-08T06:59:59Z", "2026-07-01T00:00:00Z", "2026-11-01T06:00:00Z"]
      .map { rules.offsetSeconds(at: try #require(Timestamp(iso8601: $0))) }
    #expect(offsets == [-18000, -18000, -14400, -18000])
  }

  @Test(
    "Anything else is no rule",
    arguments: [
      "U0", "UT0", "UTC", "5", "EST 5", "EST5 ", " EST5", "EST25", "EST5:60", "EST5:30:60", "EST--5", "EST5EDT",
      "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,", "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M3.2.0,M11.1.0 ",
      "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
      "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2,M11.1.0", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/,M11.1.0",
      "EST5EDT,M3.2.0/2:60,M11.1.0", "EST5EDT,J0,J365", "EST5EDT,J366,J365", "EST5EDT,366,0", "EST5ED,M3.2.0,M11.1.0",
      "<+05-5", "EST5<EDT,M3.2.0,M11.1.0", "EST99999999999999999999", ":America/New_York", "nonsense",
    ])
  func rejected(rule: String) {
    #expect(throws: EventsError.self) { try TimeZoneRules(named: "Test", zoneFile: ZoneFileBytes(rule: rule).bytes) }
  }
}

/// When the offset changes in a year in which `rule` holds.
private func changesOfYear(_ year: Int, rule: String, standardOffset: Int32 = 0) throws -> [String] {
  let file = ZoneFileBytes(rule: rule, standardOffset: standardOffset)
  let rules = try TimeZoneRules(named: "Test", zoneFile: file.bytes)
  let end = Int64(CommunityDay(year: year + 1, month: 1, day: 1).number) * 86_400_000_000
  var instant = Timestamp(seconds: Int64(CommunityDay(year: year, month: 1, day: 1).number) * 86400)
  var changes: [String] = []
  while true {
    let next = rules.constantSpan(around: instant).microseconds.upperBound
    if next >= end { return changes }
    instant = Timestamp(microseconds: next)
    changes.append(instant.description)
  }
}
