internal import Columns
internal import Events

/// Counts a member's sends, one member after another.
struct PushWalk {
  /// A push as one member received it.
  private struct Unit {
    var push: UInt32
    var ts: Int64
    var group: Int
    /// Microseconds in which it can be opened.
    var window: Int64
  }

  private let question: PushQuestion
  private let asOf: Int64
  private let sendSpan: Range<Int64>
  private let dataStart: Int64
  private let rank: [Int]
  /// The texts of pushes: of two sent at one instant the lesser is the later touch.
  private let pushes: [String]
  private let isActive: [Bool]
  /// By outcome: how long it counts, and by push when the last unit has matured.
  private let windows: [Int64]
  private var matured: [[Int64]] = []

  private(set) var tally: PushTally
  /// The member's credited opens that are of a session: with the session's start, of a tap the one that it lies in.
  private(set) var credits: [(group: Int, session: Int64)] = []
  private var units: [Unit] = []
  private var sessions = MemberSessions()
  /// The member's sums.
  private var byGroup: [(group: Int, outcome: Int, x: Int, n: Int)] = []

  init(_ run: PushRun, rank: [Int], pushes: [String], firstDay: CommunityDay) {
    question = run.question
    let resolved = run.resolved
    asOf = resolved.asOf.microseconds
    sendSpan = resolved.span(of: resolved.days ?? firstDay...firstDay)
    dataStart = resolved.zone.start(of: firstDay).microseconds
    (self.rank, self.pushes) = (rank, pushes)
    let passive = resolved.passiveEvents
    let isOwn = { (name: String) in
      name == run.question.send || run.question.triangle && name == run.question.planned
    }
    isActive = run.names.map { !passive.contains($0) && !isOwn($0) } + [true]
    windows = run.windows
    tally = PushTally(outcomeCount: windows.count)
  }

  /// Finds when each push matures: for all its members together, when the last of its windows has closed.
  mutating func settle(_ runs: MemberRuns) {
    let empty = [[Int64]](repeating: [Int64](repeating: .min, count: pushes.count), count: windows.count)
    if question.attribution == .braze, question.guardrails.isEmpty {
      // The window is the member's own.
      let walk = self
      let states = runs.fold((walk, empty)) { state, _, rows in
        state.0.collect(rows)
        for unit in state.0.units { Self.raise(&state.1, unit, [unit.window] + state.0.windows.dropFirst()) }
      }
      matured = empty
      for (_, ends) in states {
        for outcome in ends.indices {
          for push in ends[outcome].indices {
            matured[outcome][push] = max(matured[outcome][push], ends[outcome][push])
          }
        }
      }
      return
    }
    var latest = [Int64](repeating: .min / 2, count: pushes.count)
    for run in runs.runs where run.name == 0 {
      run.first.withUnsafeBufferPointer { sent in
        run.instants.withUnsafeBufferPointer { instants in
          for place in instants.indices where sent[place] != TextColumn.null && sendSpan.contains(instants[place]) {
            latest[Int(sent[place])] = max(latest[Int(sent[place])], instants[place])
          }
        }
      }
    }
    matured = windows.map { window in latest.map { $0 + window } }
  }

  private static func raise(_ ends: inout [[Int64]], _ unit: Unit, _ windows: [Int64]) {
    for outcome in ends.indices {
      ends[outcome][Int(unit.push)] = max(ends[outcome][Int(unit.push)], unit.ts + windows[outcome])
    }
  }

  /// Whether the windows of an outcome have closed for the push of `unit`.
  private func isMature(_ unit: Unit, _ outcome: Int) -> Bool { matured[outcome][Int(unit.push)] <= asOf }

  /// Counts a member; `rows` are the member's, in the order of time.
  mutating func add(_ rows: UnsafeBufferPointer<MemberRow>) {
    credits.removeAll(keepingCapacity: true)
    collect(rows)
    if units.isEmpty { return }
    byGroup.removeAll(keepingCapacity: true)
    // Most members did nothing but receive.
    let isSilent = rows.allSatisfy { $0.name == 0 } && question.attribution != .baselineAdjusted
    for unit in units {
      tally.open(unit.group)
      tally.sent[unit.group] += 1
      for outcome in windows.indices where isMature(unit, outcome) {
        if isSilent {
          note(unit, outcome, 0)
        } else if question.guardrails.isEmpty, outcome == 0 {
          guard let opened = opened(unit, rows) else { continue }
          note(unit, 0, opened)
        } else {
          let name = Int32(question.guardrails.isEmpty ? 2 : outcome + 1)
          let end = unit.ts + windows[outcome]
          note(unit, outcome, rows.contains { $0.name == name && $0.ts >= unit.ts && $0.ts < end } ? 1 : 0)
        }
      }
    }
    tally.credits += credits.count
    if credits.count > 1 {
      tally.distinct += Set(credits.map(\.session)).count
    } else {
      tally.distinct += credits.count
    }
    for sums in byGroup { tally.sums[sums.group][sums.outcome].add(x: sums.x, n: sums.n) }
  }

  /// Takes in other members.
  mutating func merge(_ other: PushWalk) { tally.add(other.tally) }

  /// Adds an outcome of a unit to the member's sums.
  private mutating func note(_ unit: Unit, _ outcome: Int, _ x: Int) {
    if let place = byGroup.firstIndex(where: { $0.group == unit.group && $0.outcome == outcome }) {
      byGroup[place].x += x
      byGroup[place].n += 1
    } else {
      byGroup.append((unit.group, outcome, x, 1))
    }
  }

  /// Finds the member's units, and sessions where they are asked for.
  private mutating func collect(_ rows: UnsafeBufferPointer<MemberRow>) {
    units.removeAll(keepingCapacity: true)
    for row in rows where row.name == 0 && sendSpan.contains(row.ts) {
      if row.first == TextColumn.null {
        tally.nameless += 1
        continue
      }
      let group = question.fatigue ? 0 : rank[Int(row.second)]
      if let known = units.firstIndex(where: { $0.push == row.first }) {
        if units[known].ts == row.ts { units[known].group = min(units[known].group, group) }
      } else {
        units.append(Unit(push: row.first, ts: row.ts, group: group, window: windows[0]))
      }
    }
    if units.isEmpty { return }
    if question.fatigue { for place in units.indices { units[place].group = received(before: units[place].ts, rows) } }
    guard question.attribution != .direct || question.triangle, question.guardrails.isEmpty else { return }
    sessions.find(in: rows, isActive: isActive, tap: 1)
    guard question.attribution == .braze else { return }
    for place in units.indices {
      let half = sessions.halfMeanGap(before: units[place].ts)
      units[place].window = max(windows[0], half)
    }
  }

  /// Pushes sent to the member in the 7 days before an instant.
  private func received(before ts: Int64, _ rows: UnsafeBufferPointer<MemberRow>) -> Int {
    var seen: [UInt32] = []
    for row in rows where row.name == 0 && row.ts < ts && row.ts >= ts - PushQuestion.fatigueSeconds * 1_000_000 {
      if row.first != TextColumn.null, !seen.contains(row.first) { seen.append(row.first) }
    }
    return seen.count
  }

  /// 1 or 0, or twelfths of sessions beyond the baseline; nil where the unit does not count.
  private mutating func opened(_ unit: Unit, _ rows: UnsafeBufferPointer<MemberRow>) -> Int? {
    let end = unit.ts + unit.window
    if question.attribution == .baselineAdjusted { return beyondBaseline(unit, rows) }
    let tap = rows.first { $0.name == 1 && $0.first == unit.push && $0.ts >= unit.ts && $0.ts < end }
    if question.attribution == .direct {
      if let tap, question.triangle { credits.append((unit.group, sessions.last(by: tap.ts) ?? tap.ts)) }
      return tap == nil ? 0 : 1
    }
    guard tap == nil, let session = sessions.firstUntapped(in: unit.ts..<end) else { return 0 }
    if question.attribution == .window, isTouchedLater(unit, until: session, rows) { return 0 }
    credits.append((unit.group, session))
    return 1
  }

  /// Whether another push was sent after `unit` and not after `session`; of one instant the greater text is the
  /// earlier touch.
  private func isTouchedLater(_ unit: Unit, until session: Int64, _ rows: UnsafeBufferPointer<MemberRow>) -> Bool {
    rows.contains { row in
      guard row.name == 0, row.first != TextColumn.null, row.first != unit.push, row.ts <= session else { return false }
      if row.ts != unit.ts { return row.ts > unit.ts }
      return pushes[Int(row.first)].utf8.lexicographicallyPrecedes(pushes[Int(unit.push)].utf8)
    }
  }

  private mutating func beyondBaseline(_ unit: Unit, _ rows: UnsafeBufferPointer<MemberRow>) -> Int? {
    let week: Int64 = 7 * 86400 * 1_000_000
    var (weeks, count) = (0, 0)
    for back in 1...Int64(PushQuestion.baselineWeekMax) where weeks < PushQuestion.baselineWeekCount {
      let start = unit.ts - back * week
      if start < dataStart { break }
      let span = start..<start + unit.window
      if rows.contains(where: { $0.name == 0 && span.contains($0.ts) }) { continue }
      weeks += 1
      count += sessions.count(in: span)
    }
    guard weeks > 0 else {
      tally.withoutBaseline += 1
      return nil
    }
    return 12 * sessions.count(in: unit.ts..<unit.ts + unit.window) - 12 * count / weeks
  }
}

/// The instants at which a member's sessions begin.
struct MemberSessions {
  private var starts: [Int64] = []
  /// Whether a tap is among the first events of the session.
  private var isTapped: [Bool] = []

  /// - Parameters:
  ///   - isActive: by place of the name.
  ///   - tap: the place of taps.
  mutating func find(in rows: UnsafeBufferPointer<MemberRow>, isActive: [Bool], tap: Int32) {
    starts.removeAll(keepingCapacity: true)
    isTapped.removeAll(keepingCapacity: true)
    let gap = PushQuestion.sessionGapSeconds * 1_000_000
    var last = Int64.min / 2
    for row in rows where isActive[Int(row.name)] {
      if row.ts - last > gap {
        starts.append(row.ts)
        isTapped.append(false)
      }
      if row.name == tap, row.ts == starts[starts.count - 1] { isTapped[starts.count - 1] = true }
      last = row.ts
    }
  }

  /// Half the mean time between the sessions that began before `ts`; 0 where there is no gap.
  func halfMeanGap(before ts: Int64) -> Int64 {
    let count = starts.count { $0 < ts }
    return count < 2 ? 0 : (starts[count - 1] - starts[0]) / (2 * Int64(count - 1))
  }

  /// The first that began without a tap.
  func firstUntapped(in span: Range<Int64>) -> Int64? {
    starts.indices.first { span.contains(starts[$0]) && !isTapped[$0] }.map { starts[$0] }
  }

  /// The last that began by `ts`.
  func last(by ts: Int64) -> Int64? { starts.last { $0 <= ts } }

  /// How many began.
  func count(in span: Range<Int64>) -> Int { starts.count { span.contains($0) } }
}
