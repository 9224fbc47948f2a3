internal import Events
internal import Segments

/// Answers what invites brought: by interval, by depth of the tree, by inviter.
struct ReferralRun: QuestionPlan {
  let question: FollowersQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    let events = question.events(resolved.store.settings.community)
    let kept = try KeptEvents(
      resolved, days: data, names: events.invite + events.join, text: .property(events.link), into: &answer)
    let links = ReferralLinks(kept, inviteNames: events.invite.count)
    switch question.view {
    case .growth, .referral: answer.rows = periods(links, days)
    case .tree: answer.rows = tree(links, days)
    case .inviters: answer.rows = try inviters(links, days)
    }
    if !links.isLinked {
      answer.notes.append(
        "Nothing is known of conversions: no \(events.join.joined(separator: ", ")) event has "
          + "properties.\(events.link), by which a join is told to come of an invite. Name yours with --link, or "
          + "invite-link in muster.yaml.")
    }
    let isAnyOpen = links.invites.contains { days.contains(CommunityDay($0.value.day)) && !isMature($0.key) }
    if isAnyOpen, question.view != .tree {
      answer.notes.append(
        "Invites whose \(FollowersQuestion.windowDays) days are not over have not matured and convert nobody yet.")
    }
    if question.view == .referral {
      answer.notes.append("The line without a period is the range.")
      if let note = resolved.partialNote(question.granularity) { answer.notes.append(note) }
    }
  }

  private var columns: [AnswerColumn] {
    func ints(_ names: String...) -> [AnswerColumn] { names.map { AnswerColumn($0, .int) } }
    switch question.view {
    case .growth, .referral:
      return [AnswerColumn("period", .date)] + ints("invites", "matured", "inviters", "converted", "joined")
        + ["per_inviter", "rate", "k"].map { AnswerColumn($0, .float) } + [AnswerColumn("complete", .bool)]
    case .tree: return ints("depth", "members")
    case .inviters:
      let ids = question.showsIDs ? [AnswerColumn("member", .string)] : []
      return ints("rank") + ids + ints("invites", "converted", "joined")
    }
  }

  private func isMature(_ invite: ReferralLinks.Invite) -> Bool {
    invite.instant + FollowersQuestion.windowMicroseconds <= resolved.asOf.microseconds
  }

  // MARK: Intervals

  private struct Tally {
    var invites = 0
    var matured = 0
    var inviters: Set<Int32> = []
    var converted = 0
    var joined = 0
  }

  private func periods(_ links: ReferralLinks, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    let starts = resolved.periods(question.granularity)
    var tallies = [Tally](repeating: Tally(), count: starts.count)
    var range = Tally()
    for (invite, outcome) in links.invites where days.contains(CommunityDay(outcome.day)) {
      let start = resolved.calendar.start(of: question.granularity, holding: CommunityDay(outcome.day))
      add(invite, outcome, to: &tallies[resolved.calendar.distance(from: starts[0], to: start, question.granularity)])
      add(invite, outcome, to: &range)
    }
    let rows = zip(starts, tallies).map { start, tally in
      let end = resolved.calendar.start(start, advancedBy: 1, question.granularity)
      return row(start, tally, links, hasBegun: resolved.hasBegun(start), isComplete: areMature(before: end))
    }
    return [row(nil, range, links, hasBegun: true, isComplete: areMature(before: days.upperBound + 1))] + rows
  }

  /// Whether every invite of the days before `day` has matured.
  private func areMature(before day: CommunityDay) -> Bool {
    resolved.zone.start(of: day).microseconds + FollowersQuestion.windowMicroseconds <= resolved.asOf.microseconds
  }

  private func add(_ invite: ReferralLinks.Invite, _ outcome: ReferralLinks.Outcome, to tally: inout Tally) {
    tally.invites += outcome.count
    guard isMature(invite) else { return }
    tally.matured += outcome.count
    tally.inviters.insert(invite.member)
    tally.converted += outcome.converted
    tally.joined += outcome.joined
  }

  private func row(
    _ start: CommunityDay?, _ tally: Tally, _ links: ReferralLinks, hasBegun: Bool, isComplete: Bool
  ) -> [Cell] {
    let label = start.map(Cell.day) ?? .null
    guard hasBegun else { return [label] + [Cell](repeating: .null, count: 8) + [.bool(isComplete)] }
    func known(_ cell: Cell) -> Cell { links.isLinked ? cell : .null }
    return [
      label, .int(tally.invites), .int(tally.matured), .int(tally.inviters.count), known(.int(tally.converted)),
      known(.int(tally.joined)), .ratio(tally.matured, of: tally.inviters.count),
      known(.ratio(tally.converted, of: tally.matured)), known(.ratio(tally.converted, of: tally.inviters.count)),
      .bool(isComplete),
    ]
  }

  // MARK: Tree and inviters

  /// The tree of the joins of `days`.
  private func tree(_ links: ReferralLinks, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    let asked = links.links.filter { days.contains(CommunityDay($0.day)) }
    let depths = ReferralLinks.depths(of: asked)
    let roots = Set(asked.map(\.inviter)).filter { depths[$0] == nil }
    var members = roots.isEmpty ? [:] : [0: roots.count]
    for depth in depths.values { members[depth, default: 0] += 1 }
    return members.sorted { $0.key < $1.key }.map { [.int($0.key), .int($0.value)] }
  }

  private func inviters(_ links: ReferralLinks, _ days: ClosedRange<CommunityDay>) throws -> [[Cell]] {
    struct Inviter {
      var member: Int32
      var invites = 0
      var converted = 0
      var joined = 0
      var first = Int64.max
    }
    var byMember: [Int32: Inviter] = [:]
    for (invite, outcome) in links.invites where days.contains(CommunityDay(outcome.day)) && isMature(invite) {
      var inviter = byMember[invite.member] ?? Inviter(member: invite.member)
      inviter.invites += outcome.count
      inviter.converted += outcome.converted
      inviter.joined += outcome.joined
      inviter.first = min(inviter.first, invite.instant)
      byMember[invite.member] = inviter
    }
    let ids = try MemberIdentities(resolved, isNeeded: question.showsIDs)
    let ordered = byMember.values.sorted { a, b in
      if a.converted != b.converted { return a.converted > b.converted }
      if a.joined != b.joined { return a.joined > b.joined }
      if a.invites != b.invites { return a.invites > b.invites }
      if a.first != b.first { return a.first < b.first }
      return ids.precedes(a.member, b.member)
    }
    return ordered.prefix(question.top).enumerated().map { place, inviter in
      let id: [Cell] = question.showsIDs ? [.text(ids.id(of: inviter.member))] : []
      return [.int(place + 1)] + id + [
        .int(inviter.invites), links.isLinked ? .int(inviter.converted) : .null,
        links.isLinked ? .int(inviter.joined) : .null,
      ]
    }
  }
}
