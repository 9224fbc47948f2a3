internal import Events
internal import Glibc
internal import Segments

/// What the risk of leaving is foretold from, at the start of a day.
///
/// ```
///      ├── before: 14 days ──┤├── recent: 14 days ──┤ snapshot ├── label: 14 days ──┤
///        active on n of them     active on m of them             churned: on none
/// ```
/// Population: members active in the 28 days before. Members alike in their features stand together as one group, so
/// what is fitted does not depend on the order of members.
struct ChurnInputs {
  static let windowDays = 28
  static let halfDays = 14
  static let labelDays = 14

  /// Features of a member, in days.
  struct Features: Hashable, Comparable {
    /// Since the last active day; 1 is the day before.
    var recency: Int
    var recent: Int
    var before: Int
    /// Since the first active day ever.
    var tenure: Int

    /// As the fit takes them: recency, the trend of frequency, the logarithm of tenure.
    var vector: [Double] { [Double(recency), Double(recent - before), log1p(Double(tenure))] }

    static func < (a: Features, b: Features) -> Bool {
      (a.recency, a.recent, a.before, a.tenure) < (b.recency, b.recent, b.before, b.tenure)
    }
  }

  /// Members alike, and how many of them churned.
  struct Group {
    var features: Features
    var members: Int
    var churned: Int
  }

  /// A day at whose start the future is foretold.
  struct Snapshot {
    var day: CommunityDay
    /// Ascending by features.
    var groups: [Group]

    var members: Int { groups.reduce(0) { $0 + $1.members } }
    var churned: Int { groups.reduce(0) { $0 + $1.churned } }
  }

  let active: ActiveDays
  let firsts: FirstEvents
  private let memberCount: Int

  /// Reads the active days that snapshots of `days` rest on.
  init(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, into answer: inout Answer) throws {
    memberCount = resolved.snapshot.memberCount
    active = try ActiveDays(
      resolved, days: days.lowerBound - Self.windowDays...days.upperBound + Self.labelDays, into: &answer)
    firsts = try FirstEvents(resolved, data: resolved.dataDays ?? days, into: &answer)
  }

  /// The weekly snapshots among `days` whose features and label lie within what is known.
  static func snapshotDays(_ resolved: ResolvedQuestion, _ days: ClosedRange<CommunityDay>) -> [CommunityDay] {
    guard let data = resolved.dataDays else { return [] }
    var snapshots: [CommunityDay] = []
    var day = resolved.calendar.start(of: .week, holding: max(days.lowerBound, data.lowerBound + windowDays) + 6)
    while day <= days.upperBound, resolved.hasEnded(before: day + labelDays) {
      snapshots.append(day)
      day = day + 7
    }
    return snapshots
  }

  /// Each member's features at the start of `day`; nil who was not active in the 28 days before.
  func features(at day: CommunityDay) -> [Features?] {
    let (recent, last) = active.tally(day - Self.halfDays...day - 1, memberCount: memberCount)
    let (before, lastBefore) = active.tally(
      day - Self.windowDays...day - Self.halfDays - 1, memberCount: memberCount)
    return (0..<memberCount).map { member in
      guard recent[member] + before[member] > 0 else { return nil }
      return Features(
        recency: Int(day.number - max(last[member], lastBefore[member])), recent: Int(recent[member]),
        before: Int(before[member]), tenure: Int(day.number - firsts.days[member]))
    }
  }

  /// A snapshot with its label.
  func snapshot(at day: CommunityDay) -> Snapshot {
    let (later, _) = active.tally(day...day + (Self.labelDays - 1), memberCount: memberCount)
    var groups: [Features: Group] = [:]
    for (member, features) in features(at: day).enumerated() {
      guard let features else { continue }
      var group = groups[features] ?? Group(features: features, members: 0, churned: 0)
      group.members += 1
      if later[member] == 0 { group.churned += 1 }
      groups[features] = group
    }
    return Snapshot(day: day, groups: groups.values.sorted { $0.features < $1.features })
  }
}
