import Events
import Testing

@Suite struct DurationTests {
  @Test(
    "A length of time is a number and a unit",
    arguments: [
      ("1s", 1), ("90s", 90), ("30m", 1800), ("24h", 86400), ("7d", 604_800), ("007d", 604_800),
      ("100000000s", 100_000_000), ("100000000d", 8_640_000_000_000),
    ] as [(String, Int64)])
  func read(text: String, seconds: Int64) {
    #expect(durationSeconds(text) == seconds)
  }

  @Test(
    "Anything else is none",
    arguments: [
      "", "7", "d", "0d", "-7d", "+7d", "7 d", " 7d", "7d ", "7D", "7w", "7days", "1h30m", "1.5h", "1e3s", "7dd",
      "100000001s", "99999999999999999999d", "٧d", "７d", "7d\u{301}", "0x10s", "7\nd",
    ])
  func rejected(text: String) {
    #expect(durationSeconds(text) == nil)
  }
}
