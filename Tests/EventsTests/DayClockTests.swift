import Events
import TestSupport
import Testing

@Suite struct DayClockTests {
  @Test(
    "A day clock gives the day of the rules, in whatever order the instants come",
    arguments: ["America/New_York", "Pacific/Apia", "Asia/Shanghai", "America/Sao_Paulo", "Africa/Casablanca", "UTC"])
  func againstRules(zone: String) throws {
    let rules = try TimeZoneRules(named: zone)
    var clock = DayClock(rules)
    for seed in [1, 2, 3] as [UInt64] {
      var random = SeededNumbers(seed: seed)
      for _ in 0..<20_000 {
        // 1900 to 2150
        let instant = Timestamp(
          microseconds: Int64.random(in: -2_200_000_000_000_000...5_680_000_000_000_000, using: &random))
        guard clock.day(of: instant.microseconds) == rules.day(of: instant) else {
          Issue.record("seed \(seed), \(zone): \(instant) is in \(rules.day(of: instant))")
          return
        }
      }
    }
  }

  @Test("The days around every change of offset are those of the rules", arguments: ["Pacific/Apia", "Europe/Dublin"])
  func aroundChanges(zone: String) throws {
    let rules = try TimeZoneRules(named: zone)
    var clock = DayClock(rules)
    var change = rules.constantSpan(around: Timestamp(seconds: -3_000_000_000)).microseconds.upperBound
    while change < .max {
      for step in [-1, 0, 1, -3_600_000_000, 3_600_000_000] as [Int64] {
        let instant = Timestamp(microseconds: change + step)
        #expect(clock.day(of: instant.microseconds) == rules.day(of: instant), "\(instant)")
      }
      change = rules.constantSpan(around: Timestamp(microseconds: change)).microseconds.upperBound
    }
  }

  @Test("Microseconds before the epoch belong to the day before")
  func beforeEpoch() {
    var clock = DayClock(.utc)
    #expect(clock.day(of: -1).description == "1969-12-31")
    #expect(clock.day(of: 0).description == "1970-01-01")
    #expect(clock.day(of: 86_399_999_999).description == "1970-01-01")
    #expect(clock.day(of: 86_400_000_000).description == "1970-01-02")
  }
}
