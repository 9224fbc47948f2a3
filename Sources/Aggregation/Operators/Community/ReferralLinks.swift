internal import Columns
internal import Events

/// Invites, and the joins that came of them.
///
/// A join is the member's first; it is credited to the latest invite by somebody else that carries the same link,
/// where it follows within the window. Where two members sent such an invite at that very instant it is credited to
/// neither: no answer depends on the order of arrival.
struct ReferralLinks {
  /// Invites of one member at one instant with one link.
  struct Invite: Hashable {
    var member: Int32
    var instant: Int64
    /// A code of a text; `TextColumn.null` where the event has none.
    var link: UInt32
  }

  /// What became of an invite.
  struct Outcome {
    var day: Int32
    var count = 0
    var joined = 0
    /// Invites that brought somebody: not more than there were.
    var converted: Int { min(count, joined) }
  }

  /// A join and the member who asked for it.
  struct Link {
    var joiner: Int32
    var inviter: Int32
    var instant: Int64
    var day: Int32
  }

  private struct Join {
    var instant: Int64
    var day: Int32
    var link: UInt32
  }

  private(set) var invites: [Invite: Outcome] = [:]
  /// In no order.
  private(set) var links: [Link] = []
  /// Whether any join carries a link, so that conversions can be known.
  private(set) var isLinked = false

  /// - Parameter inviteNames: how many of the kept events' names, the first ones, are invites; the others are joins.
  init(_ kept: KeptEvents, inviteNames: Int) {
    var joins: [Int32: Join] = [:]
    for row in 0..<kept.count {
      let code = kept.texts.codes[row]
      if Int(kept.places[row]) < inviteNames {
        let invite = Invite(member: kept.members[row], instant: kept.instants[row], link: code)
        invites[invite, default: Outcome(day: kept.days[row])].count += 1
      } else {
        if code != TextColumn.null { isLinked = true }
        let join = Join(instant: kept.instants[row], day: kept.days[row], link: code)
        let old = joins[kept.members[row]]
        joins[kept.members[row]] = old.map { Self.earlier($0, join, kept.texts.values) } ?? join
      }
    }
    let byLink = Dictionary(grouping: invites.keys.filter { $0.link != TextColumn.null }, by: \.link)
      .mapValues { $0.sorted { $0.instant < $1.instant } }
    for (member, join) in joins where join.link != TextColumn.null {
      guard let invite = Self.credited(join, of: member, among: byLink[join.link] ?? []) else { continue }
      invites[invite]?.joined += 1
      links.append(Link(joiner: member, inviter: invite.member, instant: join.instant, day: join.day))
    }
  }

  /// The earlier join; of one instant the one with the lesser link, none being greatest.
  private static func earlier(_ a: Join, _ b: Join, _ texts: StringTable) -> Join {
    if a.instant != b.instant { return a.instant < b.instant ? a : b }
    if a.link == TextColumn.null || b.link == TextColumn.null { return a.link == TextColumn.null ? b : a }
    return texts.string(a.link).utf8.lexicographicallyPrecedes(texts.string(b.link).utf8) ? a : b
  }

  /// The latest of `invites`, which ascend by instant, that a join can be credited to.
  private static func credited(_ join: Join, of member: Int32, among invites: [Invite]) -> Invite? {
    var latest: Invite?
    for invite in invites[..<firstPlace(in: invites) { $0.instant > join.instant }].reversed() {
      if join.instant >= invite.instant + FollowersQuestion.windowMicroseconds { break }
      if let latest, invite.instant < latest.instant { break }
      if invite.member == member { continue }
      if latest != nil { return nil }
      latest = invite
    }
    return latest
  }

  /// How deep each joiner of `links` stands: one below its inviter where that one came by a link before it.
  static func depths(of links: [Link]) -> [Int32: Int] {
    var depths: [Int32: (depth: Int, instant: Int64)] = [:]
    for link in links.sorted(by: { $0.instant < $1.instant }) {
      // Joins of one instant do not stand under each other, so their order is all the same.
      let above = depths[link.inviter].map { $0.instant < link.instant ? $0.depth : 0 } ?? 0
      depths[link.joiner] = (above + 1, link.instant)
    }
    return depths.mapValues(\.depth)
  }
}
