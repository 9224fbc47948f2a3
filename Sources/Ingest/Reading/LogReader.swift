package import Columns
internal import Glibc

/// One source, read front to back and handed out in chunks of whole records. Not for use from two threads at once.
///
/// ```
/// let reader = try LogReader(path: "log/2026-08-01.jsonl.gz", description: description)
/// let parser = try reader.parser(schema: schema, communityZone: zone, arrival: now, keepsEventID: false)
/// while let chunk = try reader.next() { store.append(parser.parse(chunk)) }
/// ```
/// Plain, gzip (of several members) and zstd (of several frames) are told by their first bytes. Memory: a chunk, at
/// worst the longest record, whatever the input.
package final class LogReader {
  /// The description with the format that this source has.
  package let description: DatasetDescription
  /// The names of the columns, nil for JSON and for rows whose fields have no names.
  package private(set) var header: [String]?
  /// Decompressed bytes handed out or skipped, the header included: where the next chunk begins.
  package var consumedBytes: Int { documents?.sourceOffset ?? handedOutBytes }
  /// Whether lines are counted from the start of the source even where bytes are skipped.
  package var countsSkippedLines: Bool { documents != nil }

  let path: String
  private let blocks: RawBlocks
  private let stream: any DecodedStream
  /// The stream, where its lines are records of documents.
  private let documents: DocumentStream?
  private let chunkByteCount: Int
  private let recordByteCountMax: Int
  private var boundaries: RecordBoundaries
  /// Bytes of the stream that were handed out or skipped.
  private var handedOutBytes = 0
  /// What was read and not handed out; it starts with a record, at `handedOutBytes` in the stream.
  private var memory: ChunkMemory
  private let pool = ChunkPool()
  private var pendingCount = 0
  /// How much can be pending: at most one byte more than the longest record.
  package var roomByteCount: Int { memory.bytes.count - LogChunk.paddingByteCount }
  private var headerLineCount = 0
  private var isStreamAtEnd = false
  private var isFinished = false

  /// - Parameter skippingBytes: decompressed bytes that an earlier run has read; a header is still read.
  /// - Throws: ``IngestError`` `notFound`, `cannotRead` or `header`.
  package convenience init(path: String, description: DatasetDescription, skippingBytes: Int = 0) throws {
    try self.init(
      path: path, description: description, skippingBytes: skippingBytes, chunkByteCount: IngestLimits.chunkByteCount,
      recordByteCountMax: IngestLimits.recordByteCountMax)
  }

  /// As above with other sizes; what is read does not depend on `chunkByteCount`.
  package init(
    path: String, description: DatasetDescription, skippingBytes: Int, chunkByteCount: Int, recordByteCountMax: Int
  ) throws {
    self.path = path
    self.chunkByteCount = min(chunkByteCount, recordByteCountMax + 1)
    self.recordByteCountMax = recordByteCountMax
    blocks = try RawBlocks(path: path)
    let decoded = try decodedStream(over: blocks, of: path, as: description, recordByteCountMax: recordByteCountMax)
    self.description = description.resolved(forPath: path, isParquet: decoded is ParquetStream)
    boundaries = RecordBoundaries(quotedDelimiter: self.description.rowFormat?.quotedDelimiter)
    stream = try recordStream(
      decoded, of: description, resolved: self.description, path: path, skippingBytes: skippingBytes,
      recordByteCountMax: recordByteCountMax)
    documents = stream as? DocumentStream
    memory = pool.take(self.chunkByteCount)
    try skipByteOrderMark()
    try readHeader()
    if documents == nil { try skip(to: skippingBytes) }
  }

  /// The hash of the raw bytes read so far: of the whole source once `next` returned nil.
  /// See ``rawHash(ofFile:prefix:)``.
  package var rawHash: ContentHash { blocks.hash }
  /// The hash of the first raw bytes, as ``SourceRecord/head`` has it.
  package var headHash: ContentHash { blocks.headHash }
  /// Raw (compressed) bytes read so far.
  package var rawByteCount: Int { blocks.byteCount }
  /// 0 to 1, by raw bytes; nil where the size is not known.
  package var progressFraction: Double? {
    blocks.byteCountInAll.map { $0 == 0 ? 1 : min(1, Double(blocks.byteCount) / Double($0)) }
  }

  /// The next records, nil at the end of the source.
  /// - Throws: ``IngestError`` `cannotRead` where the system fails to read.
  package func next() throws -> LogChunk? {
    // Room for a whole raw block, which is then read without a copy.
    var target = min(pendingCount + chunkByteCount, recordByteCountMax + 1)
    while !isFinished {
      try fill(to: target)
      let (end, joined, isOpen) = boundaries.lastEnd(
        in: pendingBytes, sourceOffset: handedOutBytes, isLast: isStreamAtEnd)
      if let end { return take(end, joinedBreaks: joined) }
      if isStreamAtEnd {
        if isOpen {
          boundaries.giveUpQuotes(until: handedOutBytes + pendingCount)
          continue
        }
        return try takeTail(joinedBreaks: joined)
      }
      if pendingCount > recordByteCountMax {
        if !isOpen { return try takeLongLine() }
        boundaries.giveUpQuotes(until: handedOutBytes + pendingCount)
        continue
      }
      target = min(pendingCount * 2, recordByteCountMax + 1)
    }
    return nil
  }
}

extension LogReader {
  private var pendingBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory.bytes[..<pendingCount]) }

  /// Reads until about `target` bytes are pending or the stream ends.
  private func fill(to target: Int) throws {
    memory.grow(to: target, keeping: pendingCount)
    while pendingCount < target, !isStreamAtEnd {
      let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: memory.bytes[pendingCount..<target]))
      if count == 0 { isStreamAtEnd = true }
      pendingCount += count
      // The little that is missing would take the next raw block apart.
      if pendingCount > target - chunkByteCount / 16 { return }
    }
  }

  /// Forgets the first `count` pending bytes.
  private func drop(_ count: Int) {
    pendingCount -= count
    handedOutBytes += count
    let base = memory.bytes.baseAddress!
    if count > 0, pendingCount > 0 { memmove(base, base + count, pendingCount) }
  }

  private func take(
    _ count: Int, joinedBreaks: [Int] = [], isUnterminated: Bool = false, fault: LogChunk.Fault? = nil
  ) -> LogChunk {
    let next = pool.take(chunkByteCount)
    next.grow(to: pendingCount - count, keeping: 0)
    next.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: pendingBytes[count...]))
    let chunk = LogChunk(
      memory, byteCount: count, byteOffset: handedOutBytes, precedingLineCount: headerLineCount,
      joinedBreaks: joinedBreaks, isUnterminated: isUnterminated, fault: fault,
      places: documents?.takePlaces(lineCount(count)))
    headerLineCount = 0
    memory = next
    pendingCount -= count
    handedOutBytes += count
    return chunk
  }

  /// Lines in the first `count` pending bytes.
  private func lineCount(_ count: Int) -> Int {
    var (lines, place) = (0, 0)
    while place < count {
      lines += 1
      place = find(0x0A, in: pendingBytes, from: place).map { $0 + 1 } ?? count
    }
    return lines
  }

  /// What is left at the end of the stream: a record without line break, or the piece before damage.
  private func takeTail(joinedBreaks: [Int]) throws -> LogChunk? {
    isFinished = true
    if let damage = stream.damage {
      // The rest cannot be read, but the source is known by all of its bytes.
      while try blocks.advance() {}
      let rest = pendingCount == 0 ? "" : "; the last \(pendingCount) bytes before it are part of a record"
      let lineCount = pendingCount == 0 ? 0 : joinedBreaks.count + 1
      return take(pendingCount, fault: .init(reason: .sourceEndedEarly, detail: damage + rest, lineCount: lineCount))
    }
    if pendingCount == 0 { return nil }
    return take(pendingCount, joinedBreaks: joinedBreaks, isUnterminated: true)
  }

  /// The start of a line that is longer than a record may be; the rest is read and forgotten.
  private func takeLongLine() throws -> LogChunk {
    let offset = handedOutBytes
    let text = Array(pendingBytes.prefix(IngestLimits.rejectedTextByteCountMax))
    while true {
      if let lineBreak = find(0x0A, in: pendingBytes, from: 0) {
        drop(lineBreak + 1)
        break
      }
      drop(pendingCount)
      try fill(to: chunkByteCount)
      if pendingCount == 0 { break }
    }
    let lines = headerLineCount
    headerLineCount = 0
    let detail = "the line has \(handedOutBytes - offset) bytes, more than \(recordByteCountMax)"
    let kept = pool.take(text.count)
    kept.bytes.copyBytes(from: text)
    return LogChunk(
      kept, byteCount: text.count, byteOffset: offset, precedingLineCount: lines,
      fault: .init(reason: .lineTooLong, detail: detail, lineCount: 1), places: documents?.takePlaces(1))
  }

  private func skipByteOrderMark() throws {
    try fill(to: 5)
    try refuseParquet(pendingBytes, path: path, description: description)
    if pendingBytes.starts(with: [0xEF, 0xBB, 0xBF]) { drop(3) }
  }

  private func skip(to offset: Int) throws {
    if offset > handedOutBytes { headerLineCount = 0 }
    while handedOutBytes < offset {
      if pendingCount == 0 { try fill(to: chunkByteCount) }
      if pendingCount == 0 { return }
      drop(min(pendingCount, offset - handedOutBytes))
    }
  }

  /// Takes the header off the front where the format has one, blank lines before it included.
  private func readHeader() throws {
    guard let format = description.rowFormat else { return }
    if case .names(let names) = description.header {
      header = names
      return
    }
    guard description.header == .firstRow else { return }
    var target = chunkByteCount
    while header == nil {
      try fill(to: target)
      var joined: [Int] = []
      let count: Int
      switch boundaries.end(of: 0, in: pendingBytes, sourceOffset: 0, isLast: isStreamAtEnd, joined: &joined) {
      case .at(let end): count = end
      case .noBreak, .openQuote, .endOfSource:
        guard pendingCount <= recordByteCountMax else {
          throw IngestError(
            .header, "the first row is longer than \(recordByteCountMax) bytes", file: path, line: headerLineCount + 1,
            hint: "Check that this is \(description.format?.rawValue ?? "text"), and that its quotes are closed.")
        }
        guard isStreamAtEnd else {
          target = min(pendingCount * 2, recordByteCountMax + 1)
          continue
        }
        if pendingCount == 0 { return }
        if let damage = stream.damage {
          throw IngestError(
            .header, "\(damage), within the first row, which names the columns", file: path,
            hint: "Copy the file again from where it was written.")
        }
        count = pendingCount
      }
      headerLineCount += 1 + joined.count
      header = try columnNames(of: UnsafeRawBufferPointer(rebasing: memory.bytes[..<count]), format: format, path: path)
      drop(count)
    }
  }
}
