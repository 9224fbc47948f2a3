import Events

/// A random community: seeded, small, with ties, midnights, two platforms a day and pushes.
func randomEvents(seed: UInt64, zone: TimeZoneRules, around: CommunityDay) -> [SampleEvent] {
  var state = seed
  func random(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
  return (0..<400).map { _ in
    let start = zone.start(of: around + random(45))
    let ts = random(10) == 0 ? start : start.adding(seconds: Int64(random(25 * 3600)))
    return SampleEvent(
      ts: ts, member: "m\(random(3) == 0 ? random(5) : random(60))",
      event: ["view", "like", "push_sent", "comment"][random(4)],
      platform: [nil, "ios", "web", "Ünï"][random(4)], community: random(2) == 0 ? "c_\(random(3))" : nil)
  }
}
