import Aggregation
import Events
import Segments
import TestSupport

/// A store in a folder that stays as long as this does.
struct StoredUnits {
  private let workspace: TemporaryWorkspace
  let engine: Engine

  init(_ workspace: TemporaryWorkspace) throws {
    self.workspace = workspace
    engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
  }
}

/// An event of a community in which pushes are planned, sent and tapped.
struct UnitEvent: Sendable {
  var ts: Timestamp
  var member: String
  var name: String
  var push: String?
  var arm: String?
  var community: String?
  var platform: String?
  /// JSON values by property.
  var properties: [String: String] = [:]

  var line: String {
    var fields = ["\"ts\":\"\(ts)\"", "\"user_id\":\"\(member)\"", "\"event\":\"\(name)\""]
    if let community { fields.append("\"community_id\":\"\(community)\"") }
    if let platform { fields.append("\"platform\":\"\(platform)\"") }
    var inner = properties.map { "\"\($0.key)\":\($0.value)" }.sorted()
    if let push { inner.append("\"push_id\":\"\(push)\"") }
    if let arm { inner.append("\"arm\":\"\(arm)\"") }
    if !inner.isEmpty { fields.append("\"properties\":{\(inner.joined(separator: ","))}") }
    return "{" + fields.joined(separator: ",") + "}"
  }

  /// What a workspace of such events declares.
  static func settings(_ zone: String) -> String {
    "time-zone: \(zone)\ndimensions: [community, platform, push, arm]\npassive-events: [push_sent, push_planned]\n"
  }

  /// A seeded community: plans repeated and changed, sends early, late, again and without a plan, taps of other
  /// pushes, ties of instants, midnights, numbers that are none.
  static func random(seed: UInt64, zone: TimeZoneRules, from first: CommunityDay, dayCount: Int) -> [UnitEvent] {
    var numbers = SeededNumbers(seed: seed)
    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }
    func pick<Value>(_ values: [Value]) -> Value { values[random(values.count)] }
    var events: [UnitEvent] = []
    for _ in 0..<1200 {
      let (member, day) = (random(45), random(dayCount))
      let start = zone.start(of: first + day)
      let ts = random(6) == 0 ? start : start.adding(seconds: Int64(random(25 * 60)) * 60)
      var event = UnitEvent(ts: ts, member: "m\(member)", name: pick(["view", "view", "like", "share", "push_open"]))
      event.community = pick([nil, "c1", "c2", "c3", "c4"])
      event.platform = pick([nil, "ios", "web"])
      if event.name == "push_open" { event.push = random(9) == 0 ? nil : "p\(day)" }
      if event.name == "share" || event.name == "push_open" {
        event.properties["amount"] = pick(["1", "0.1", "2.5", "-3", "\"many\"", "1e3", "1e300", "null"])
      }
      events.append(event)
    }
    for day in 4..<dayCount - 3 {
      for member in 0..<45 where random(4) > 0 {
        events += sends(zone.start(of: first + day), member: member, push: "p\(day)", random: random)
      }
    }
    return events
  }

  /// The plan, the send and the tap of one push to one member.
  private static func sends(_ start: Timestamp, member: Int, push: String, random: (Int) -> Int) -> [UnitEvent] {
    // Most keep their arm; a few of one community change it, and one arm is not of the experiment.
    let isUnsteady = member % 6 == 0
    var arm: String? = ["a", "b", "none"][member % 3]
    if isUnsteady { arm = ["a", "a", "a", "a", "a", "b", "z", nil][random(8)] }
    var plan = UnitEvent(ts: start, member: "m\(member)", name: "push_planned", push: push, arm: arm)
    plan.community = ["c1", "c2", "c3"][member % 3]
    if random(30) == 0 { plan.community = nil }
    plan.platform = [nil, "ios", "web"][random(3)]
    if random(5) > 0 { plan.properties["propensity"] = ["0.25", "0.5", "1", "0", "1.5", "\"half\""][random(6)] }
    if random(5) > 0 { plan.properties["plan"] = ["\"1\"", "\"2\"", "3"][random(3)] }
    if random(25) == 0 { plan.push = nil }
    var events = [plan]
    if random(15) == 0 {
      plan.ts = start.adding(seconds: Int64(random(3)) * 40_000)
      if isUnsteady, random(2) == 0 { plan.arm = "b" }
      plan.platform = "web"
      events.append(plan)
    }
    for _ in 0..<[0, 1, 1, 1, 2][random(5)] {
      let sent = start.adding(seconds: Int64(random(30) - 2) * 3600)
      let own = random(20) == 0 ? "q\(random(3))" : push
      events.append(UnitEvent(ts: sent, member: "m\(member)", name: "push_sent", push: own, arm: arm))
      if random(2) == 0 {
        let tap = sent.adding(seconds: Int64(random(40) - 4) * 3600)
        events.append(
          UnitEvent(ts: tap, member: "m\(member)", name: "push_open", push: push, community: plan.community))
      }
    }
    return events
  }
}
