internal import Events

/// What one member does on one day, before it is known how many events that makes.
struct VisitPlan {
  /// Size of the visit in 256ths, 0 where there is none.
  var visitSize = 0
  var isPushed = false
  var openChance = Chance.never
  /// Size of the visit that the opened push brings, 0 where it is not opened.
  var openSize = 0
}

/// Decides who visits, who gets a push and who opens it: a pure function of seed, member and day.
///
/// It is asked twice. The first round adds up what there will be, so that the second one can give each
/// visit its share of the events asked for.
struct VisitPlanner {
  let rhythm: CommunityRhythm
  let members: [SimulatedMember]
  /// Thins out returns and pushes where the events asked for are too few for them.
  private(set) var keep = Chance.always
  /// Events of a visit beyond its first, for each 256th of its size, in 2^32ths.
  private(set) var eventsPerSize: UInt64 = 0

  init(_ rhythm: CommunityRhythm) {
    self.rhythm = rhythm
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

  func plan(_ index: Int, on day: Int, isSendDay: Bool) -> VisitPlan {
    let member = members[index]
    var stream = RandomStream(seed: rhythm.options.seed, .plan, index, day)
    var plan = VisitPlan()
    let chance = rhythm.visitChance(member, on: day)
    if stream.hits(chance == .always ? chance : chance * keep) {
      plan.visitSize = size(member, &stream)
    }
    guard isSendDay, PushExperiment.reaches(member, on: day), stream.hits(keep) else { return plan }
    plan.isPushed = true
    plan.openChance = PushExperiment.openChance(member, on: day)
    if stream.hits(plan.openChance) { plan.openSize = max(1, size(member, &stream) / 2) }
    return plan
  }

  private func size(_ member: SimulatedMember, _ stream: inout RandomStream) -> Int {
    max(1, Int(stream.waiting(mean: Int64(member.appetite))))
  }

  /// What all plans add up to; a visit has one event at least, a send and an open one each.
  private func measure() -> (joins: Int, leastEvents: Int, size: Int) {
    var sum = (joins: members.count - rhythm.oldMemberCount, leastEvents: 0, size: 0)
    for day in 0..<rhythm.options.dayCount {
      let isSendDay = PushExperiment.isSendDay(rhythm.options.firstDay + day)
      for index in 0..<rhythm.joinedEnds[day] {
        let plan = plan(index, on: day, isSendDay: isSendDay)
        if plan.visitSize > 0 { sum.leastEvents += 1 }
        if plan.isPushed { sum.leastEvents += 1 }
        if plan.openSize > 0 { sum.leastEvents += 2 }
        sum.size += plan.visitSize + plan.openSize
      }
    }
    return sum
  }
}
