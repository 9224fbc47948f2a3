internal import Columns
internal import Events
internal import Segments

/// Takes parsed batches in input order: gives keys, drops duplicates, sorts records into days, writes full days.
struct BatchConsumer: ~Copyable {
  private(set) var report = IngestReport()
  private var writer: BatchWriter
  private var buffers: DayBuffers
  private var clock: DayClock
  private let settings: WorkspaceSettings
  private let reopens: Bool
  private var sources: [SourceRecord] = []
  private var touched: Set<CommunityDay> = []

  private var source: LogSource?
  private var line = 0
  private var truncatedAt: Int?
  /// Segments being encoded and written, oldest first.
  private var jobs: [Task<StagedSegment, any Error>] = []
  private var namedSourceCount = 0

  init(_ writer: consuming BatchWriter, settings: WorkspaceSettings, zone: TimeZoneRules, reopens: Bool) {
    self.writer = writer
    self.settings = settings
    self.reopens = reopens
    clock = DayClock(zone)
    buffers = DayBuffers(dimensionCount: settings.schema.dimensions.count, keepsEventID: settings.keepsEventID)
  }

  /// Sources that `source` may repeat or continue.
  func knownSources(of source: LogSource, head: ContentHash) throws -> KnownSources {
    let dataset = source.description.name
    let remembered = try writer.sources(dataset: dataset, head: head) + writer.shortSources(dataset: dataset)
    return KnownSources(remembered + sources.filter { $0.dataset == dataset })
  }

  /// Notes that `source` holds nothing new.
  mutating func skip(_ source: LogSource) { report.skippedSources.append(source.path) }

  /// Starts a source of which `line` lines were read in earlier runs.
  mutating func begin(_ source: LogSource, line: Int) {
    self.source = source
    self.line = line
    truncatedAt = nil
  }

  /// Ends the source: it is remembered with the batch.
  mutating func end(rawHash: ContentHash, rawByteCount: Int, head: ContentHash, consumed: Int) {
    guard let source else { return }
    // A source that was read before, or stands twice in this call, is remembered once.
    if sources.contains(where: { $0.dataset == source.description.name && $0.content == rawHash }) { return }
    sources.append(
      SourceRecord(
        dataset: source.description.name, path: source.path, content: rawHash, byteCount: rawByteCount, head: head,
        // A last record that was cut off is read again when the source has grown.
        consumedByteCount: truncatedAt ?? consumed, lineCount: truncatedAt == nil ? line : line - 1))
  }

  /// Whether the source that was just read has the content of one from an earlier call.
  func hasReadBefore(_ source: LogSource) throws -> Bool {
    guard let content = sources.last?.content else { return false }
    return try writer.hasSource(dataset: source.description.name, content: content)
  }

  /// Stores the records of one chunk.
  mutating func consume(_ batch: RecordBatch) async throws {
    try setAside(batch)
    report.totals.read += batch.ts.count
    var run = RecordRun(of: batch)
    for row in batch.ts.indices {
      guard try isNew(batch, row) else { continue }
      let day = clock.day(of: batch.ts[row])
      if day != run.day { buffers.append(&run, startingOn: day) }
      run.add(row, member: memberKey(batch, row, &run))
      report.totals.stored += 1
    }
    buffers.append(&run, startingOn: nil)
    line += batch.lineCount
    while buffers.rowCount > IngestLimits.bufferedRowCountMax
      || buffers.textByteCount > IngestLimits.bufferedTextByteCountMax
    { try await writeOldest() }
  }

  /// The key of a record's member, looked up once a chunk and member.
  private mutating func memberKey(_ batch: RecordBatch, _ row: Int, _ run: inout RecordRun) -> UInt32 {
    let local = batch.member.codes[row]
    if let key = run.memberKey(local) { return key }
    let key = batch.member.values.withBytes(of: local) { writer.members.key(for: $0).number }
    run.remember(key, of: local)
    return key
  }

  /// Judges a record against those of its day; counts what is not stored.
  private mutating func isNew(_ batch: RecordBatch, _ row: Int) throws -> Bool {
    if let limit = writer.expiredBefore, batch.ts[row] < limit.noon, clock.day(of: batch.ts[row]) < limit {
      try reject(QuarantineLine.late(.expired, batch, row: row, dimensions: settings.schema.dimensions), line: nil)
      return false
    }
    let identity = batch.identities[row]
    guard identity.idHash != 0 else { return true }
    let ts = Timestamp(microseconds: batch.ts[row])
    if !reopens, writer.duplicates.isClosed(ts) {
      try reject(QuarantineLine.late(.pastWindow, batch, row: row, dimensions: settings.schema.dimensions), line: nil)
      return false
    }
    switch try writer.duplicates.judge(id: identity.idHash, content: identity.contentHash, ts: ts) {
    case .new: return true
    case .conflict:
      report.totals.conflicts += 1
      return true
    case .duplicate:
      report.totals.duplicate += 1
      return false
    }
  }

  private mutating func setAside(_ batch: RecordBatch) throws {
    report.totals.read += batch.rejected.count
    for record in batch.rejected {
      if record.reason == .truncated || record.reason == .sourceEndedEarly { truncatedAt = record.byteOffset }
      try reject(record, line: line + record.line)
    }
  }

  private mutating func reject(_ record: RejectedRecord, line: Int?) throws {
    guard let source else { return }
    report.totals.rejected += 1
    report.rejections[record.reason, default: 0] += 1
    if report.examples.count < 5 {
      report.examples.append(
        "\(source.path)\(line.map { ":\($0)" } ?? ""): \(record.reason.rawValue): \(record.detail)")
    }
    try writer.setAside(rejected: QuarantineLine.json(record, line: line, source: source))
  }

  private mutating func writeOldest() async throws {
    guard let (day, rows) = buffers.removeOldest() else { return }
    touched.insert(day)
    try await start(rows, day)
  }

  /// Starts the work on a segment beside that of reading; at most ``jobsInFlight`` run at once.
  private mutating func start(_ rows: SegmentRows, _ day: CommunityDay) async throws {
    let job = writer.job(rows, day: day, sources: sourcesToName(isLast: buffers.days.isEmpty))
    jobs.append(Task.detached { try job.run() })
    if jobs.count > Self.jobsInFlight { try await settle() }
  }

  private mutating func settle() async throws {
    let segment = try await jobs.removeFirst().value
    try writer.add(segment)
  }

  private static let jobsInFlight = 2

  /// Sources for the footer of a segment: each is named once, when it was read whole, so that footers stay small.
  private mutating func sourcesToName(isLast: Bool) -> [SourceRecord] {
    guard isLast || sources.count - namedSourceCount >= Self.sourcesInFooterMax else { return [] }
    defer { namedSourceCount = sources.count }
    return Array(sources[namedSourceCount...])
  }

  /// Sources that wait to be named; the last segment of a batch names all that are left.
  private static let sourcesInFooterMax = 256

  /// Writes what is left and commits all.
  consuming func commit() async throws -> IngestReport {
    buffers.startDraining()
    while let (day, rows) = buffers.next() {
      touched.insert(day)
      try await start(rows, day)
    }
    while !jobs.isEmpty { try await settle() }
    report.days = touched.sorted()
    if report.totals.rejected > 0 { report.quarantineFile = writer.quarantineFile }
    if report.totals.read > 0 || !sources.isEmpty { try writer.commit(report.totals, sources: sources) }
    return report
  }
}

extension CommunityDay {
  /// An instant that no zone counts to an earlier day: noon of the next day, in UTC.
  fileprivate var noon: Int64 { (Int64(number) + 1) * 86_400_000_000 + 43_200_000_000 }
}
