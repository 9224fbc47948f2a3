internal import Columns
internal import Events
internal import Segments

/// Reads what is new of one followed file into a batch.
struct FollowedRead {
  let file: FollowedFile
  let run: IngestRun
  let zone: TimeZoneRules
  let others: [FollowedFile.Identity: FollowedFile]

  /// The place that was reached; nil where nothing whole was new.
  func read(into consumer: inout BatchConsumer) async throws -> FollowedPosition? {
    let size = file.size
    if file.position == nil, let recorded = try recorded(consumer) { file.resume(at: recorded, isOwn: true) }
    var restarted: FollowedPosition?
    if let position = file.position, try !file.holds(position) {
      let parser = try parser()
      if let parser { try await readRest(behind: position, parser, into: &consumer) }
      file.restart()
      // Committed even where nothing else is: the old place holds no more.
      restarted = try file.position(at: 0, lineCount: 0)
    }
    guard let parser = try parser(), let start = file.start else {
      file.noteSize(size)
      return restarted
    }
    if file.position == nil, restarted == nil, try !place(consumer) { return nil }
    let isFirst = file.position?.byteCount ?? 0 <= start.offset
    let offset = isFirst ? start.offset : file.position!.byteCount
    try consumer.begin(file.source, line: isFirst ? start.lineCount : file.position!.lineCount, parser: parser)
    let end = try await feed(&consumer, parser, from: offset, to: min(size, offset + IngestLimits.followedByteCountMax))
    if end == offset {
      file.noteSize(size)
      return restarted
    }
    let position = try file.position(at: end, lineCount: consumer.line)
    consumer.end(
      .init(content: position.content, byteCount: end, head: try file.head(end), consumedByteCount: end))
    // What is left of a large file comes with the next batch.
    file.noteSize(size - offset > IngestLimits.followedByteCountMax ? -1 : size)
    return position
  }

  private func parser() throws -> RecordParser? {
    let settings = run.workspace.settings
    return try file.parser { description, header in
      try RecordParser.reading(
        description, header: header, schema: settings.schema, communityZone: zone, arrival: run.arrival,
        keepsEventID: settings.keepsEventID)
    }
  }

  /// Where following ended before.
  private func recorded(_ consumer: borrowing BatchConsumer) throws -> FollowedPosition? {
    let identity = file.identity
    return try consumer.writer.followedFiles(dataset: identity.dataset).first {
      $0.device == identity.device && $0.inode == identity.inode
    }
  }

  /// Reads from `start` on; gives the end of the last whole record.
  private func feed(_ consumer: inout BatchConsumer, _ parser: RecordParser, from start: Int, to size: Int) async throws
    -> Int
  {
    var tail = RecordTail(parser.description, path: file.source.path, offset: start)
    var running: [Task<RecordBatch, Never>] = []
    while tail.end < size {
      let bytes = try file.read(at: tail.end, min(IngestLimits.chunkByteCount, size - tail.end))
      if bytes.isEmpty { break }
      tail.append(bytes)
      while let chunk = tail.next() { running.append(Task.detached { parser.parse(chunk) }) }
      while running.count > 3 { try await consumer.consume(running.removeFirst().value) }
    }
    for task in running { try await consumer.consume(task.value) }
    return tail.offset
  }

  /// Finds out where to begin: behind what any ingest has read, else at the start.
  /// - Returns: false where the file is a copy of one that is followed, and waits until that one starts anew.
  private func place(_ consumer: borrowing BatchConsumer) throws -> Bool {
    let identity = file.identity
    var source = file.source
    source.path = file.openPath
    let head = try KnownSources.head(of: source.path)
    let record: SourceRecord
    switch try consumer.knownSources(of: source, head: head).judge(source.path, head: head) {
    case .new: return true
    case .known(let known), .grown(let known): record = known
    }
    let isCopy = others.values.contains {
      $0 !== file && $0.identity.dataset == identity.dataset && $0.position?.content == record.content
        && $0.size >= record.byteCount
    }
    if isCopy { return false }
    file.resume(
      at: try file.position(at: record.consumedByteCount, lineCount: record.lineCount), isOwn: false)
    return true
  }

  /// The file was cut off: its copy, where rotation made one, holds what was not read yet.
  private func readRest(
    behind position: FollowedPosition, _ parser: RecordParser, into consumer: inout BatchConsumer
  ) async throws {
    for path in FollowedFiles.siblings(of: file.source.path) {
      var source = file.source
      source.path = path
      guard let copy = try FollowedFile(source), others[copy.identity] == nil, !copy.isCompressed,
        copy.size > position.byteCount,
        try copy.holds(position)
      else { continue }
      try consumer.begin(source, line: position.lineCount, parser: parser)
      let read = FollowedRead(file: copy, run: run, zone: zone, others: others)
      copy.resume(at: position, isOwn: false)
      let end = try await read.feed(&consumer, parser, from: position.byteCount, to: copy.size)
      if end == position.byteCount { return }
      let reached = try copy.position(at: end, lineCount: consumer.line)
      consumer.end(
        .init(content: reached.content, byteCount: end, head: try copy.head(end), consumedByteCount: end))
      return
    }
  }
}
