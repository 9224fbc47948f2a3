package import Aggregation
internal import Columns
internal import Dispatch
package import Events
internal import Synchronization

/// Draws the arms of planned sends.
///
/// Whether a member is planned for never depends on the arm that is drawn: quiet hours, caps and quotas are settled
/// before, and the probability that is logged is the one that the arm was drawn with.
package struct SendPlanner {
  private let experiment: ExperimentDescription
  private let settings: SendPlanSettings
  private let roster: MemberRoster
  /// By arm, in place of the weights; nil keeps those.
  private let learned: [Double]?
  private let version: String

  /// - Parameter learned: shares of the arms with a send, where they are not the weights.
  /// - Throws: ``AggregationError`` for what cannot be planned.
  package init(
    _ experiment: ExperimentDescription, roster: MemberRoster, learned: [Double]? = nil, from first: CommunityDay
  ) throws(AggregationError) {
    let settings = experiment.sendPlan ?? SendPlanSettings()
    (self.experiment, self.settings, self.roster, self.learned) = (experiment, settings, roster, learned)
    version = learned == nil ? settings.version : "\(settings.version)/\(first)"
    try PlanRules(experiment, settings).check()
  }

  /// The plan of some days: those among them that have sends and lie in the experiment.
  package func plan(_ asked: ClosedRange<CommunityDay>) -> SendPlan {
    let members = orderedMembers()
    var days: [SendPlan.Day] = []
    var used: [Int32: Int] = roster.sends.deliveriesByDay
    for number in asked.lowerBound.number...asked.upperBound.number {
      let day = CommunityDay(number)
      guard settings.weekdays.contains(day.weekday), experiment.days.from.map({ day >= $0 }) ?? true,
        experiment.days.to.map({ day <= $0 }) ?? true
      else { continue }
      var planned = self.day(day)
      if let quota = settings.account {
        let sends = planned.massArm == nil ? sendingArms.count : sendingArms.contains(planned.massArm!) ? 1 : 0
        let before = used.filter { quota.holds(CommunityDay($0.key), with: day) }.reduce(0) { $0 + $1.value }
        planned.isOpen = before + sends <= quota.sends
        if planned.isOpen { used[number, default: 0] += sends }
      }
      days.append(planned)
    }
    let (arms, counts) = draw(members, days)
    return SendPlan(
      experiment: experiment, roster: roster, version: version, days: days, members: members, arms: arms,
      counts: counts)
  }

  /// Arms that send a push.
  private var sendingArms: [Int] {
    experiment.arms.indices.filter { $0 != experiment.holdoutPlace && experiment.arms[$0].weight > 0 }
  }

  /// Eligible members by the hash of their ids, then by the ids: not by keys, which follow the order of arrival.
  private func orderedMembers() -> [Int32] {
    let keys = (0..<Int32(roster.count)).filter { roster.isEligible[Int($0)] }
    return roster.ids.bytes.withUnsafeBytes { bytes in
      func id(_ key: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[roster.ids.range(of: UInt32(key))])
      }
      let hashes = keys.map { (byteHash(id($0)), $0) }
      return hashes.sorted { a, b in
        a.0 != b.0 ? a.0 < b.0 : id(a.1).lexicographicallyPrecedes(id(b.1))
      }.map(\.1)
    }
  }

  private func day(_ day: CommunityDay) -> SendPlan.Day {
    let isConstant = experiment.design == .memberRandomised
    let clocks = ([roster.zone] + roster.zones).map { own in
      let zone = experiment.goesByMemberClock ? own : roster.zone
      let minutes = experiment.arms.map(\.minute)
      let clock = SendClock(minutes, on: day, zone: zone, own: own, quiet: settings.quietHours)
      // Who keeps an arm for good keeps the arms to choose from as well, whatever clocks do later.
      let ruling =
        isConstant
        ? SendClock(minutes, on: experiment.days.from ?? day, zone: zone, own: own, quiet: settings.quietHours) : clock
      return (clock, ruling.sends.map { $0?.isQuiet ?? false })
    }
    let massArm = experiment.design == .switchback ? MassSendOrder(experiment, settings).arm(on: day) : nil
    let weights = learned ?? experiment.arms.map(\.weight)
    return SendPlan.Day(
      day: day, anchor: localText(of: roster.zone.start(of: day), in: roster.zone),
      push: SendPlan.push(of: experiment, on: day),
      draw: ArmDraw(experiment: experiment.name, version: version, day: isConstant ? nil : "\(day)"), massArm: massArm,
      isOpen: true,
      choices: clocks.map { clock, isQuiet in
        let probabilities = ArmProbabilities(
          weights: weights, holdout: experiment.holdoutPlace, isAllowed: isQuiet.map(!), floor: settings.floor)
        return SendPlan.Choice(probabilities: probabilities, clock: clock, isQuiet: isQuiet)
      })
  }

  private static let chunk = 1 << 14

  private func draw(_ members: [Int32], _ days: [SendPlan.Day]) -> ([[UInt8]], [[SendPlan.Counts]]) {
    let chunkCount = (members.count + Self.chunk - 1) / Self.chunk
    let (sent, starts) = roster.sends.grouped(memberCount: roster.count)
    let total = Mutex(emptyCounts(days))
    var arms = days.map { _ in [UInt8](repeating: SendPlan.none, count: members.count) }
    let results = Mutex<[Int: [[UInt8]]]>([:])
    DispatchQueue.concurrentPerform(iterations: chunkCount) { number in
      let range = number * Self.chunk..<min((number + 1) * Self.chunk, members.count)
      var counts = emptyCounts(days)
      var drawn = days.map { _ in [UInt8](repeating: SendPlan.none, count: range.count) }
      roster.ids.bytes.withUnsafeBytes { bytes in
        for place in range {
          let key = Int(members[place])
          let id = UnsafeRawBufferPointer(rebasing: bytes[roster.ids.range(of: UInt32(key))])
          var sends = MemberSendDays(sent[starts[key]..<starts[key + 1]])
          let zone = roster.zonePlaces.isEmpty ? 0 : Int(roster.zonePlaces[key]) + 1
          for day in days.indices {
            drawn[day][place - range.lowerBound] = arm(of: id, days[day], zone: zone, &sends, &counts[day][zone])
          }
        }
      }
      results.withLock { $0[number] = drawn }
      total.withLock { total in
        for day in days.indices { for zone in total[day].indices { total[day][zone].add(counts[day][zone]) } }
      }
    }
    for (number, drawn) in results.withLock({ $0 }) {
      for day in days.indices {
        arms[day].replaceSubrange(number * Self.chunk..<number * Self.chunk + drawn[day].count, with: drawn[day])
      }
    }
    return (arms, total.withLock { $0 })
  }

  private func emptyCounts(_ days: [SendPlan.Day]) -> [[SendPlan.Counts]] {
    days.map { day in day.choices.map { _ in SendPlan.Counts(armCount: experiment.arms.count) } }
  }

  private func arm(
    of id: UnsafeRawBufferPointer, _ day: SendPlan.Day, zone: Int, _ sends: inout MemberSendDays,
    _ counts: inout SendPlan.Counts
  ) -> UInt8 {
    func refuse(_ reason: SendPlan.Refusal) -> UInt8 {
      counts.refused[reason.rawValue] += 1
      return SendPlan.none
    }
    let choice = day.choices[zone]
    if !day.isOpen { return refuse(.accountQuota) }
    if sends.isPlanned(on: day.day.number) { return refuse(.plannedBefore) }
    if let cap = settings.perMember, sends.isFull(cap, on: day.day.number) { return refuse(.memberCap) }
    guard let probabilities = choice.probabilities else { return refuse(.quietHours) }
    let arm = day.massArm ?? probabilities.arm(at: day.draw.position(of: id))
    if day.massArm != nil, choice.isQuiet[arm] { return refuse(.quietHours) }
    for other in choice.isQuiet.indices where choice.isQuiet[other] { counts.quiet[other] += 1 }
    counts.planned[arm] += 1
    if arm != experiment.holdoutPlace { sends.add(day.day.number) }
    return UInt8(arm)
  }
}

/// The days on which a member gets a send.
private struct MemberSendDays {
  private let planned: ArraySlice<MemberSends.Send>
  private var days: [Int32]

  init(_ sends: ArraySlice<MemberSends.Send>) {
    planned = sends
    days = sends.isEmpty ? [] : sends.filter(\.isSent).map(\.day)
  }

  /// Whether the member was planned for on a day before.
  func isPlanned(on day: Int32) -> Bool { planned.contains { $0.isPlanned && $0.day == day } }

  /// Whether one send more on `day` would be one too many in any stretch of days.
  func isFull(_ cap: SendPlanSettings.MemberCap, on day: Int32) -> Bool {
    let length = Int32(cap.days)
    // A stretch that is full ends on a day with a send, or on this one.
    return ([day] + days.filter { $0 > day && $0 < day + length }).contains { end in
      days.count { $0 > end - length && $0 <= end } >= cap.sends
    }
  }

  mutating func add(_ day: Int32) { days.append(day) }
}

extension SendPlanSettings.Quota {
  /// Whether sends of two days draw on one quota.
  func holds(_ other: CommunityDay, with day: CommunityDay) -> Bool {
    switch period {
    case .day: return other == day
    case .month:
      let (a, b) = (other.civil, day.civil)
      return a.year == b.year && a.month == b.month
    }
  }
}
