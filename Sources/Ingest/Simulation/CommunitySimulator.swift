internal import Columns
internal import Events

/// Writes the log of a community that never was: of any size, one file a community day, the same bytes for
/// the same options on every machine.
///
/// ```
/// rhythm ─▶ planner ─▶ drafter ─▶ (order of time) ─▶ catalog, writer ─▶ arrival ─▶ file
/// of days   who, when   events      numbers           content, line      late, twice
/// ```
///
/// Members join over time, most of them for a day only; the others come back at their own rate, near
/// their own hour of the day, until they are lost. An experiment draws for each push and member one of four times of
/// the day, or none, and writes the draw (`push_planned`); opens depend on how far that time lies from the member's
/// own hour, and after a push a few leave for good. Memory: about 30 bytes a member, and one day's file (with
/// `lateShare`, also the late lines of a week).
package struct CommunitySimulator {
  private let options: SimulationOptions
  private var drafter: VisitDrafter
  private var catalog: ContentCatalog
  private var writer: PlainLogWriter
  private var dirt: ArrivalDirt
  private var seen = Bitmap()
  private var drafts: [EventDraft] = []
  private var ledger = PushLedger()
  private var summary = SimulationSummary()

  /// Draws the members and measures how many visits there will be; costs about 10 ns a member and day.
  /// - Precondition: `options.complaint` is nil.
  package init(_ options: SimulationOptions) {
    precondition(options.complaint == nil, options.complaint ?? "")
    self.options = options
    drafter = VisitDrafter(VisitPlanner(CommunityRhythm(options)))
    catalog = ContentCatalog(memberCount: options.memberCount)
    writer = PlainLogWriter(options)
    dirt = ArrivalDirt(options)
  }

  /// Calls `sink` once a day, in order, with the name of the file, its bytes and how many lines it has.
  /// Every run of a simulator gives the same files.
  package mutating func run(
    _ sink: (_ fileName: String, _ bytes: [UInt8], _ events: Int) throws -> Void
  ) rethrows -> SimulationSummary {
    let fresh = self
    defer { self = fresh }
    for day in 0..<options.dayCount {
      draft(day)
      let lineCount = write(day)
      summary.lines += lineCount
      try sink("day-\(options.firstDay + day).jsonl", writer.take(), lineCount)
    }
    return finishedSummary()
  }

  /// Adds the events of `day` to `drafts`, which may hold some that the days before left over.
  private mutating func draft(_ day: Int) {
    let experiment = drafter.planner.experiment
    let send = experiment.plan(on: day)
    for index in 0..<drafter.planner.rhythm.joinedEnds[day] {
      let plan = drafter.planner.plan(index, on: day, send: send)
      guard plan.visitSize > 0 || plan.arm != nil else { continue }
      drafter.append(plan, of: index, on: day, to: &drafts)
      if let send { ledger.count(plan, of: drafter.planner.members[index], on: day, send: send, experiment) }
    }
  }

  /// Microseconds from the start of the day to `draft`. Plans stand at the day's first instant, also where that is not
  /// midnight; a send follows the instant at which its arm's begin.
  private func elapsed(_ draft: EventDraft, _ clock: WallClock) -> Int64 {
    let arm = Int(draft.arm)
    switch draft.kind {
    case .pushPlanned: return 0
    case .pushSent:
      let begin = PushExperiment.sendInstant(arm: arm, clock).microseconds - clock.start.microseconds
      return begin + draft.local - PushExperiment.sendTime(arm: arm)
    default: return clock.elapsed(atLocal: draft.local, secondTime: draft.member & 1 == 1)
    }
  }

  /// Writes the drafts that fall on `day` and keeps the others; the number of lines.
  private mutating func write(_ day: Int) -> Int {
    let clock = WallClock(options.firstDay + day, in: options.zone)
    let today = drafts.filter { $0.local < WallClock.dayMicroseconds }
    drafts = drafts.filter { $0.local >= WallClock.dayMicroseconds }
    for index in drafts.indices { drafts[index].local -= WallClock.dayMicroseconds }
    let times = today.map { UInt64(elapsed($0, clock)) }
    var order = RowOrder(rowCount: today.count)
    order.sort(by: times, bitCount: 40)

    let arrived = dirt.beginDay()
    writer.reserve(today.count)
    writer.append(arrived.bytes)
    catalog.beginDay()
    var lineCount = arrived.count
    var stream = RandomStream(seed: options.seed, .content, day)
    for row in order.rows where clock.lengthMicroseconds > 0 {
      let instant = Timestamp(microseconds: clock.start.microseconds + Int64(times[Int(row)]))
      lineCount += write(today[Int(row)], at: instant, on: day, &stream) ? 1 : 0
    }
    let repeats = dirt.endDay()
    writer.append(repeats.bytes)
    return lineCount + repeats.count
  }

  /// Writes one event; true where its line stays in today's file.
  private mutating func write(
    _ draft: EventDraft, at instant: Timestamp, on day: Int, _ stream: inout RandomStream
  ) -> Bool {
    let start = writer.count
    var content = catalog.content(draft.kind, of: Int(draft.member), &stream)
    if draft.kind.isAdvertised { content = catalog.pushed(on: Int(draft.pushDay), seed: options.seed) }
    if draft.pushDay >= 0 { writer.beginPush(on: draft.pushDay, drafter.planner.experiment) }
    writer.append(draft, number: summary.events, at: instant, content: content)
    summary.events += 1
    seen.insert(draft.member)
    return dirt.settle(&writer, from: start, number: summary.events - 1, on: day)
  }

  private func finishedSummary() -> SimulationSummary {
    var finished = summary
    finished.days = options.dayCount
    finished.members = seen.count
    finished.lateRecords = dirt.lateRecords
    finished.repeatedLines = dirt.repeatedLines
    finished.arms = ledger.finished()
    return finished
  }
}
