/// The event names of a simulated log.
enum SimulatedKind: UInt8, CaseIterable {
  case postView, like, comment, share, postCreate, message, pointsRedeem, invite, leave, pushPlanned, pushSent, pushOpen

  /// Whether it is about the content that a push advertises.
  var isAdvertised: Bool { self == .pushSent || self == .pushOpen }
}

/// One event before it has a number and a content.
struct EventDraft {
  /// Microseconds after local midnight; past 24 hours it belongs to a later day.
  var local: Int64
  var member: UInt32
  var kind: SimulatedKind
  var platform: UInt8
  var community: UInt8
  /// Days since the first day, of the push that this event is about.
  var pushDay: Int32 = -1
  /// The arm of that push.
  var arm: UInt8 = 0
}

/// Turns planned visits into events.
struct VisitDrafter {
  /// A visit with more events goes on in another session.
  private static let sessionEventCountMax = 20
  private static let startsWithView = Chance(0.75)
  private static let firstChoice = Chance(0.7)

  private let reader = WeightedChoice([0.66, 0.2, 0.02, 0.05, 0.0, 0.03, 0.03, 0.01])
  private let contributor = WeightedChoice([0.36, 0.16, 0.18, 0.07, 0.08, 0.12, 0.02, 0.01])
  var planner: VisitPlanner
  /// Events owed to the next visit, in 2^40ths: rounding is carried on, so that the total is met.
  private var owed: UInt64 = 0

  init(_ planner: VisitPlanner) { self.planner = planner }

  /// Appends what `plan` makes the member of `index` do.
  mutating func append(_ plan: VisitPlan, of index: Int, on day: Int, to drafts: inout [EventDraft]) {
    let member = planner.members[index]
    let first = drafts.count
    var stream = RandomStream(seed: planner.rhythm.options.seed, .visit, index, day)
    if plan.visitSize > 0 {
      var count = eventCount(plan.visitSize)
      while count > 0 {
        let start = planner.rhythm.visitStart(member, on: day, &stream)
        let size = min(count, Self.sessionEventCountMax)
        session(index, member, size, from: start, &stream, &drafts)
        count -= size
      }
    }
    guard let arm = plan.arm else { return }
    var draft = EventDraft(
      local: 0, member: UInt32(index), kind: .pushPlanned, platform: member.platforms.0,
      community: member.communities.0, pushDay: Int32(day), arm: UInt8(arm))
    drafts.append(draft)
    guard plan.isDelivered else { return }
    draft.local = PushExperiment.sendTime(arm: arm) + PushExperiment.queueDelay(&stream)
    draft.kind = .pushSent
    drafts.append(draft)
    if plan.openSize > 0 {
      draft.local += PushExperiment.reactionDelay(&stream)
      draft.kind = .pushOpen
      drafts.append(draft)
      let count = min(eventCount(plan.openSize), Self.sessionEventCountMax)
      session(index, member, count, from: draft.local + 3_000_000, &stream, &drafts)
      draft.local = drafts[drafts.count - 1].local
    }
    guard plan.leaves else { return }
    draft.local += PushExperiment.reactionDelay(&stream)
    draft.kind = .leave
    let before = drafts[first...].filter { $0.local < draft.local }
    drafts.replaceSubrange(first..., with: before + [draft])
  }

  private mutating func eventCount(_ size: Int) -> Int {
    owed += UInt64(size) * planner.eventsPerSize
    defer { owed &= 0xFFFF_FFFF }
    return 1 + Int(owed >> 32)
  }

  private func session(
    _ index: Int, _ member: SimulatedMember, _ count: Int, from start: Int64,
    _ stream: inout RandomStream, _ drafts: inout [EventDraft]
  ) {
    let platform = stream.hits(Self.firstChoice) ? member.platforms.0 : member.platforms.1
    let community = stream.hits(Self.firstChoice) ? member.communities.0 : member.communities.1
    var local = start
    for place in 0..<count {
      let startsWithView = place == 0 && stream.hits(Self.startsWithView)
      let kind = startsWithView ? 0 : (member.contributes ? contributor : reader).draw(&stream)
      drafts.append(
        EventDraft(
          local: local, member: UInt32(index), kind: SimulatedKind(rawValue: UInt8(kind))!,
          platform: platform, community: community))
      local += 500_000 + stream.waiting(mean: 55_000_000)
    }
  }
}
