internal import Columns
internal import Events
internal import Glibc
internal import Segments

extension FollowRun {
  /// Reads standard input until it ends, and commits whole records at the rhythm.
  ///
  /// What was committed stays, whatever happens later; a pipe cannot be read again, so only event ids, or
  /// `duplicates: line`, tell a second feeding of the same records.
  package func followInput(_ source: LogSource, onCommit: (IngestReport) -> Void) async throws -> IngestReport {
    var total = IngestReport()
    var input = FollowedInput(source)
    var next = ContinuousClock.now
    while true {
      let isStopping = shouldStop()
      let isFull = input.waitingByteCount >= IngestLimits.followedByteCountWaiting
      if !isStopping, !isFull { try input.read(waitingMilliseconds: 200) }
      let isLast = isStopping || input.isAtEnd
      guard isLast || isFull || (input.waitingByteCount > 0 && ContinuousClock.now >= next) else { continue }
      do {
        if let report = try await batch(&input, total) {
          total.add(report)
          onCommit(report)
          next = ContinuousClock.now + .seconds(commitSeconds)
        }
        if isLast { return total }
      } catch let error as StoreError where error.code == .locked && !isStopping {
        // Another process writes: try again when it ends.
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func batch(_ input: inout FollowedInput, _ total: IngestReport) async throws -> IngestReport? {
    let run = run(clock())
    let settings = workspace.settings
    let zone = try TimeZoneRules(named: settings.timeZone)
    guard try input.isReady() else { return nil }
    let parser = try RecordParser.reading(
      input.description, header: input.header, schema: settings.schema, communityZone: zone, arrival: run.arrival,
      keepsEventID: settings.keepsEventID)
    guard input.hasChunks else { return nil }
    var consumer = try run.consumer(zone)
    let chunks = input.takeChunks()
    try consumer.begin(input.source, line: input.lineCount, parser: parser)
    for chunk in chunks { try await consumer.consume(parser.parse(chunk)) }
    input.lineCount = consumer.line
    try checkLimit(total, consumer.report)
    return try await consumer.commit()
  }
}

/// Standard input on its way: what was read, cut into chunks of whole records.
struct FollowedInput {
  let source: LogSource
  let description: DatasetDescription
  private var tail: RecordTail
  private var chunks: [LogChunk] = []
  private var chunkedByteCount = 0
  private(set) var isAtEnd = false
  private(set) var header: [String]?
  private var needsHeader: Bool
  /// Lines that were read, those of the header included.
  var lineCount = 0
  private var hasSeenBytes = false

  init(_ source: LogSource) {
    self.source = source
    description = source.description.resolved(forPath: source.path)
    tail = RecordTail(description, path: source.path, offset: 0)
    if case .names(let names) = description.header { header = names }
    needsHeader = description.rowFormat != nil && description.header == .firstRow
  }

  var waitingByteCount: Int { chunkedByteCount + tail.waitingByteCount }

  /// Reads what is there, waiting a little where nothing is.
  /// - Throws: ``IngestError`` `cannotRead`, also for compressed input.
  mutating func read(waitingMilliseconds: Int32) throws {
    var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, waitingMilliseconds) > 0 else { return }
    var room = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(STDIN_FILENO, &room, room.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count >= 0 else {
      throw IngestError(
        .cannotRead, "cannot read: \(systemMessage())", file: source.path, hint: "What was committed stays.")
    }
    if count == 0 {
      isAtEnd = true
      return
    }
    if !hasSeenBytes, room[..<count].withUnsafeBytes({ Compression(magic: $0) }) != .none {
      throw IngestError(
        .cannotRead, "compressed input cannot be followed", file: source.path,
        hint: "Decompress it on the way: zcat FILE | muster ingest --follow -")
    }
    hasSeenBytes = true
    tail.append(room[..<count])
    if tail.waitingByteCount >= IngestLimits.chunkByteCount, try isReady() { cut() }
  }

  /// Whether the names of the columns are known.
  mutating func isReady() throws -> Bool {
    guard needsHeader, let format = description.rowFormat else { return true }
    header = try tail.header(format)
    needsHeader = header == nil
    lineCount = tail.headerLineCount
    return !needsHeader
  }

  private mutating func cut() {
    while let chunk = isAtEnd ? tail.last() : tail.next() {
      chunks.append(chunk)
      chunkedByteCount += chunk.byteCount
    }
  }

  /// Whether whole records wait.
  var hasChunks: Bool {
    mutating get {
      cut()
      return !chunks.isEmpty
    }
  }

  mutating func takeChunks() -> [LogChunk] {
    defer { (chunks, chunkedByteCount) = ([], 0) }
    return chunks
  }
}
