internal import Events
internal import Segments

/// Answers where members stand: their events into states, member by member in the order of time, from the first day of
/// data on.
struct StatesRun: QuestionPlan {
  let question: StatesQuestion
  let resolved: ResolvedQuestion

  private var states: [StatesDescription.State] { question.description.states }

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    // In the order of names, which is that of events of one instant.
    let names = question.eventNames.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let stateOfName = names.map { name in states.firstIndex { $0.events.contains(name) } ?? 0 }
    var scan = try EventScan(resolved, days: data, events: .named(names))
    scan.readsTimestamps = true
    let parts = try scan.map(into: &answer) { block in block.runs.map { MemberRun($0, of: block) } }
    let runs = MemberRuns(runs: parts.flatMap(\.self), memberCount: resolved.snapshot.memberCount)
    try EngineLimits.check(bytes: runs.byteCount, of: "events into states")
    let start = resolved.zone.start(of: days.lowerBound).microseconds
    let span = start..<max(start, resolved.zone.start(of: days.upperBound + 1).microseconds)
    let initial = StatesTally(question.description, span: span, asOf: resolved.asOf.microseconds)
    var tallies = runs.fold(initial) { tally, _, rows in tally.add(rows, stateOfName: stateOfName) }
    var total = tallies.removeFirst()
    for tally in tallies { total.add(tally) }
    answer.rows = rows(&total)
    let impossible = total.moves.indices.filter { !question.description.allows(from($0), to($0)) }
    let count = impossible.reduce(0) { $0 + total.moves[$1].count }
    if count > 0, question.table != .impossible {
      answer.notes.append("\(count) transitions are not among those allowed: --table impossible lists them.")
    }
  }

  /// Moves are numbered: before the first state, then each state, times each state.
  private func from(_ move: Int) -> Int? { move < states.count ? nil : move / states.count - 1 }
  private func to(_ move: Int) -> Int { move % states.count }
  private func name(_ state: Int?) -> Cell { state.map { .text(states[$0].name) } ?? .null }

  private var columns: [AnswerColumn] {
    func columns(_ names: [String], _ kind: AnswerColumn.Kind) -> [AnswerColumn] {
      names.map { AnswerColumn($0, kind) }
    }
    switch question.table {
    case .states:
      return columns(["state"], .string) + columns(["ever", "now", "visits", "left"], .int)
        + columns(["median_seconds"], .float)
    case .transitions:
      return columns(["from", "to"], .string) + columns(["transitions", "members"], .int)
        + columns(["share", "median_seconds", "p90_seconds"], .float) + columns(["allowed"], .bool)
    case .impossible: return columns(["from", "to"], .string) + columns(["transitions", "members"], .int)
    case .time:
      return columns(["state", "to", "within"], .string) + columns(["at_risk"], .int)
        + columns(["share", "low", "high"], .float)
    case .ageing: return columns(["state", "since"], .string) + columns(["members"], .int)
    }
  }

  private func rows(_ tally: inout StatesTally) -> [[Cell]] {
    switch question.table {
    case .states:
      return states.indices.map { state in
        let exits = tally.exits(of: state)
        let left = tally.stays[state].count { $0.exit != nil }
        return [
          name(state), .int(tally.ever[state]), .int(tally.ages[state].count), .int(tally.stays[state].count),
          .int(left),
          exits.overall.median.map { .float(Double($0) / 1e6) } ?? .null,
        ]
      }
    case .transitions, .impossible:
      return tally.moves.indices.compactMap { move in
        let isAllowed = question.description.allows(from(move), to(move))
        guard tally.moves[move].count > 0, question.table == .transitions || !isAllowed else { return nil }
        let head = [name(from(move)), name(to(move)), .int(tally.moves[move].count), .int(tally.moves[move].members)]
        return question.table == .impossible ? head : head + spread(&tally, move) + [.bool(isAllowed)]
      }
    case .time: return states.indices.flatMap { times(tally, $0) }
    case .ageing: return states.indices.flatMap { ages(tally, $0) }
    }
  }

  /// The share of what left the same state, and how long that took.
  private func spread(_ tally: inout StatesTally, _ move: Int) -> [Cell] {
    let first = move / states.count * states.count
    let all = tally.moves[first..<first + states.count].reduce(0) { $0 + $1.count }
    func seconds(_ p: Double) -> Cell {
      sampleQuantile(p, of: &tally.moves[move].durations).map { .float($0 / 1e6) } ?? .null
    }
    return [.ratio(tally.moves[move].count, of: all), seconds(0.5), seconds(0.9)]
  }

  /// For each horizon a row of all exits, then one an exit that was taken.
  private func times(_ tally: StatesTally, _ state: Int) -> [[Cell]] {
    let exits = tally.exits(of: state)
    let taken = states.indices.filter { exit in tally.stays[state].contains { $0.exit == exit } }
    return question.horizonSeconds.flatMap { seconds -> [[Cell]] in
      let time = seconds * 1_000_000
      let overall = exits.overall.ended(within: time)
      let atRisk = exits.atRisk(at: time)
      let head = [name(state)]
      let within = Cell.text(durationText(seconds))
      let shares = exits.left(within: time)
      let all: [Cell] = [
        overall.map { .float($0.share) } ?? .null, overall?.interval.map { .float($0.low) } ?? .null,
        overall?.interval.map { .float($0.high) } ?? .null,
      ]
      return [head + [.null, within, .int(atRisk)] + all]
        + taken.map {
          head + [name($0), within, .int(atRisk), overall == nil ? .null : .float(shares[$0]), .null, .null]
        }
    }
  }

  private func ages(_ tally: StatesTally, _ state: Int) -> [[Cell]] {
    let limits = [0] + question.horizonSeconds.map { $0 * 1_000_000 } + [Int64.max]
    return limits.indices.dropLast().map { place in
      let count = tally.ages[state].count { $0 >= limits[place] && $0 < limits[place + 1] }
      return [name(state), .text(place == 0 ? "0s" : durationText(question.horizonSeconds[place - 1])), .int(count)]
    }
  }
}

/// Visits of members, by state and by move.
struct StatesTally {
  struct Move {
    var count = 0
    var members = 0
    var durations: [Int64] = []
  }

  private let description: StatesDescription
  private let span: Range<Int64>
  private let asOf: Int64
  private let stateCount: Int
  /// Members with a visit.
  private(set) var ever: [Int]
  /// Visits that began in the days asked for.
  private(set) var stays: [[CompetingExits.Stay]]
  /// Of members in a state now: since when, in microseconds before as-of.
  private(set) var ages: [[Int64]]
  /// Before the first state, then by state, times each state.
  var moves: [Move]

  init(_ description: StatesDescription, span: Range<Int64>, asOf: Int64) {
    (self.description, self.span, self.asOf) = (description, span, asOf)
    stateCount = description.states.count
    ever = [Int](repeating: 0, count: stateCount)
    stays = [[CompetingExits.Stay]](repeating: [], count: stateCount)
    ages = [[Int64]](repeating: [], count: stateCount)
    moves = [Move](repeating: Move(), count: stateCount * (stateCount + 1))
  }

  /// The stays in a state, by the state that followed.
  func exits(of state: Int) -> CompetingExits { CompetingExits(stays[state], exitCount: stateCount) }

  /// Counts a member whose rows, in the order of time and names, each lead into a state.
  mutating func add(_ rows: UnsafeBufferPointer<MemberRow>, stateOfName: [Int]) {
    var current: (state: Int, since: Int64)?
    var visited: [Int] = []
    var moved: [Int] = []
    for row in rows {
      let state = stateOfName[Int(row.name)]
      if let current, current.state == state, !description.states[state].next.contains(state) { continue }
      if let current { leave(current, for: state, at: row.ts) }
      if span.contains(row.ts) {
        let move = current.map { ($0.state + 1) * stateCount + state } ?? state
        moves[move].count += 1
        if let current { moves[move].durations.append(row.ts - current.since) }
        if !moved.contains(move) { moved.append(move) }
        if !visited.contains(state) { visited.append(state) }
      }
      current = (state, row.ts)
    }
    if let current, span.contains(current.since) {
      stays[current.state].append(CompetingExits.Stay(duration: asOf - current.since, exit: nil))
      ages[current.state].append(asOf - current.since)
    }
    for state in visited { ever[state] += 1 }
    for move in moved { moves[move].members += 1 }
  }

  private mutating func leave(_ visit: (state: Int, since: Int64), for state: Int, at ts: Int64) {
    guard span.contains(visit.since) else { return }
    stays[visit.state].append(CompetingExits.Stay(duration: ts - visit.since, exit: state))
  }

  /// Takes in other members.
  mutating func add(_ other: StatesTally) {
    for state in 0..<stateCount {
      ever[state] += other.ever[state]
      stays[state] += other.stays[state]
      ages[state] += other.ages[state]
    }
    for move in moves.indices {
      moves[move].count += other.moves[move].count
      moves[move].members += other.moves[move].members
      moves[move].durations += other.moves[move].durations
    }
  }
}
