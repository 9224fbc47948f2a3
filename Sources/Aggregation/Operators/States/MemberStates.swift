internal import Events
internal import Segments

/// What is known of each member at the end of a day: lifecycle, value, risk.
struct MemberStates {
  /// Where a member stands, by two windows of 28 days.
  enum Lifecycle: String, CaseIterable { case new, returning, resurrected, dormant, lost }

  /// How likely a member is to be gone: from one half on, from one fifth on, below.
  enum Risk: String, CaseIterable {
    case high, medium, low

    init(_ probability: Double) { self = probability >= 0.5 ? .high : probability >= 0.2 ? .medium : .low }
  }

  struct State {
    var member: Int32
    var lifecycle: Lifecycle
    var lastActive: CommunityDay
    var value: (band: MemberValue.Band, score: Double)?
    var probability: Double?
  }

  /// Members with activity until the day, by key.
  private(set) var states: [State] = []
  private(set) var notes: [String] = []

  private let question: MembersQuestion
  private let resolved: ResolvedQuestion
  private let day: CommunityDay
  private let data: ClosedRange<CommunityDay>

  init(
    _ question: MembersQuestion, _ resolved: ResolvedQuestion, on day: CommunityDay, data: ClosedRange<CommunityDay>,
    into answer: inout Answer
  ) throws {
    (self.question, self.resolved, self.day, self.data) = (question, resolved, day, data)
    let count = resolved.snapshot.memberCount
    let needsLast = question.showsIDs
    let reach = needsLast ? data.lowerBound : day - (MembersQuestion.valueDays - 1)
    let active = try ActiveDays(resolved, days: min(reach, day)...day, into: &answer)
    let firsts = try FirstEvents(resolved, data: data, into: &answer)
    let window = MembersQuestion.windowDays
    let now = active.tally(day - (window - 1)...day, memberCount: count)
    let before = active.tally(day - (2 * window - 1)...day - window, memberCount: count)
    let last = needsLast ? active.tally(min(data.lowerBound, day)...day, memberCount: count).last : now.last
    for member in 0..<count where firsts.instants[member] < .max && firsts.days[member] <= day.number {
      let (isActive, wasActive) = (now.counts[member] > 0, before.counts[member] > 0)
      let isNew = firsts.days[member] > (day - window).number
      let lifecycle: Lifecycle =
        isNew ? .new : isActive ? (wasActive ? .returning : .resurrected) : wasActive ? .dormant : .lost
      states.append(
        State(member: Int32(member), lifecycle: lifecycle, lastActive: CommunityDay(last[member])))
    }
    if question.showsIDs || question.segments.contains(.value) { try addValue(active, into: &answer) }
    if question.showsIDs || question.segments.contains(.risk) { try addRisk(into: &answer) }
    if data.lowerBound > day - (2 * window - 1) {
      notes.append("No history before \(data.lowerBound): members who came earlier count as new or not at all.")
    }
  }

  private mutating func addValue(_ active: ActiveDays, into answer: inout Answer) throws {
    let settings = resolved.store.settings.community
    let span = day - (MembersQuestion.valueDays - 1)...day
    let (frequency, last) = active.tally(span, memberCount: resolved.snapshot.memberCount)
    var contributions = [Int](repeating: 0, count: frequency.count)
    let scan = try EventScan(resolved, days: span, events: .named(settings.contributionEvents))
    for part in try scan.fold(
      contributions, into: &answer,
      { counts, block in
        for run in block.runs { block.forEachRow(of: run) { counts[Int(block.members[$0])] += 1 } }
      })
    {
      for member in contributions.indices { contributions[member] += part[member] }
    }
    let kept = try KeptEvents(
      resolved, days: data, names: settings.inviteEvents + settings.joinEvents, text: .property(settings.inviteLink),
      into: &answer)
    var referrals = [Int](repeating: 0, count: frequency.count)
    for link in ReferralLinks(kept, inviteNames: settings.inviteEvents.count).links {
      if span.contains(CommunityDay(link.day)) { referrals[Int(link.inviter)] += 1 }
    }
    let places = states.indices.filter { frequency[Int(states[$0].member)] > 0 }
    func measure(_ value: (Int) -> Int) -> [Int] { places.map { value(Int(states[$0].member)) } }
    let value = MemberValue(
      [
        measure { Int(last[$0]) }, measure { Int(frequency[$0]) }, measure { contributions[$0] },
        measure { referrals[$0] },
      ], weights: settings.valueWeights.list)
    for (place, state) in places.enumerated() { states[state].value = (value.band(place), value.score(place)) }
    let names = ["recency", "frequency", "contribution", "referral"]
    if !referrals.contains(where: { $0 > 0 }), settings.valueWeights.referral > 0 {
      notes.append("Nobody came by an invite: referral is the same for all and moves nobody.")
    }
    let terms = zip(names, settings.valueWeights.list).map { "\($1)·\($0)" }.joined(separator: " + ")
    notes.append(
      "Value = (\(terms)) / \(settings.valueWeights.list.reduce(0, +)), each a mid-rank percentile of 0 to 100 among "
        + "members active in \(MembersQuestion.valueDays) days: last active day, active days, "
        + "contributions, joins by invite. top from 75 on, upper 50, lower 25, bottom.")
  }

  private mutating func addRisk(into answer: inout Answer) throws {
    let inputs = try ChurnInputs(resolved, days: min(data.lowerBound, day)...day + 1, into: &answer)
    // Labels have closed by the end of the day: what came later was not known then.
    let last = day + 1 - ChurnInputs.labelDays
    let snapshots =
      last < data.lowerBound
      ? [] : ChurnInputs.snapshotDays(resolved, data.lowerBound...last).map { inputs.snapshot(at: $0) }
    let model = ChurnModel(snapshots)
    notes += [model.reason, model.formula].compactMap(\.self)
    guard let fit = model.fit else { return }
    let features = inputs.features(at: day + 1)
    for place in states.indices {
      states[place].probability = features[Int(states[place].member)].map { fit.risk($0.vector) }
    }
    notes.append(
      "Risk: of no activity in the next 14 days, of members active in the last 28. high from 0.5 on, medium 0.2, low. "
        + "How good it is: `muster query health --view churn`.")
  }
}
