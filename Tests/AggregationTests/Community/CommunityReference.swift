import Aggregation
import Events

/// The slow, obvious engine for followers, health and members: names, sets and loops, straight from the definitions.
struct CommunityReference {
  let events: [CommunityEvent]
  let zone: TimeZoneRules
  let asOf: Timestamp
  let days: ClosedRange<CommunityDay>

  static let day: Int64 = 86_400_000_000

  init(_ events: [CommunityEvent], _ zone: TimeZoneRules, asOf: Timestamp, days: ClosedRange<CommunityDay>) {
    self.events = events.filter { $0.ts < asOf }
    (self.zone, self.asOf, self.days) = (zone, asOf, days)
  }

  var active: [CommunityEvent] { events.filter { $0.event != "push_sent" } }

  func day(_ event: CommunityEvent) -> CommunityDay { zone.day(of: event.ts) }
  func hasEnded(_ day: CommunityDay) -> Bool { zone.start(of: day + 1) <= asOf }
  func hasBegun(_ day: CommunityDay) -> Bool { zone.start(of: day) < asOf }

  func named(_ name: String, _ days: ClosedRange<CommunityDay>) -> Int {
    events.filter { $0.event == name && days.contains(day($0)) }.count
  }

  /// Rows of `followers` by day.
  func growth(anchor: CommunityDay, count: Int) -> [[Cell]] {
    func opening(_ day: CommunityDay) -> Int {
      if day == anchor { return count }
      let between = day > anchor ? anchor...day - 1 : day...anchor - 1
      let net = named("join", between) - named("leave", between)
      return day > anchor ? count + net : count - net
    }
    let all = days.lowerBound.number...days.upperBound.number
    let rows = all.map { number -> [Cell] in
      let day = CommunityDay(number)
      guard hasBegun(day) else { return [.day(day), .null, .null, .null, .null, .null, .bool(false)] }
      let (joins, leaves) = (named("join", day...day), named("leave", day...day))
      let rate = opening(day) > 0 ? Cell.float(Double(leaves) / Double(opening(day))) : .null
      return [
        .day(day), .int(joins), .int(leaves), .int(joins - leaves), .int(opening(day)), rate, .bool(hasEnded(day)),
      ]
    }
    let ended = all.map { CommunityDay($0) }.filter(hasEnded)
    guard let last = ended.last else { return rows }
    let range = days.lowerBound...last
    let openings = ended.map(opening)
    let (joins, leaves) = (named("join", range), named("leave", range))
    let rate =
      openings.allSatisfy { $0 >= 0 } && openings.reduce(0, +) > 0
      ? Cell.float(Double(leaves) / Double(openings.reduce(0, +))) : .null
    return [
      [.null, .int(joins), .int(leaves), .int(joins - leaves), .int(opening(days.lowerBound)), rate, .bool(true)]
    ]
      + rows
  }

  struct Credit: Hashable {
    var inviter: String
    var instant: Timestamp
    var link: String?
  }

  /// Each first join that came of an invite, and the invite.
  var credits: [(join: CommunityEvent, credit: Credit)] {
    let joins = events.filter { $0.event == "join" }
    return Set(joins.map(\.member)).sorted().compactMap { member in
      let first = joins.filter { $0.member == member }.min {
        ($0.ts, $0.link ?? "~") < ($1.ts, $1.link ?? "~")
      }
      guard let first, let link = first.link else { return nil }
      let invites = events.filter { invite in
        invite.event == "invite" && invite.link == link && invite.member != member && invite.ts <= first.ts
          && first.ts.microseconds - invite.ts.microseconds < 7 * Self.day
      }
      guard let latest = invites.map(\.ts).max() else { return nil }
      let senders = Set(invites.filter { $0.ts == latest }.map(\.member))
      return senders.count == 1 ? (first, Credit(inviter: senders.first!, instant: latest, link: link)) : nil
    }
  }

  /// invites, matured, inviters, converted, joined of the range.
  var referral: [Cell] {
    let invites = events.filter { $0.event == "invite" && days.contains(day($0)) }
    let matured = invites.filter { $0.ts.microseconds + 7 * Self.day <= asOf.microseconds }
    let groups = Dictionary(grouping: matured) { Credit(inviter: $0.member, instant: $0.ts, link: $0.link) }
    let joined = groups.mapValues { _ in 0 }.merging(credits.map { ($0.credit, 1) }) { $0 + $1 }
    let converted = groups.reduce(0) { $0 + min($1.value.count, joined[$1.key] ?? 0) }
    return [
      .int(invites.count), .int(matured.count), .int(Set(matured.map(\.member)).count), .int(converted),
      .int(groups.keys.reduce(0) { $0 + (joined[$1] ?? 0) }),
    ]
  }

  /// Rows of the tree.
  var tree: [[Cell]] {
    let asked = credits.filter { days.contains(day($0.join)) }
    func depth(_ credit: (join: CommunityEvent, credit: Credit)) -> Int {
      let above = asked.first { $0.join.member == credit.credit.inviter && $0.join.ts < credit.join.ts }
      return 1 + (above.map(depth) ?? 0)
    }
    let joiners = Set(asked.map(\.join.member))
    let roots = Set(asked.map(\.credit.inviter)).subtracting(joiners).count
    var counts = roots > 0 ? [0: roots] : [:]
    for credit in asked { counts[depth(credit), default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { [.int($0.key), .int($0.value)] }
  }

  /// Rows of `health --view response --inputs --every range`.
  var waits: [[Cell]] {
    var counts: [Int64: [Bool: Int]] = [:]
    for topic in Set(events.compactMap(\.topic)) {
      let mine = events.filter { $0.topic == topic }
      guard let opened = mine.filter({ $0.event == "post_create" }).map(\.ts).min() else { continue }
      let openers = Set(mine.filter { $0.event == "post_create" && $0.ts == opened }.map(\.member))
      guard days.contains(zone.day(of: opened)) else { continue }
      let answer = mine.filter { $0.event == "comment" && $0.ts >= opened && openers != [$0.member] }.map(\.ts).min()
      let wait = (answer ?? asOf).microseconds - opened.microseconds
      counts[wait, default: [:]][answer != nil, default: 0] += 1
    }
    return [true, false].flatMap { isAnswered in
      counts.filter { $0.value[isAnswered] != nil }.sorted { $0.key < $1.key }.map {
        [.day(days.lowerBound), .int(Int($0.key)), .bool(isAnswered), .int($0.value[isAnswered]!)]
      }
    }
  }

  /// newcomers, matured, retained of each group over the range.
  var newcomers: [[Cell]] {
    struct Start {
      var member: String
      var ts: Timestamp
      var group: Int
    }
    var starts: [Start] = []
    for member in Set(active.map(\.member)) {
      starts.append(Start(member: member, ts: active.filter { $0.member == member }.map(\.ts).min()!, group: 0))
      let posts = events.filter { $0.member == member && $0.event == "post_create" && $0.topic != nil }
      guard let post = posts.min(by: { ($0.ts, $0.topic!) < ($1.ts, $1.topic!) }) else { continue }
      let isAnswered = events.contains {
        $0.event == "comment" && $0.topic == post.topic && $0.member != member
          && (0..<Self.day).contains($0.ts.microseconds - post.ts.microseconds)
      }
      starts.append(Start(member: member, ts: post.ts, group: isAnswered ? 1 : 2))
    }
    return (0..<3).map { group in
      let mine = starts.filter { $0.group == group && days.contains(zone.day(of: $0.ts)) }
      let matured = mine.filter { $0.ts.microseconds + 28 * Self.day <= asOf.microseconds }
      let retained = matured.filter { start in
        active.contains {
          $0.member == start.member
            && (Self.day..<28 * Self.day).contains($0.ts.microseconds - start.ts.microseconds)
        }
      }
      return [.int(mine.count), .int(matured.count), .int(retained.count)]
    }
  }
}
