internal import Columns
package import Events
internal import Segments

extension Engine {
  /// The units of an experiment, and what became of them before `asOf`.
  ///
  /// Cost: one scan of the planned units, one of the sends, and one of the events of all outcomes that read the same
  /// columns, over the days from the first anchor to the end of the last window and, where the past is asked for,
  /// 14 days before; on all cores. Where arms are attributes of members, no event is read.
  /// - Throws: ``AggregationError`` for what cannot be asked; ``StoreError`` and `ParquetError` for damage.
  package func units(_ question: UnitQuestion, asOf: Timestamp? = nil) throws -> UnitTable {
    let started = ContinuousClock.now
    var question = question
    question.scope.days = held(question.days, asOf: asOf)
    let resolved = try resolve(question, asOf: asOf)
    try question.check(resolved)
    var table = try UnitRun(question: question, resolved: resolved).table()
    var answer = UnitRun.scratch(question, resolved)
    answer.statistics = table.statistics
    resolved.tally.report(to: &answer)
    table.statistics = answer.statistics
    table.notes = resolved.notes + answer.notes + notes(on: question, resolved)
    table.statistics.elapsedMilliseconds = milliseconds(since: started)
    return table
  }

  /// An end that is left open lies at the other one where there are no data that far: an experiment may begin tomorrow.
  private func held(_ days: DayRange, asOf: Timestamp?) -> DayRange {
    let asOf = asOf ?? defaultAsOf
    var days = days
    let last = snapshot.days.last { store.zone.start(of: $0) < asOf }
    if days.to == nil, let from = days.from, let last, last < from { days.to = from }
    if days.from == nil, let to = days.to, let first = snapshot.firstDay, to < first { days.from = to }
    return days
  }
}

/// Makes the table of units: planned rows, then units, then what each slot counts of them, then a row a unit.
struct UnitRun {
  let question: UnitQuestion
  let resolved: ResolvedQuestion

  func table() throws -> UnitTable {
    if case .fact(let name) = question.assignment {
      return try FactUnits(question: question, resolved: resolved, arm: name).table()
    }
    var answer = Self.scratch(question, resolved)
    let facts = try FactColumns(question, store: resolved.store, snapshot: resolved.snapshot)
    let rows = try PlannedRows(question, resolved, facts: facts, into: &answer)
    let memberCount = resolved.snapshot.memberCount
    let units = PlannedUnits(rows, question, memberCount: memberCount)
    let places = UnitPlaces(units, isDense: question.unit == .member, memberCount: memberCount, zone: resolved.zone)
    let slots = UnitSlots(question)
    try check(slots, units, places)
    let pushes = KnownTexts(rows.pushes)
    let sent = try SentPushes(units, question, resolved, pushes: pushes, facts: facts, into: &answer)
    let clusters = KnownTexts(rows.clusters)
    let scans = UnitScans(
      question: question, resolved: resolved, facts: facts, places: places, clusters: clusters, slots: slots)
    let tallies = try scans.tallies(into: &answer)
    let taps = UnitTaps(
      question: question, resolved: resolved, facts: facts, units: units, midnights: places.midnights, sent: sent,
      pushes: pushes, clusters: clusters)
    var figures = UnitFigures(tallies: tallies, places: places.places)
    var exclusions = units.exclusions
    for scan in slots.scans(isClustered: question.clusterColumn != nil) where slots.slots[scan[0]].tapSpan != nil {
      let found = try taps.find(scan.map { slots.slots[$0] }, into: &answer)
      for (index, place) in scan.enumerated() {
        figures.taps[place] = found.figures[index]
        figures.unusableCounts[place] = found.unusable[index]
      }
      exclusions.tapsBeforeSend += found.beforeSend
    }
    exclusions.unplannedSends = sent.unplannedCount
    let firstDays = try needsFirstDays ? MemberStarts(resolved: resolved).find().days : []
    let writer = UnitTableWriter(
      question: question, resolved: resolved, rows: rows, units: units, sent: sent, slots: slots, figures: figures,
      firstDays: firstDays, facts: facts)
    var table = writer.table(exclusions)
    table.statistics = answer.statistics
    return table
  }

  /// An answer that nobody sees: in it is counted what scans cost.
  static func scratch(_ question: UnitQuestion, _ resolved: ResolvedQuestion) -> Answer {
    Answer(
      metric: question.metric, definition: question.definition, asOf: resolved.asOf, timeZone: resolved.zone.name,
      columns: [])
  }

  private var needsFirstDays: Bool {
    question.readsPast || question.segments.contains(UnitQuestion.priorActivity)
  }

  /// Refuses more units than there is room for.
  private func check(_ slots: UnitSlots, _ units: PlannedUnits, _ places: UnitPlaces) throws {
    let perPlace = slots.slots.reduce(0) { $0 + ($1.tapSpan == nil ? $1.byteCount : 8) } * EngineLimits.coreCount
    let perUnit = 36 + 16 * slots.outcomes.count + 4 * question.segments.count
    let perSend = 16 * EngineLimits.coreCount
    try EngineLimits.check(
      bytes: places.count * perPlace + units.count * perUnit + units.sendUnits.count * perSend,
      of: "units and their outcomes")
  }
}
