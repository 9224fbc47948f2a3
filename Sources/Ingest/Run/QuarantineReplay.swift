internal import Columns
internal import Events
internal import Segments

/// Reads rejected records again through the datasets as they are now.
///
/// ```
/// quarantine/*.jsonl ─▶ each record alone: would it be stored? ─ yes ─▶ chunk ─▶ BatchConsumer
///                                                               └ no ──▶ quarantine of this batch, with the new reason
/// ```
/// A record leaves the quarantine whole or stays. Where nothing would change, nothing is written; else the old files
/// are replaced by that of this batch in its transaction.
struct QuarantineReplay {
  let workspace: Workspace
  let zone: TimeZoneRules
  let arrival: Timestamp
  let reopens: Bool
  /// The records that are read again, among those that may be.
  let isWanted: (QuarantineRecord) -> Bool

  private var routes: [RouteKey: Route?] = [:]
  private let texts = SourceTexts()
  /// What there is to read again, where nothing would change.
  private(set) var unchanged = IngestReport()

  init(
    workspace: Workspace, zone: TimeZoneRules, arrival: Timestamp, reopens: Bool,
    isWanted: @escaping (QuarantineRecord) -> Bool
  ) {
    (self.workspace, self.zone, self.arrival) = (workspace, zone, arrival)
    (self.reopens, self.isWanted) = (reopens, isWanted)
  }

  /// What records have in common that one parser reads.
  private struct RouteKey: Hashable {
    var dataset: String
    var source: String
    var header: [String]?
    var kind: Int?
  }

  private struct Route {
    var source: LogSource
    var parser: RecordParser
  }

  private enum Verdict: Equatable {
    /// It was not asked for (nil), or cannot be read again, and why.
    case untouched(String?)
    case leaves
    case stays(RejectionReason, String)
  }

  /// Replays into `consumer`; false where nothing would change.
  mutating func run(into consumer: inout BatchConsumer) async throws -> Bool {
    let files = try consumer.writer.quarantineFiles()
    guard try hasChanges(files, &consumer) else { return false }
    for file in files {
      let reader = try Self.reader(of: file)
      while let chunk = try reader.next() {
        let lines = ChunkRecords(chunk).filter { !$0.range.isEmpty }.map { line in
          chunk.withRecords { Array($0[line.range]) }
        }
        try await replay(lines, into: &consumer)
      }
      consumer.writer.extras.replayedFiles.append(file.split(separator: "/").last.map(String.init) ?? file)
    }
    return true
  }

  /// Whether any record would leave, or stay for another reason; where none would, the report says what there is.
  private mutating func hasChanges(_ files: [String], _ consumer: inout BatchConsumer) throws -> Bool {
    var report = IngestReport()
    for file in files {
      let reader = try Self.reader(of: file)
      while let chunk = try reader.next() {
        for line in ChunkRecords(chunk) {
          let parsed = chunk.withRecords { QuarantineRecord(UnsafeRawBufferPointer(rebasing: $0[line.range])) }
          guard var record = parsed else { continue }
          switch try verdict(on: &record, consumer) {
          case .untouched(let why): if let why { report.leftInQuarantine[why, default: 0] += 1 }
          case .leaves: return true
          case .stays(let reason, let detail):
            if reason != record.reason || detail != record.detail { return true }
            report.totals.read += 1
            report.totals.rejected += 1
            report.rejections[reason, default: 0] += 1
          }
        }
      }
    }
    unchanged = report
    return false
  }

  private mutating func replay(_ lines: [[UInt8]], into consumer: inout BatchConsumer) async throws {
    var waiting: (key: RouteKey, records: [[UInt8]], byteCount: Int)?
    for line in lines {
      let parsed = (line + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)).withUnsafeBytes {
        QuarantineRecord(UnsafeRawBufferPointer(rebasing: $0[..<line.count]))
      }
      guard var record = parsed else {
        try consumer.writer.setAside(rejected: line + [0x0A])
        continue
      }
      switch try verdict(on: &record, consumer) {
      case .untouched(let why):
        if let why { consumer.report.leftInQuarantine[why, default: 0] += 1 }
        try consumer.writer.setAside(rejected: line + [0x0A])
      case .stays(let reason, let detail):
        consumer.writer.extras.replayedCount += 1
        let source = LogSource(description: try description(of: record.dataset)!, path: record.source)
        try consumer.keep(record.rejected(reason, detail), line: record.line, source: source, header: record.header)
      case .leaves:
        consumer.writer.extras.replayedCount += 1
        let key = Self.key(of: record)
        if let full = waiting, full.key != key || full.byteCount > IngestLimits.chunkByteCount {
          try await store(full.records, full.key, into: &consumer)
          waiting = nil
        }
        waiting = waiting ?? (key, [], 0)
        waiting!.records.append(record.bytes)
        waiting!.byteCount += record.bytes.count
      }
    }
    if let waiting { try await store(waiting.records, waiting.key, into: &consumer) }
  }

  private mutating func store(_ records: [[UInt8]], _ key: RouteKey, into consumer: inout BatchConsumer) async throws {
    guard let route = routes[key] ?? nil else { return }
    try consumer.begin(route.source, line: 0, parser: route.parser)
    try await consumer.consume(route.parser.parse(LogChunk(records: records)))
  }

  /// Judges one record alone; its bytes are completed where the source still has them.
  private mutating func verdict(on record: inout QuarantineRecord, _ consumer: borrowing BatchConsumer) throws
    -> Verdict
  {
    guard isWanted(record) else { return .untouched(nil) }
    guard record.isReplayable(reopens: reopens) else {
      return .untouched(record.reason == .pastWindow ? "past-window: add --reopen" : "cut off, too long or erased")
    }
    guard let route = try route(of: record) else {
      return .untouched("the dataset '\(record.dataset)' is gone, or cannot read such records")
    }
    if let byteCount = record.wholeByteCount, byteCount > record.bytes.count {
      let (dataset, path) = (record.dataset, record.source)
      let whole = try record.byteOffset.flatMap { offset in
        try texts.text(dataset: dataset, path: path, offset: offset, byteCount: byteCount) {
          try consumer.writer.everySource(dataset: dataset, path: path)
        }
      }
      // Records of documents and of Parquet do not stand in their sources as they are read.
      guard let whole, whole.starts(with: record.bytes) else {
        return .untouched(
          "longer than the \(IngestLimits.rejectedTextByteCountMax) bytes that are kept, and the source is gone or changed"
        )
      }
      record.bytes = whole
      record.wholeByteCount = nil
    }
    let batch = route.parser.parse(LogChunk(records: [record.bytes]))
    if let rejected = batch.rejected.first { return .stays(rejected.reason, rejected.detail) }
    if let attributes = route.parser.attributes {
      let isRefused = MemberFactsRun.refuses(batch, attributes: attributes)
      return isRefused ? .stays(.unknownTimeZone, MemberFactsRun.zoneDetail) : .leaves
    }
    if reopens { return .leaves }
    for (row, ts) in batch.ts.enumerated() where batch.identities[row].idHash != 0 {
      let instant = Timestamp(microseconds: ts)
      if consumer.writer.duplicates.isClosed(instant) {
        return .stays(.pastWindow, QuarantineLine.pastWindowDetail(instant))
      }
    }
    return .leaves
  }

  private static func key(of record: QuarantineRecord) -> RouteKey {
    RouteKey(dataset: record.dataset, source: record.source, header: record.header, kind: record.kind)
  }

  /// Nil where the dataset is gone, or cannot read such records any more.
  private mutating func route(of record: QuarantineRecord) throws -> Route? {
    let key = Self.key(of: record)
    if let known = routes[key] { return known }
    var route: Route?
    if let description = try description(of: record.dataset)?.resolved(forPath: record.source) {
      let needsHeader = description.rowFormat != nil && description.header == .firstRow
      if !needsHeader || record.header != nil {
        var names = record.header
        if case .names(let given) = description.header { names = given }
        let parser = try RecordParser.reading(
          description, header: description.rowFormat == nil ? nil : names, schema: workspace.settings.schema,
          communityZone: zone, arrival: arrival, keepsEventID: workspace.settings.keepsEventID)
        let isKnownKind = record.kind.map { description.kinds.indices.contains($0) } ?? true
        if isKnownKind {
          route = Route(
            source: LogSource(description: description, path: record.source),
            parser: try record.kind.map { try parser.only(kind: $0) } ?? parser)
        }
      }
    }
    routes[key] = .some(route)
    return route
  }

  private func description(of dataset: String) throws -> DatasetDescription? {
    let plain = DatasetDescription.plainLog(schema: workspace.settings.schema)
    if dataset == plain.name { return plain }
    guard workspace.datasets.contains(dataset) else { return nil }
    return try DatasetDescription.named(dataset, in: workspace)
  }

  private static func reader(of file: String) throws -> LogReader {
    var lines = DatasetDescription(name: "quarantine", title: "Quarantine", kinds: [])
    lines.format = .jsonl
    return try LogReader(path: file, description: lines)
  }
}
