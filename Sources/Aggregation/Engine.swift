package import Events
package import Segments

/// Answers questions over one snapshot of a store.
///
/// ```
/// let engine = try Engine(store, now: now)
/// let answer = try engine.answer(ActivityQuestion())
/// ```
package struct Engine: Sendable {
  package let store: Store
  package let snapshot: Snapshot
  /// The instant of the run: the only clock the engine knows.
  private let now: Timestamp
  /// Of the store and its snapshot.
  private let openingTime: Duration

  /// An engine over the newest snapshot of `store`.
  /// - Parameter now: the instant of the run, which caps the default as-of.
  package init(_ store: Store, now: Timestamp) throws {
    self.store = store
    self.now = now
    let started = ContinuousClock.now
    snapshot = try store.snapshot()
    openingTime = store.openingTime + (ContinuousClock.now - started)
  }

  /// The end of the last community day that holds data, not later than now.
  package var defaultAsOf: Timestamp { ResolvedQuestion.defaultAsOf(snapshot, zone: store.zone, now: now) }

  /// Answers a question; only events before `asOf` count.
  ///
  /// Cost: reading the activity indexes of the days that the question touches, or one scan of those days where the
  /// indexes cannot say; on all cores; under the rules of a rival, twice that. The time it says includes opening the
  /// store.
  /// - Throws: ``AggregationError`` for what cannot be asked; ``StoreError`` and `ParquetError` for damage.
  package func answer(_ question: any Question, asOf: Timestamp? = nil) throws -> Answer {
    let started = ContinuousClock.now
    var answer =
      try question.scope.rival.map { try RivalAnswer(question, as: $0).answer { try run($0, asOf: asOf) } }
      ?? run(question, asOf: asOf)
    answer.statistics.elapsedMilliseconds = milliseconds(since: started)
    return answer
  }

  /// How long a question took, opening the store included.
  func milliseconds(since started: ContinuousClock.Instant) -> Double {
    let elapsed = openingTime + (ContinuousClock.now - started)
    return Double(elapsed.components.seconds) * 1e3 + Double(elapsed.components.attoseconds / 1_000_000_000_000) / 1e3
  }

  private func run(_ question: any Question, asOf: Timestamp?) throws -> Answer {
    let resolved = try resolve(question, asOf: asOf)
    var answer = Answer(
      metric: question.metric, definition: question.definition, asOf: resolved.asOf, timeZone: resolved.zone.name,
      columns: [], notes: resolved.notes)
    try question.plan(resolved).run(into: &answer)
    resolved.tally.report(to: &answer)
    answer.notes += notes(on: question, resolved)
    return answer
  }

  /// What holds for any answer to a question.
  func notes(on question: any Question, _ resolved: ResolvedQuestion) -> [String] {
    var notes: [String] = []
    if !question.factNames.isEmpty { notes.append(FactColumns.note) }
    if snapshot.segments.contains(where: { $0.timestamps.upperBound >= resolved.asOf.microseconds }) {
      notes.append("Events at or after \(resolved.asOf) are stored and not counted.")
    }
    if let kept = snapshot.expiredBefore, let first = resolved.days?.lowerBound, first < kept {
      notes.append("Days before \(kept) have expired: their events are gone, and zero there says nothing.")
    }
    if resolved.asOf > now { notes.append("As-of lies after this run: later events may still come.") }
    return notes
  }

  /// The first day whose events the answer to `question` rests on: what must not expire under it. Nil in an empty
  /// store.
  package func firstDay(neededBy question: any Question) -> CommunityDay? {
    guard let first = question.days.from ?? snapshot.firstDay else { return nil }
    return first - question.daysReadBefore
  }

  /// What is wrong with the name of an attribute of members, without prefix; nil where they have it.
  package func complaint(onFact name: String) throws -> AggregationError? {
    let known = try store.facts(snapshot)?.names ?? []
    return known.contains(name) ? nil : FactColumns.unknown(name, among: known)
  }

  func resolve(_ question: any Question, asOf: Timestamp?) throws -> ResolvedQuestion {
    try ResolvedQuestion(question, store: store, snapshot: snapshot, asOf: asOf, now: now)
  }

  /// Runs `body` with an engine over the newest snapshot of `store`, and again with a newer one where segments went
  /// away meanwhile: a snapshot outlives its files by the grace period.
  package static func overNewest<Result>(
    _ store: Store, now: Timestamp, _ body: (Engine) throws -> Result
  ) throws -> Result {
    var engine = try Engine(store, now: now)
    while true {
      do { return try body(engine) } catch let error as StoreError where error.code == .gone {
        let newer = try Engine(store, now: now)
        // Where the snapshot is the same, the file is lost and not superseded.
        if newer.snapshot.segments == engine.snapshot.segments { throw error }
        engine = newer
      }
    }
  }
}
