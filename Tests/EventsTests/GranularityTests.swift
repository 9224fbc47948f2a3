import Events
import Testing

@Suite struct GranularityTests {
  @Test(
    "The week that holds a day starts on the wanted weekday, also over the ends of years",
    arguments: [
      ("2026-08-05", 1, "2026-08-03"), ("2026-08-03", 1, "2026-08-03"), ("2026-08-02", 1, "2026-07-27"),
      ("2026-08-05", 7, "2026-08-02"), ("2026-08-02", 7, "2026-08-02"), ("2026-08-01", 7, "2026-07-26"),
      ("2026-08-05", 6, "2026-08-01"), ("2026-08-05", 3, "2026-08-05"), ("2026-08-05", 4, "2026-07-30"),
      ("2026-01-01", 1, "2025-12-29"), ("2021-01-03", 1, "2020-12-28"),  // days of week 53 of 2020
      ("2020-12-31", 1, "2020-12-28"), ("2021-01-04", 1, "2021-01-04"), ("2024-03-01", 4, "2024-02-29"),
      ("1970-01-01", 1, "1969-12-29"), ("1969-12-28", 1, "1969-12-22"),
    ])
  func weeks(day: String, weekStart: Int, start: String) throws {
    let calendar = CommunityCalendar(weekStart: weekStart)
    #expect(calendar.start(of: .week, holding: try #require(CommunityDay(day))).description == start)
  }

  @Test(
    "The month that holds a day starts on its first",
    arguments: [
      ("2026-08-31", "2026-08-01"), ("2026-08-01", "2026-08-01"), ("2024-02-29", "2024-02-01"),
      ("2025-12-31", "2025-12-01"), ("1969-12-31", "1969-12-01"),
    ])
  func months(day: String, start: String) throws {
    #expect(CommunityCalendar().start(of: .month, holding: try #require(CommunityDay(day))).description == start)
  }

  @Test("A day is its own interval")
  func days() throws {
    let day = try #require(CommunityDay("2024-02-29"))
    #expect(CommunityCalendar().start(of: .day, holding: day) == day)
  }

  @Test(
    "Intervals advance over the ends of months and years, both ways",
    arguments: [
      ("2024-02-28", 2, .day, "2024-03-01"), ("2024-01-01", -1, .day, "2023-12-31"),
      ("2020-12-28", 1, .week, "2021-01-04"), ("2021-01-04", -53, .week, "2019-12-30"),
      ("2025-12-01", 1, .month, "2026-01-01"), ("2026-01-01", -1, .month, "2025-12-01"),
      ("2026-01-01", 25, .month, "2028-02-01"), ("2026-01-01", -25, .month, "2023-12-01"),
      ("2026-12-01", 0, .month, "2026-12-01"), ("2026-05-01", 12, .month, "2027-05-01"),
    ] as [(String, Int, Granularity, String)])
  func advancing(start: String, count: Int, granularity: Granularity, expected: String) throws {
    let day = try #require(CommunityDay(start))
    #expect(CommunityCalendar().start(day, advancedBy: count, granularity).description == expected)
  }

  @Test("A week has seven days and holds each of them, whatever its first", arguments: 1...7)
  func weekInvariants(weekStart: Int) {
    let calendar = CommunityCalendar(weekStart: weekStart)
    for number in Int32(-1000)...1000 {
      let day = CommunityDay(number * 17)
      let start = calendar.start(of: .week, holding: day)
      #expect(start.weekday == weekStart)
      #expect((0...6).contains(day - start))
      #expect(calendar.start(of: .week, holding: start + 6) == start)
      #expect(calendar.start(of: .week, holding: start + 7) == start + 7)
    }
  }

  @Test("The distance undoes the advance", arguments: Granularity.allCases)
  func inverse(granularity: Granularity) {
    for weekStart in 1...7 {
      let calendar = CommunityCalendar(weekStart: weekStart)
      for number in stride(from: Int32(-30_000), through: 30_000, by: 977) {
        let start = calendar.start(of: granularity, holding: CommunityDay(number))
        for count in [-500, -13, -12, -1, 0, 1, 2, 11, 12, 13, 53, 500] {
          let end = calendar.start(start, advancedBy: count, granularity)
          #expect(calendar.distance(from: start, to: end, granularity) == count)
          #expect(calendar.start(of: granularity, holding: end) == end)
          #expect(calendar.start(end, advancedBy: -count, granularity) == start)
        }
      }
    }
  }

  @Test("A year of 53 weeks is 53 weeks long")
  func longYear() throws {
    let calendar = CommunityCalendar()
    let first = calendar.start(of: .week, holding: try #require(CommunityDay("2020-01-01")))
    let last = calendar.start(of: .week, holding: try #require(CommunityDay("2020-12-31")))
    #expect(calendar.distance(from: first, to: last, .week) == 52)
  }
}
