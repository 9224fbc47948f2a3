/// Plain logs for tests: small, seeded, of the past.
package enum BinaryLog {
  /// A line of the plain log.
  package static func line(
    _ id: String, _ ts: String, _ member: String, _ event: String = "visit", platform: String = "web"
  ) -> String {
    #"{"event_id":"\#(id)","ts":"\#(ts)","user_id":"\#(member)","event":"\#(event)","platform":"\#(platform)"}"# + "\n"
  }

  /// `count` lines of the twelve days from 2025-03-03 on, in no order, of `memberCount` members.
  package static func lines(_ count: Int, members memberCount: Int = 40, seed: UInt64 = 1) -> String {
    var random = BinaryRandom(seed: seed)
    var text = ""
    for number in 0..<count {
      let (day, hour) = (3 + random.below(12), random.below(24))
      let (minute, second) = (random.below(60), random.below(60))
      let instant = "2025-03-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))Z"
      let event = ["visit", "post_view", "comment", "push_sent"][random.below(4)]
      let platform = ["ios", "web", "wechat"][random.below(3)]
      text += #"{"event_id":"e\#(seed)-\#(number)","ts":"\#(instant)","user_id":"m\#(random.below(memberCount))","#
      text += #""event":"\#(event)","platform":"\#(platform)","community_id":"c\#(random.below(3))","#
      text += #""properties":{"n":\#(random.below(10))}}"# + "\n"
    }
    return text
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// SplitMix64: the same seed gives the same numbers everywhere.
package struct BinaryRandom {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 to `bound - 1`.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
