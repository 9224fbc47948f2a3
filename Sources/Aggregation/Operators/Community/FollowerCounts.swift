internal import Events
internal import Segments

/// How many follow at the start of each day.
///
/// ```
/// opening(d) = count + net of [date, d)        the settings give the followers at the start of one day;
///            = count − net of [d, date)        the log carries them on, and back
/// ```
struct FollowerCounts {
  private let question: FollowersQuestion
  private let resolved: ResolvedQuestion
  /// What each day brought, by its number; nil where the log never holds such events.
  private(set) var joins: [Int32: Int]?
  private(set) var leaves: [Int32: Int]?
  /// By the number of a day that is kept, the days asked for among them; nil where it is not known. Below 0 where the
  /// settings do not fit the log.
  private(set) var openings: [Int32: Int]?

  /// Reads the joins and leaves that match the question's filter.
  init(_ question: FollowersQuestion, _ resolved: ResolvedQuestion, into answer: inout Answer) throws {
    (self.question, self.resolved) = (question, resolved)
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    let events = question.events(resolved.store.settings.community)
    let kept = try KeptEvents(resolved, days: data, names: events.join + events.leave, into: &answer)
    for row in 0..<kept.count {
      if Int(kept.places[row]) < events.join.count {
        joins = joins ?? [:]
        joins![kept.days[row], default: 0] += 1
      } else {
        leaves = leaves ?? [:]
        leaves![kept.days[row], default: 0] += 1
      }
    }
    openings = openings(of: days, data: data)
  }

  private func openings(of days: ClosedRange<CommunityDay>, data: ClosedRange<CommunityDay>) -> [Int32: Int]? {
    guard let anchor = resolved.store.settings.community.followersOpening, !isExpired(anchor), let joins, let leaves
    else { return nil }
    let first = min(days.lowerBound.number, anchor.date.number, data.lowerBound.number)
    let last = max(days.upperBound.number, anchor.date.number)
    var openings: [Int32: Int] = [:]
    var count = 0
    for number in first...last {
      openings[number] = count
      count += joins[number, default: 0] - leaves[number, default: 0]
    }
    let shift = anchor.count - (openings[anchor.date.number] ?? 0)
    let kept = resolved.snapshot.expiredBefore?.number ?? first
    return openings.filter { $0.key >= kept }.mapValues { $0 + shift }
  }

  /// Whether what moved since the anchor is gone.
  private func isExpired(_ anchor: CommunitySettings.FollowersOpening) -> Bool {
    resolved.snapshot.expiredBefore.map { anchor.date < $0 } ?? false
  }

  /// Followers at the start of a day; nil where that is not known, or below 0.
  func followers(on day: Int32) -> Int? { openings?[day].flatMap { $0 < 0 ? nil : $0 } }

  /// Why what is divided by followers has no answer.
  /// - Parameters:
  ///   - figure: what is not given then, in words.
  ///   - hasFlags: whether the question asked has flags for the names of joins and leaves.
  func notes(without figure: String, hasFlags: Bool) -> [String] {
    let events = question.events(resolved.store.settings.community)
    var notes: [String] = []
    func missing(_ word: String, _ names: [String]) -> String {
      "No \(word)s are known: the store holds no event called \(names.joined(separator: ", ")). "
        + "Name yours with \(hasFlags ? "--\(word), or " : "")\(word)-events in muster.yaml."
    }
    if joins == nil { notes.append(missing("join", events.join)) }
    if leaves == nil { notes.append(missing("leave", events.leave)) }
    let anchor = resolved.store.settings.community.followersOpening
    if anchor == nil {
      notes.append("No \(figure): muster.yaml does not say how many followed on a day (followers-opening).")
    }
    if let anchor, let kept = resolved.snapshot.expiredBefore, isExpired(anchor) {
      notes.append(
        "No \(figure): followers-opening is of \(anchor.date), and who joined and left before \(kept) has expired. "
          + "Say in muster.yaml how many followed at the start of a day that is kept.")
    }
    let days = resolved.days
    let below = openings?.filter { $0.value < 0 && days?.contains(CommunityDay($0.key)) == true }.keys.min()
    if let below {
      notes.append(
        "No \(figure) where followers fall below 0, first on \(CommunityDay(below)): followers-opening does not fit "
          + "the log.")
    }
    return notes
  }
}
