import Events
import TestSupport
import Testing

@Suite struct TimestampTests {
  @Test(
    "An instant is written in UTC, with a fraction only where there is one",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (500_000, "1970-01-01T00:00:00.500000Z"), (-1_000_000, "1969-12-31T23:59:59Z"),
      (-86_400_000_000, "1969-12-31T00:00:00Z"), (1_785_587_400_000_000, "2026-08-01T12:30:00Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00Z"), (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ] as [(Int64, String)])
  func descriptions(microseconds: Int64, text: String) {
    #expect(Timestamp(microseconds: microseconds).description == text)
    #expect(Timestamp(iso8601: text) == Timestamp(microseconds: microseconds))
  }

  @Test("What is written is read back, from year 1 to 9999", arguments: [1, 2, 3] as [UInt64])
  func roundTrip(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    for _ in 0..<5000 {
      let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
      let instant = Timestamp(microseconds: Int64.random(in: range, using: &random))
      #expect(Timestamp(iso8601: instant.description) == instant, "seed \(seed)")
    }
  }

  @Test(
    "An instant is written with the offset of a zone",
    arguments: [
      ("UTC", 1_785_587_400_000_000, "2026-08-01T12:30:00Z"),
      ("Asia/Shanghai", 1_785_587_400_999_999, "2026-08-01T20:30:00+08:00"),
      ("America/New_York", 1_785_546_000_000_000, "2026-07-31T21:00:00-04:00"),
      ("Asia/Kathmandu", 1_785_587_400_000_000, "2026-08-01T18:15:00+05:45"),
      ("America/St_Johns", 1_785_587_400_000_000, "2026-08-01T10:00:00-02:30"),
      ("Africa/Monrovia", 0, "1970-01-01T00:00:00Z"),
    ] as [(String, Int64, String)])
  func descriptionsInZones(zone: String, microseconds: Int64, text: String) throws {
    let instant = Timestamp(microseconds: microseconds)
    #expect(instant.description(in: try TimeZoneRules(named: zone)) == text)
    #expect(Timestamp(iso8601: text) == Timestamp(seconds: microseconds.flooredDivision(by: 1_000_000).quotient))
  }

  @Test("The ends of the number line have a description", arguments: [Int64.min, .max])
  func ends(microseconds: Int64) {
    #expect(Timestamp(microseconds: microseconds).description.hasSuffix("Z"))
  }

  @Test("Instants move by seconds and are ordered")
  func arithmetic() {
    let instant = Timestamp(seconds: -1)
    #expect(instant.microseconds == -1_000_000)
    #expect(instant.adding(seconds: 1) == Timestamp(seconds: 0))
    #expect(instant < Timestamp(microseconds: 0))
    #expect(!(instant < instant))
  }

  @Test(
    "A division rounds down and leaves a remainder that is not negative",
    arguments: [(7, 3, 2, 1), (-7, 3, -3, 2), (-6, 3, -2, 0), (0, 5, 0, 0), (-1, 5, -1, 4), (4, 5, 0, 4)]
      as [(Int64, Int64, Int64, Int64)])
  func floored(value: Int64, divisor: Int64, quotient: Int64, remainder: Int64) {
    #expect(value.flooredDivision(by: divisor) == (quotient, remainder))
  }
}
