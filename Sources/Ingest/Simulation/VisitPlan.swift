internal import Columns
internal import Events

/// What one member does on one day, before it is known how many events that makes.
struct VisitPlan {
  /// Size of the visit in 256ths, 0 where there is none.
  var visitSize = 0
  /// The arm into which the member is drawn, nil where no push is planned.
  var arm: Int?
  var isDelivered = false
  /// Size of the visit that the opened push brings, 0 where it is not opened.
  var openSize = 0
  /// Whether the member leaves after the push, for good.
  var leaves = false
}

/// Decides who visits, who gets a push, who opens it and who leaves: a pure function of seed, member and day, but
/// that nothing follows once a member has left.
///
/// It is asked twice, day by day. The first round adds up what there will be, so that the second one can give each
/// visit its share of the events asked for.
struct VisitPlanner {
  let rhythm: CommunityRhythm
  let experiment: PushExperiment
  let members: [SimulatedMember]
  /// Who has left until now.
  private var gone: Bitmap
  /// Thins out returns and pushes where the events asked for are too few for them.
  private(set) var keep = Chance.always
  /// Events of a visit beyond its first, for each 256th of its size, in 2^32ths.
  private(set) var eventsPerSize: UInt64 = 0

  init(_ rhythm: CommunityRhythm) {
    self.rhythm = rhythm
    experiment = PushExperiment(rhythm.options)
    gone = Bitmap(capacity: rhythm.options.memberCount)
    let traits = MemberTraits()
    let seed = rhythm.options.seed
    members = rhythm.joinDays().enumerated().map { traits.member($0.offset, joinDay: $0.element, seed: seed) }
    let target = rhythm.options.eventCount
    var totals = measure()
    if totals.leastEvents * 100 > target * 85 {
      let room = Double(target) * 0.75 - Double(totals.joins)
      keep = Chance(room / Double(max(1, totals.leastEvents - totals.joins)))
      totals = measure()
    }
    let spare = Double(max(0, target - totals.leastEvents))
    eventsPerSize = UInt64(spare / Double(max(1, totals.size)) * 0x1p32)
  }

  /// - Parameter send: the plan by which pushes are sent on `day`, nil where none are.
  mutating func plan(_ index: Int, on day: Int, send: Int?) -> VisitPlan {
    if gone.contains(UInt32(index)) { return VisitPlan() }
    let member = members[index]
    var stream = RandomStream(seed: rhythm.options.seed, .plan, index, day)
    var plan = VisitPlan()
    let chance = rhythm.visitChance(member, on: day)
    if stream.hits(chance == .always ? chance : chance * keep) {
      plan.visitSize = size(member, &stream)
    }
    guard let send, PushExperiment.reaches(member, on: day), stream.hits(keep) else { return plan }
    let arm = experiment.arm(of: index, on: day, plan: send)
    plan.arm = arm
    guard arm != PushExperiment.holdout, stream.hits(PushExperiment.delivery) else { return plan }
    plan.isDelivered = true
    plan.leaves = stream.hits(PushExperiment.leaveChance(arm: arm))
    if stream.hits(experiment.openChance(member, arm: arm, on: day)) {
      plan.openSize = max(1, size(member, &stream) / 2)
    }
    if plan.leaves { gone.insert(UInt32(index)) }
    return plan
  }

  private func size(_ member: SimulatedMember, _ stream: inout RandomStream) -> Int {
    max(1, Int(stream.waiting(mean: Int64(member.appetite))))
  }

  /// What all plans add up to; a visit has one event at least, a planned push, a delivery, an open and a leave one each.
  private mutating func measure() -> (joins: Int, leastEvents: Int, size: Int) {
    defer { gone = Bitmap(capacity: members.count) }
    var sum = (joins: members.count - rhythm.oldMemberCount, leastEvents: 0, size: 0)
    for day in 0..<rhythm.options.dayCount {
      let send = experiment.plan(on: day)
      for index in 0..<rhythm.joinedEnds[day] {
        let plan = plan(index, on: day, send: send)
        if plan.visitSize > 0 { sum.leastEvents += 1 }
        if plan.arm != nil { sum.leastEvents += plan.isDelivered ? 2 : 1 }
        if plan.openSize > 0 { sum.leastEvents += 2 }
        if plan.leaves { sum.leastEvents += 1 }
        sum.size += plan.visitSize + plan.openSize
      }
    }
    return sum
  }
}
