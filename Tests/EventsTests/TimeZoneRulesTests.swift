import Events
import Testing

/// Goldens of Python's zoneinfo with tzdata 2025b. Where a law changes, record them anew.
@Suite struct TimeZoneRulesTests {
  @Test(
    "The offset changes at the second, not before and not after",
    arguments: [
      ("America/New_York", "2026-03-08T07:00:00Z", -18000, -14400),
      ("America/New_York", "2026-11-01T06:00:00Z", -14400, -18000),
      ("America/New_York", "2060-03-14T07:00:00Z", -18000, -14400),  // by the rule in the footer
      ("America/New_York", "2060-11-07T06:00:00Z", -14400, -18000),
      ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", 39600, 37800),  // half an hour
      ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 37800, 39600),
      ("Pacific/Apia", "2011-09-24T14:00:00Z", -39600, -36000),
      ("Pacific/Apia", "2011-12-30T10:00:00Z", -36000, 50400),  // a day
      ("Asia/Shanghai", "1991-04-13T18:00:00Z", 28800, 32400),
      ("Asia/Shanghai", "1991-09-14T17:00:00Z", 32400, 28800),
      ("America/St_Johns", "2010-11-07T02:31:00Z", -9000, -12600),  // a minute past midnight
      ("America/St_Johns", "2011-11-06T04:30:00Z", -9000, -12600),
      ("Africa/Casablanca", "2024-03-10T02:00:00Z", 3600, 0),  // Ramadan
      ("Africa/Casablanca", "2024-04-14T02:00:00Z", 0, 3600),
      ("Europe/Dublin", "2026-03-29T01:00:00Z", 0, 3600),  // the winter is the exception
      ("Europe/Dublin", "2026-10-25T01:00:00Z", 3600, 0),
      ("America/Sao_Paulo", "2018-11-04T03:00:00Z", -10800, -7200),
      ("America/Sao_Paulo", "2019-02-17T02:00:00Z", -7200, -10800),
    ])
  func changes(zone: String, change: String, before: Int, after: Int) throws {
    let rules = try TimeZoneRules(named: zone)
    let instant = try #require(Timestamp(iso8601: change))
    #expect(rules.offsetSeconds(at: instant.adding(seconds: -1)) == before)
    #expect(rules.offsetSeconds(at: Timestamp(microseconds: instant.microseconds - 1)) == before)
    #expect(rules.offsetSeconds(at: instant) == after)
    #expect(rules.offsetSeconds(at: instant.adding(seconds: 1)) == after)
  }

  @Test(
    "All changes of many years are those of zoneinfo: their number, and the FNV-1a hash of their list",
    arguments: [
      ("America/New_York", 1990...2060, 142, 0xBB28_6ABD_5854_9284),
      ("Australia/Lord_Howe", 1990...2060, 142, 0xE19C_770B_8A19_F892),
      ("Pacific/Apia", 1990...2060, 23, 0xEE86_29DA_788F_7847),
      ("Asia/Shanghai", 1990...2060, 4, 0x97A7_2CD6_B5D0_0D75),
      ("Asia/Kolkata", 1990...2060, 0, 0xCBF2_9CE4_8422_2325),
      ("America/St_Johns", 1990...2060, 142, 0x9AD3_70B2_2109_0DF0),
      ("Africa/Casablanca", 1990...2024, 47, 0xCB4D_626B_3AFF_78F2),
      ("Europe/Dublin", 1990...2060, 142, 0x811F_F141_C6A7_8FC8),
      ("America/Sao_Paulo", 1990...2060, 59, 0x83A9_9FA9_7972_8167),
      ("UTC", 1990...2060, 0, 0xCBF2_9CE4_8422_2325),
    ] as [(String, ClosedRange<Int>, Int, UInt64)])
  func allChanges(zone: String, years: ClosedRange<Int>, count: Int, hash: UInt64) throws {
    let lines = changeLines(of: try TimeZoneRules(named: zone), years: years)
    let found = lines.joined().utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    #expect(lines.count == count && found == hash, "second and new offset of each change:\n\(lines.joined())")
  }

  @Test(
    "What a wall clock shows is one instant: in a gap its end, of two hours alike the first",
    arguments: [
      ("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59Z"),
      ("America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00Z"),  // gap
      ("America/New_York", "2026-03-08T02:59:59.999999", "2026-03-08T07:00:00Z"),
      ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00Z"),
      ("America/New_York", "2026-03-08T03:00:01.5", "2026-03-08T07:00:01.500000Z"),
      ("America/New_York", "2026-11-01T00:59:59", "2026-11-01T04:59:59Z"),
      ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),  // twice
      ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00Z"),
      ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"),  // gap of half an hour
      ("Australia/Lord_Howe", "2026-10-04T02:30:00", "2026-10-03T15:30:00Z"),
      ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z"),  // twice
      ("Pacific/Apia", "2011-12-29T23:59:59", "2011-12-30T09:59:59Z"),
      ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"),  // a day that was not
      ("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z"),
      ("America/St_Johns", "2010-11-06T23:30:00", "2010-11-07T02:00:00Z"),  // twice
      ("America/St_Johns", "2010-11-07T00:00:30", "2010-11-07T02:30:30Z"),
      ("America/St_Johns", "2010-11-07T00:01:00", "2010-11-07T03:31:00Z"),
      ("Europe/Dublin", "2026-03-29T01:30:00", "2026-03-29T01:00:00Z"),
      ("Europe/Dublin", "2026-10-25T01:30:00", "2026-10-25T00:30:00Z"),
      ("Asia/Kolkata", "2026-08-01T00:00:00", "2026-07-31T18:30:00Z"),
      ("Asia/Shanghai", "2026-08-01T00:00:00", "2026-07-31T16:00:00Z"),
      ("UTC", "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999Z"),
      ("America/New_York", "0001-01-01T00:00:00", "0001-01-01T04:56:02Z"),  // local mean time
    ])
  func wallClock(zone: String, local: String, expected: String) throws {
    let read = try #require(localInstant(local))
    #expect(read.offsetSeconds == nil)
    let instant = try TimeZoneRules(named: zone).instant(localMicroseconds: read.localMicroseconds)
    #expect(instant.description == expected)
  }

  @Test(
    "A day starts at midnight, or where the gap ends that swallows it",
    arguments: [
      ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),  // 01:00 on the wall
      ("America/Sao_Paulo", "2019-02-17", "2019-02-17T03:00:00Z"),  // 23:00 came twice, on the day before
      ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
      ("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z"),
      ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),  // skipped whole
      ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
      ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z"),
      ("UTC", "1970-01-01", "1970-01-01T00:00:00Z"),
    ])
  func dayStarts(zone: String, day: String, expected: String) throws {
    #expect(try TimeZoneRules(named: zone).start(of: try #require(CommunityDay(day))).description == expected)
  }

  @Test(
    "A day holds its start and not the microsecond before",
    arguments: ["America/New_York", "America/Sao_Paulo", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
  func startsBelong(zone: String) throws {
    let rules = try TimeZoneRules(named: zone)
    for number in Int32(7305)...Int32(33_000) {
      let day = CommunityDay(number)
      let start = rules.start(of: day)
      let before = Timestamp(microseconds: start.microseconds - 1)
      guard rules.day(of: start) == day, rules.day(of: before) == day - 1 else {
        Issue.record("\(zone): \(day) starts at \(start), which is in \(rules.day(of: start))")
        return
      }
    }
  }

  @Test(
    "What names no zone is refused",
    arguments: [
      "", "../etc/passwd", "/etc/passwd", "/usr/share/zoneinfo/UTC", "Mars/Base", "America", "America/", "tzdata.zi",
      "zone.tab", "Asia/Shanghai\0", "Asia/Shanghai ", "Asia/../Asia/Shanghai", "亚洲/上海", "leapseconds",
      "right/Asia/Shanghai", "+08:00", String(repeating: "A", count: 10_000),
    ])
  func unknown(name: String) {
    #expect(throws: EventsError.self) { try TimeZoneRules(named: name) }
  }

  @Test("The refusal names the zone and says what to do")
  func refusal() {
    let error = #expect(throws: EventsError.self) { try TimeZoneRules(named: "Mars/Base") }
    #expect(error?.code == .unknownZone)
    #expect(error?.message == "unknown time zone 'Mars/Base'")
    #expect(error?.hint.contains("Asia/Shanghai") == true)
    #expect(error?.description == "\(error?.message ?? ""). \(error?.hint ?? "")")
  }

  @Test("Universal time needs no file", arguments: ["UTC", "Etc/UTC", "Z"])
  func universal(name: String) throws {
    #expect(try TimeZoneRules(named: name) == .utc)
  }
}

/// `second offset` of each change within the years, one a line.
private func changeLines(of rules: TimeZoneRules, years: ClosedRange<Int>) -> [String] {
  func second(_ year: Int) -> Int64 { Int64(CommunityDay(year: year, month: 1, day: 1).number) * 86400 }
  var lines: [String] = []
  var instant = Timestamp(seconds: second(years.lowerBound))
  while true {
    let end = rules.constantSpan(around: instant).microseconds.upperBound
    guard end <= second(years.upperBound + 1) * 1_000_000 else { return lines }
    instant = Timestamp(microseconds: end)
    lines.append("\(end / 1_000_000) \(rules.offsetSeconds(at: instant))\n")
  }
}
