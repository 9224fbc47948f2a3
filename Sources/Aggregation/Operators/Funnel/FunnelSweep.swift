internal import Dispatch
internal import Events
internal import Segments
internal import Synchronization

/// The plain funnel: first entry, in order, every step another event. Then the earliest instant that a step can have is
/// always the best one, so that a step is one pass over the rows of its event.
///
/// ```
/// instants  step 1   m0 m1 m2 …     least of its rows
///           step 2   m0 m1 m2 …     least of its rows that lies after step 1 and within the window
///           …                       each core has its own members, whose rows lie together in every run
/// ```
/// Where the question reaches back to the first day of data and has no filter, step 1 is in the member dictionary already
/// and its rows are not read. Costs 8 bytes a member and step, and 12 bytes a row of all steps but the first.
struct FunnelSweep {
  private let run: FunnelRun
  private let window: Int64
  private let entrySpan: Range<Int64>
  private let memberCount: Int

  init(_ run: FunnelRun) {
    self.run = run
    window = run.windowMicroseconds
    entrySpan = run.entrySpan
    memberCount = run.resolved.snapshot.memberCount
  }

  private struct State {
    /// By member: the first step-1 instant; `Int64.max` where there is none.
    var first: [Int64]
    var runs: [MemberRun] = []
  }

  /// - Parameter days: those that hold the events of every window.
  func tally(_ days: ClosedRange<CommunityDay>, into answer: inout Answer) throws -> FunnelTally {
    let states =
      try knowsFirsts ? statesOfKnownFirsts(days, into: &answer) : self.states(days, skipped: 0, into: &answer)
    let firsts = states.map(\.first).filter { !$0.isEmpty }
    let runs = states.flatMap(\.runs)
    let width = EngineLimits.coreCount
    let parts = Mutex<[FunnelTally]>([])
    DispatchQueue.concurrentPerform(iterations: width) { worker in
      let range = memberCount * worker / width..<memberCount * (worker + 1) / width
      let part = self.part(firsts, runs, range)
      parts.withLock { $0.append(part) }
    }
    var total = FunnelTally(stepCount: run.steps.count, groups: [GroupValues(texts: [])])
    for part in parts.withLock({ $0 }) { total.add(part) }
    return total
  }

  /// Whether the member dictionary has each member's entry: its first step-1 event ever.
  private var knowsFirsts: Bool {
    guard run.question.filters.isEmpty, run.resolved.snapshot.expiredBefore == nil, !run.exclusions.contains(0),
      let days = run.resolved.days, let data = run.resolved.dataDays
    else { return false }
    return days.lowerBound <= data.lowerBound
  }

  /// Reads the entries from the dictionary while the rows of the other steps are scanned.
  private func statesOfKnownFirsts(_ days: ClosedRange<CommunityDay>, into answer: inout Answer) throws -> [State] {
    let resolved = run.resolved
    let end = min(entrySpan.upperBound, resolved.asOf.microseconds)
    let results = Mutex<(first: Result<State, any Error>?, rest: Result<([State], Answer), any Error>?)>((nil, nil))
    let empty = answer
    DispatchQueue.concurrentPerform(iterations: 2) { part in
      if part == 0 {
        let first = Result {
          let known = try resolved.store.firstInstants(ofEvent: run.names[0], resolved.snapshot)
          return State(first: known.map { $0 < end ? $0 : .max })
        }
        results.withLock { $0.first = first }
      } else {
        let rest = Result {
          var answer = empty
          return (try states(days, skipped: 1, into: &answer), answer)
        }
        results.withLock { $0.rest = rest }
      }
    }
    let (first, rest) = results.withLock { ($0.first!, $0.rest!) }
    let scanned = try rest.get()
    answer = scanned.1
    return [try first.get()] + scanned.0
  }

  /// Scans the events named, without the first `skipped`.
  private func states(_ days: ClosedRange<CommunityDay>, skipped: Int, into answer: inout Answer) throws -> [State] {
    var scan = try EventScan(run.resolved, days: days, events: .named(Array(run.names.dropFirst(skipped))))
    scan.readsTimestamps = true
    let span = entrySpan
    let excludesFirst = run.exclusions.contains(0)
    let first = skipped > 0 ? [] : [Int64](repeating: .max, count: memberCount)
    return try scan.fold(State(first: first), into: &answer) { state, block in
      for run in block.runs {
        let place = run.place + skipped
        if place == 0 { Self.lower(&state.first, by: block, run, within: span) }
        // Step 1 may exclude too.
        guard place > 0 || excludesFirst else { continue }
        var rows = MemberRun(run, of: block)
        rows.name = Int32(place)
        state.runs.append(rows)
      }
    }
  }

  private static func lower(_ first: inout [Int64], by block: EventBlock, _ run: EventRun, within span: Range<Int64>) {
    first.withUnsafeMutableBufferPointer { first in
      block.members.withUnsafeBufferPointer { members in
        block.timestamps.withUnsafeBufferPointer { instants in
          block.forEachRow(of: run) { row in
            let member = Int(members[row])
            if instants[row] < first[member], instants[row] >= span.lowerBound, instants[row] < span.upperBound {
              first[member] = instants[row]
            }
          }
        }
      }
    }
  }

  /// The members of `range`.
  private func part(_ firsts: [[Int64]], _ runs: [MemberRun], _ range: Range<Int>) -> FunnelTally {
    var steps = [range.map { member in firsts.reduce(.max) { min($0, $1[member]) } }]
    for step in run.steps.dropFirst() {
      var next = [Int64](repeating: .max, count: range.count)
      for run in runs where run.name == step {
        advance(&next, from: steps[steps.count - 1], entered: steps[0], by: run, range)
      }
      steps.append(next)
    }
    var tally = FunnelTally(stepCount: steps.count, groups: [GroupValues(texts: [])])
    if !run.exclusions.isEmpty { exclude(&steps, runs, range, &tally) }
    if run.question.openWindows == .leaveOut { leaveOut(&steps, &tally) }
    tally.add(members: steps[0].count { $0 != .max }, gaps: [], step: 0)
    for step in steps.indices.dropFirst() {
      var gaps: [Int64] = []
      for member in 0..<range.count where steps[step][member] != .max {
        gaps.append(steps[step][member] - steps[step - 1][member])
      }
      tally.add(members: gaps.count, gaps: gaps, step: step)
    }
    return tally
  }

  /// Lowers `next` to the instants of a run that can follow.
  private func advance(
    _ next: inout [Int64], from previous: [Int64], entered: [Int64], by run: MemberRun, _ range: Range<Int>
  ) {
    let earliest: Int64 = self.run.question.ties == .either ? 0 : 1
    let window = window
    let places = run.places(of: range)
    next.withUnsafeMutableBufferPointer { next in
      previous.withUnsafeBufferPointer { previous in
        entered.withUnsafeBufferPointer { entered in
          run.members.withUnsafeBufferPointer { members in
            run.instants.withUnsafeBufferPointer { instants in
              for place in places {
                let member = Int(members[place]) &- range.lowerBound
                let instant = instants[place]
                // Of a member without the step before, `previous` is greater than any instant.
                if instant &- earliest >= previous[member], instant < next[member], instant &- entered[member] < window
                {
                  next[member] = instant
                }
              }
            }
          }
        }
      }
    }
  }

  private func exclude(_ steps: inout [[Int64]], _ runs: [MemberRun], _ range: Range<Int>, _ tally: inout FunnelTally) {
    for run in runs where self.run.exclusions.contains(Int(run.name)) {
      for place in run.places(of: range) {
        let member = Int(run.members[place]) - range.lowerBound
        let entered = steps[0][member]
        guard entered != .max, run.instants[place] > entered else { continue }
        let completed = steps[steps.count - 1][member]
        let end = completed == .max ? entered + window : completed
        guard run.instants[place] < end, !isLeftOut(entered) else { continue }
        tally.excluded += 1
        for step in steps.indices { steps[step][member] = .max }
      }
    }
  }

  private func isLeftOut(_ entered: Int64) -> Bool {
    run.question.openWindows == .leaveOut && entered + window > run.resolved.asOf.microseconds
  }

  private func leaveOut(_ steps: inout [[Int64]], _ tally: inout FunnelTally) {
    for member in steps[0].indices where steps[0][member] != .max && isLeftOut(steps[0][member]) {
      tally.leftOut += 1
      for step in steps.indices { steps[step][member] = .max }
    }
  }
}
