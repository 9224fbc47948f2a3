internal import Columns
internal import Events
internal import Segments

/// Takes parsed batches in input order: gives keys, drops duplicates, sorts records into days, writes full days.
struct BatchConsumer: ~Copyable {
  var report = IngestReport()
  var writer: BatchWriter
  private var buffers: DayBuffers
  private var memory = MemberMemory()
  private var clock: DayClock
  private let settings: WorkspaceSettings
  private var sources: [SourceRecord] = []
  private var touched: Set<CommunityDay> = []

  private var source: LogSource?
  private var parser: RecordParser?
  /// Set while the source holds facts of members.
  private var facts: MemberFactsRun?
  private var placesOfChunk: RowPlaces?
  private(set) var line = 0
  private var truncatedAt: Int?
  /// Segments being encoded and written, oldest first.
  private var jobs: [Task<StagedSegment, any Error>] = []
  /// Of the newest of them.
  private var lastJobRowCount = 0
  private var namedSourceCount = 0

  init(_ writer: consuming BatchWriter, settings: WorkspaceSettings, zone: TimeZoneRules) {
    let usualCount = writer.usualRowCount
    self.writer = writer
    self.settings = settings
    clock = DayClock(zone)
    buffers = DayBuffers(
      dimensionCount: settings.schema.dimensions.count, keepsEventID: settings.keepsEventID,
      usualCount: usualCount)
  }

  /// Sources that `source` may repeat or continue.
  func knownSources(of source: LogSource, head: ContentHash) throws -> KnownSources {
    let dataset = source.description.sourceName(ofPath: source.path)
    if source.description.kind == .members {
      return KnownSources(try writer.factSources(dataset: dataset, path: source.path))
    }
    let remembered = try writer.sources(dataset: dataset, head: head) + writer.shortSources(dataset: dataset)
    return KnownSources(remembered + sources.filter { $0.dataset == dataset })
  }

  /// Notes that `source` holds nothing new.
  mutating func skip(_ source: LogSource) { report.skippedSources.append(source.path) }

  /// Starts a source of which `line` lines were read in earlier runs.
  mutating func begin(_ source: LogSource, line: Int, parser: RecordParser) throws {
    self.source = source
    self.parser = parser
    facts = try parser.attributes.map { try MemberFactsRun(attributes: $0, into: &writer) }
    self.line = line
    truncatedAt = nil
  }

  /// Ends the source: it is remembered with the batch.
  mutating func end(_ end: SourceQueue.End) {
    guard let source else { return }
    // A last record that was cut off is read again when the source has grown.
    let record = SourceRecord(
      dataset: source.description.sourceName(ofPath: source.path), path: source.path, content: end.content,
      byteCount: end.byteCount, head: end.head,
      consumedByteCount: truncatedAt ?? end.consumedByteCount, lineCount: truncatedAt == nil ? line : line - 1)
    if facts != nil {
      writer.extras.factSources.append(record)
      return
    }
    // A source that was read before, or stands twice in this call, is remembered once.
    if sources.contains(where: { $0.dataset == record.dataset && $0.content == end.content }) { return }
    sources.append(record)
  }

  /// Whether the source that was just read has the content of one from an earlier call.
  func hasReadBefore(_ source: LogSource) throws -> Bool {
    guard let content = sources.last?.content else { return false }
    return try writer.hasSource(dataset: source.description.sourceName(ofPath: source.path), content: content)
  }

  /// Stores the records of one chunk.
  /// - Parameter parser: the number of the parser that made the batch: each explains its codes for itself. A parser
  ///   made for one chunk has no number of its own.
  mutating func consume(_ batch: RecordBatch, parser: Int = 0) async throws {
    try setAside(batch)
    placesOfChunk = nil
    report.totals.read += batch.ts.count
    if facts != nil {
      for row in try facts!.take(batch, into: &writer, &report) {
        try reject(batch, row, .unknownTimeZone, MemberFactsRun.zoneDetail)
      }
      line += batch.lineCount
      return
    }
    buffers.learn(batch, parser: parser)
    let rows = try newRows(batch)
    report.totals.stored += rows.count
    try rows.withUnsafeBufferPointer { rows in
      try withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count) { members in
        try memory.keys(
          for: batch.member, hashes: batch.memberHashes, rows: rows, into: members.baseAddress!
        ) { try writer.members.keys(for: batch.member, hashes: batch.memberHashes, rows: $0, into: $1) }
        buffers.append(batch, parser: parser, rows: rows, members: UnsafeBufferPointer(members), clock: &clock)
      }
    }
    line += batch.lineCount
    while buffers.rowCount > IngestLimits.bufferedRowCountMax
      || buffers.textByteCount > IngestLimits.bufferedTextByteCountMax
    { try await writeOldest() }
  }

  /// Rejects the rows of days that have expired, and says which they are, ascending.
  private mutating func rejectExpired(_ batch: RecordBatch) throws -> [Int] {
    guard let limit = writer.expiredBefore else { return [] }
    let rows = batch.ts.indices.filter { batch.ts[$0] < limit.noon && clock.day(of: batch.ts[$0]) < limit }
    for row in rows {
      try reject(batch, row, .expired, "the day of \(Timestamp(microseconds: batch.ts[row])) has expired")
    }
    return rows
  }

  /// The rows that are to be stored; the others are counted.
  private mutating func newRows(_ batch: RecordBatch) throws -> [Int32] {
    var rows = Array(0..<Int32(batch.ts.count))
    try withUnsafeTemporaryAllocation(of: DuplicateCheck.Verdict.self, capacity: rows.count) { verdicts in
      let expired = try rejectExpired(batch)
      var identities = batch.identities
      // Without an id they are not judged, and not remembered.
      for row in expired { identities[row].idHash = 0 }
      try identities.withUnsafeBufferPointer { identities in
        try batch.ts.withUnsafeBufferPointer { ts in
          guard let ts = ts.baseAddress, let base = verdicts.baseAddress else { return }
          try writer.duplicates.judge(identities, ts: ts, into: base)
        }
      }
      if expired.isEmpty, verdicts.allSatisfy({ $0.rawValue == DuplicateCheck.Verdict.new.rawValue }) { return }
      rows.removeAll(keepingCapacity: true)
      var nextExpired = expired[...]
      for (row, verdict) in verdicts.enumerated() {
        if nextExpired.first == row {
          nextExpired.removeFirst()
          continue
        }
        switch verdict {
        case .duplicate: report.totals.duplicate += 1
        case .pastWindow:
          let ts = Timestamp(microseconds: batch.ts[row])
          try reject(batch, row, .pastWindow, QuarantineLine.pastWindowDetail(ts))
        case .conflict, .new:
          if verdict == .conflict { report.totals.conflicts += 1 }
          rows.append(Int32(row))
        }
      }
    }
    return rows
  }

  private mutating func setAside(_ batch: RecordBatch) throws {
    report.totals.read += batch.rejected.count
    for record in batch.rejected {
      if record.reason == .truncated || record.reason == .sourceEndedEarly { truncatedAt = record.byteOffset }
      try reject(record, line: line + record.line)
    }
  }

  private mutating func reject(_ record: RejectedRecord, line: Int?) throws {
    guard let source, let parser else { return }
    let header = parser.description.header == .firstRow ? parser.origin.header : nil
    try reject(record, line: line, source: source, header: header)
  }

  /// Sets a record of the quarantine aside again, with the reason of now.
  mutating func keep(_ record: RejectedRecord, line: Int?, source: LogSource, header: [String]?) throws {
    report.totals.read += 1
    try reject(record, line: line, source: source, header: header)
  }

  /// Sets a mapped record aside as it stands in its source.
  private mutating func reject(_ batch: RecordBatch, _ row: Int, _ reason: RejectionReason, _ detail: String) throws {
    guard let chunk = batch.chunk, let parser else { return }
    // Found once a chunk.
    let places = try placesOfChunk ?? RowPlaces(chunk, parser: parser)
    placesOfChunk = places
    let record = places.rejected(row, reason, detail)
    try reject(record, line: line + record.line)
  }

  private mutating func reject(_ record: RejectedRecord, line: Int?, source: LogSource, header: [String]?) throws {
    report.totals.rejected += 1
    report.rejections[record.reason, default: 0] += 1
    if report.examples.count < 5 {
      report.examples.append(
        "\(source.path)\(line.map { ":\($0)" } ?? ""): \(record.reason.rawValue): \(record.detail)")
    }
    try writer.setAside(rejected: QuarantineLine.json(record, line: line, source: source, header: header))
  }

  private mutating func writeOldest() async throws {
    guard let (day, rows) = buffers.removeOldest() else { return }
    touched.insert(day)
    try await start(rows, day)
  }

  /// Starts the work on a segment beside that of reading; at most ``jobsInFlight`` run at once, and large ones one by one.
  private mutating func start(_ rows: SegmentRows, _ day: CommunityDay) async throws {
    if lastJobRowCount + rows.count > IngestLimits.bufferedRowCountMax { while !jobs.isEmpty { try await settle() } }
    lastJobRowCount = rows.count
    let job = writer.job(rows, day: day, sources: sourcesToName(isLast: buffers.days.isEmpty))
    jobs.append(Task.detached { try job.run() })
    if jobs.count > Self.jobsInFlight { try await settle() }
  }

  private mutating func settle() async throws {
    let segment = try await jobs.removeFirst().value
    try writer.add(segment)
  }

  private static let jobsInFlight = 1

  /// Sources for the footer of a segment: each is named once, when it was read whole, so that footers stay small.
  private mutating func sourcesToName(isLast: Bool) -> [SourceRecord] {
    guard isLast || sources.count - namedSourceCount >= Self.sourcesInFooterMax else { return [] }
    defer { namedSourceCount = sources.count }
    return Array(sources[namedSourceCount...])
  }

  /// Sources that wait to be named; the last segment of a batch names all that are left.
  private static let sourcesInFooterMax = 256

  /// Waits until nothing is written any more: to be called where the batch is given up.
  mutating func abandon() async {
    for job in jobs { _ = await job.result }
    jobs = []
  }

  /// Writes what is left and commits all.
  consuming func commit() async throws -> IngestReport {
    do { try await writeAll() } catch {
      await abandon()
      throw error
    }
    report.days = touched.sorted()
    if report.totals.rejected > 0 { report.quarantineFile = writer.quarantineFile }
    if report.totals.read > 0 || !sources.isEmpty || !writer.extras.isEmpty {
      try writer.commit(report.totals, sources: sources)
    }
    return report
  }

  private mutating func writeAll() async throws {
    buffers.startDraining()
    if let (day, rows) = buffers.next() {
      touched.insert(day)
      try await start(rows, day)
    }
    try writer.finishReading()
    while let (day, rows) = buffers.next() {
      touched.insert(day)
      try await start(rows, day)
    }
    while !jobs.isEmpty { try await settle() }
  }
}

extension CommunityDay {
  /// An instant that no zone counts to an earlier day: noon of the next day, in UTC.
  fileprivate var noon: Int64 { (Int64(number) + 1) * 86_400_000_000 + 43_200_000_000 }
}
