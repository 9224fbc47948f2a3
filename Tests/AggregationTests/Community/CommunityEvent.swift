import Events
import TestSupport

/// An event of a community in which members invite, join, leave, ask and answer.
struct CommunityEvent: Sendable {
  var ts: Timestamp
  var member: String
  var event: String
  var topic: String?
  var link: String?

  var line: String {
    var line = "{\"ts\":\"\(ts)\",\"user_id\":\"\(member)\",\"event\":\"\(event)\""
    if let topic { line += ",\"content_id\":\"\(topic)\"" }
    if let link { line += ",\"properties\":{\"invite_id\":\"\(link)\"}" }
    return line + "}"
  }

  /// A seeded community: ties of instants, midnights, links that several use, members who come for a while.
  static func random(seed: UInt64, zone: TimeZoneRules, from first: CommunityDay, dayCount: Int) -> [CommunityEvent] {
    var numbers = SeededNumbers(seed: seed)
    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }
    let kinds = [
      "view", "view", "like", "post_create", "post_create", "comment", "comment", "comment", "invite", "join", "leave",
      "push_sent",
    ]
    return (0..<900).map { _ in
      let member = random(2) == 0 ? random(8) : random(40)
      let day = random(member % 3 == 0 ? dayCount : 1 + member * 5 % dayCount)
      let start = zone.start(of: first + day)
      let ts = random(8) == 0 ? start : start.adding(seconds: Int64(random(24) * 3600))
      let event = kinds[random(kinds.count)]
      let hasTopic = ["post_create", "comment"].contains(event) && random(10) > 0
      let hasLink = ["invite", "join"].contains(event) && random(4) > 0
      return CommunityEvent(
        ts: ts, member: "m\(member)", event: event, topic: hasTopic ? "t\(day / 3 * 4 + random(4))" : nil,
        link: hasLink ? "c\(day / 5 * 2 + random(2))" : nil)
    }
  }
}
