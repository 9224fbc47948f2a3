import Events
import Testing

import Ingest

@Suite struct WallClockTests {
  /// Rows of (day, local time in minutes, second time, minutes since the day began) in New York.
  @Test(arguments: [
    ("2026-03-07", 150, false, 150),
    ("2026-03-08", 119, false, 119),
    ("2026-03-08", 130, false, 170),  // 02:10 does not exist: 03:50, the mirror of the gap
    ("2026-03-08", 180, false, 120),
    ("2026-03-08", 1439, true, 1379),
    ("2026-11-01", 59, true, 59),
    ("2026-11-01", 90, false, 90),  // 01:30 comes twice
    ("2026-11-01", 90, true, 150),
    ("2026-11-01", 120, true, 180),
    ("2026-11-01", 1439, false, 1499),
  ])
  func `wall time becomes elapsed time`(day: String, local: Int64, secondTime: Bool, elapsed: Int64) throws {
    let clock = WallClock(CommunityDay(day)!, in: try TimeZoneRules(named: "America/New_York"))
    #expect(clock.elapsed(atLocal: local * 60_000_000, secondTime: secondTime) == elapsed * 60_000_000)
  }

  @Test func `a day that the zone skips has no length`() throws {
    let clock = WallClock(CommunityDay("2011-12-30")!, in: try TimeZoneRules(named: "Pacific/Apia"))
    #expect(clock.lengthMicroseconds == 0)
  }
}
