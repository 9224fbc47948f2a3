internal import Columns
package import Events
package import Segments

/// One call of ingest: reads sources in order, parses their chunks on all cores, and commits everything that was
/// new as one batch, or nothing.
///
/// ```
/// LogReader ─▶ chunks ─▶ RecordParser (several at once) ─▶ batches in order ─▶ BatchConsumer ─▶ BatchWriter
/// ```
package struct IngestRun: Sendable {
  let workspace: Workspace
  let arrival: Timestamp
  /// Largest part of the records read that may be rejected.
  private let rejectLimit: Double
  let reopensClosedDays: Bool

  /// - Parameter arrival: the instant of this batch; the only clock of the run.
  package init(
    _ workspace: Workspace, arrival: Timestamp, rejectLimit: Double = 0.05, reopensClosedDays: Bool = false
  ) {
    self.workspace = workspace
    self.arrival = arrival
    self.rejectLimit = rejectLimit
    self.reopensClosedDays = reopensClosedDays
  }

  /// Loads `sources`; calls `progress` after each chunk, about once a megabyte.
  /// - Throws: ``IngestError`` `tooManyRejected` past the limit, and what reading and writing throw. In each case
  ///   nothing was committed.
  package func load(_ sources: [LogSource], progress: (IngestProgress) -> Void = { _ in }) async throws -> IngestReport
  {
    if sources.count > 1, let pipe = sources.first(where: { !$0.canBeReadTwice }) {
      throw IngestError(
        .cannotRead, "a pipe comes alone: whether it was read before is known only at its end", file: pipe.path,
        hint: "Load it in a call of its own.")
    }
    for source in sources { try source.description.checkTotals(workspace.settings, at: source.path) }
    let zone = try TimeZoneRules(named: workspace.settings.timeZone)
    var consumer = try consumer(zone)
    do {
      if let report = try await read(sources, zone: zone, into: &consumer, progress: progress) {
        await consumer.abandon()
        return report
      }
    } catch {
      await consumer.abandon()
      throw error
    }
    return try await consumer.commit()
  }

  /// Reads all sources; gives a report where there is nothing to commit.
  private func read(
    _ sources: [LogSource], zone: TimeZoneRules, into consumer: inout BatchConsumer, progress: (IngestProgress) -> Void
  ) async throws -> IngestReport? {
    try await withoutActuallyEscaping(progress) { progress in
      var queue = SourceQueue(progress: progress)
      for (index, source) in sources.enumerated() {
        let start = IngestProgress(
          path: source.path, sourceNumber: index + 1, sourceCount: sources.count, fraction: nil, read: 0)
        try await read(source, zone: zone, start, through: &queue, into: &consumer)
      }
      try await queue.consume(into: &consumer)
    }
    if reopensClosedDays { try await replay(sources, zone: zone, into: &consumer) }
    if sources.count == 1, !sources[0].canBeReadTwice, try consumer.hasReadBefore(sources[0]) {
      var report = IngestReport()
      report.skippedSources = [sources[0].path]
      return report
    }
    let totals = consumer.report.totals
    if totals.rejected > 0, Double(totals.rejected) > rejectLimit * Double(totals.read) {
      throw Self.tooManyRejected(consumer.report, limit: rejectLimit, sources: sources)
    }
    return nil
  }

  private func read(
    _ source: LogSource, zone: TimeZoneRules, _ start: IngestProgress, through queue: inout SourceQueue,
    into consumer: inout BatchConsumer
  ) async throws {
    let canBeReadTwice = source.canBeReadTwice
    guard let (reader, linesBefore) = try await open(source, canBeReadTwice, through: &queue, into: &consumer) else {
      consumer.skip(source)
      return
    }
    let parser = try reader.parser(
      schema: workspace.settings.schema, communityZone: zone, arrival: arrival,
      keepsEventID: workspace.settings.keepsEventID)
    queue.begin(source, line: reader.countsSkippedLines ? 0 : linesBefore, parser: parser)
    // Chunks are read, and decompressed, beside the work on those before: by one task at a time, or by nobody.
    var ahead = Self.chunk(of: reader)
    var progress = start
    while true {
      let read = await ahead.result
      let (chunk, fraction) = try read.get()
      guard let chunk else { break }
      ahead = Self.chunk(of: reader)
      progress.fraction = fraction
      do { try await queue.append(chunk, parser: parser, progress, into: &consumer) } catch {
        _ = await ahead.result
        throw error
      }
    }
    // Taken of the bytes that were read: the file may have grown, or another one may have its name.
    let head = canBeReadTwice ? reader.headHash : reader.rawHash
    queue.end(
      .init(
        content: reader.rawHash, byteCount: reader.rawByteCount, head: head, consumedByteCount: reader.consumedBytes))
  }

  /// The next chunk, and how much of the source is read then.
  private static func chunk(of reader: LogReader) -> Task<(LogChunk?, Double?), any Error> {
    nonisolated(unsafe) let reader = reader
    return Task.detached { (try reader.next(), reader.progressFraction) }
  }

  /// The reader of what is new in a source, and how many lines were read before; nil where nothing is new.
  private func open(
    _ source: LogSource, _ canBeReadTwice: Bool, through queue: inout SourceQueue, into consumer: inout BatchConsumer
  ) async throws -> (LogReader, linesBefore: Int)? {
    func reader(skipping byteCount: Int) throws -> LogReader {
      try LogReader(path: source.path, description: source.description, skippingBytes: byteCount)
    }
    guard canBeReadTwice else { return (try reader(skipping: 0), 0) }
    while true {
      let head = try KnownSources.head(of: source.path)
      if queue.mayHold(head) { try await queue.consume(into: &consumer) }
      switch try consumer.knownSources(of: source, head: head).judge(source.path, head: head) {
      case .known: return nil
      case .new: return (try reader(skipping: 0), 0)
      case .grown(let before):
        let grown = try reader(skipping: before.consumedByteCount)
        // A log may be rotated at any instant: what is skipped has to be what was judged.
        if grown.headHash == head { return (grown, before.lineCount) }
      }
    }
  }

  private static func tooManyRejected(_ report: IngestReport, limit: Double, sources: [LogSource]) -> IngestError {
    let share = Double(report.totals.rejected) / Double(report.totals.read) * 100
    let percent = (limit * 1000).rounded() / 10
    return IngestError(
      .tooManyRejected,
      "\(report.totals.rejected) of \(report.totals.read) records (\((share * 10).rounded() / 10) %) were rejected, "
        + "more than the limit of \(percent) %: \(report.rejectionSummary)",
      file: sources.map(\.path).joined(separator: ", "),
      hint: "Nothing was committed. Mend the mapping or the log, or raise --reject-limit. The first ones:\n  "
        + report.examples.joined(separator: "\n  "))
  }
}
