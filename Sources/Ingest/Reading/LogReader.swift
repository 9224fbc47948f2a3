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
  package private(set) var consumedBytes = 0

  let path: String
  private let blocks: RawBlocks
  private let stream: any DecodedStream
  private let chunkByteCount: Int
  private let recordByteCountMax: Int
  private var boundaries: RecordBoundaries
  /// What was read and not handed out; it starts with a record, at `consumedBytes` in the source.
  private var pending: UnsafeMutableRawBufferPointer
  private var pendingCount = 0
  /// How much can be pending: at most one byte more than the longest record.
  package var roomByteCount: Int { pending.count }
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
    self.description = description.resolved(forPath: path)
    self.chunkByteCount = min(chunkByteCount, recordByteCountMax + 1)
    self.recordByteCountMax = recordByteCountMax
    boundaries = RecordBoundaries(quotedDelimiter: self.description.rowFormat?.quotedDelimiter)
    blocks = try RawBlocks(path: path)
    stream = try decodedStream(over: blocks)
    pending = .allocate(byteCount: self.chunkByteCount, alignment: 64)
    try skipByteOrderMark()
    try readHeader()
    try skip(to: skippingBytes)
  }

  deinit { pending.deallocate() }

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
    var target = chunkByteCount
    while !isFinished {
      try fill(to: target)
      let (end, joined, isOpen) = boundaries.lastEnd(
        in: pendingBytes, sourceOffset: consumedBytes, isLast: isStreamAtEnd)
      if let end { return take(end, joinedBreaks: joined) }
      if isStreamAtEnd {
        if isOpen {
          boundaries.giveUpQuotes(until: consumedBytes + pendingCount)
          continue
        }
        return try takeTail(joinedBreaks: joined)
      }
      if pendingCount > recordByteCountMax {
        if !isOpen { return try takeLongLine() }
        boundaries.giveUpQuotes(until: consumedBytes + pendingCount)
        continue
      }
      target = min(pendingCount * 2, recordByteCountMax + 1)
    }
    return nil
  }
}

extension LogReader {
  private var pendingBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: pending[..<pendingCount]) }

  /// Reads until `pending` holds `target` bytes or the stream ends.
  private func fill(to target: Int) throws {
    if pending.count < target {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: target, alignment: 64)
      larger.copyMemory(from: pendingBytes)
      pending.deallocate()
      pending = larger
    }
    while pendingCount < target, !isStreamAtEnd {
      let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: pending[pendingCount..<target]))
      if count == 0 { isStreamAtEnd = true }
      pendingCount += count
    }
  }

  /// Forgets the first `count` pending bytes.
  private func drop(_ count: Int) {
    pendingCount -= count
    consumedBytes += count
    if count > 0, pendingCount > 0 { memmove(pending.baseAddress!, pending.baseAddress! + count, pendingCount) }
  }

  private func take(
    _ count: Int, joinedBreaks: [Int] = [], isUnterminated: Bool = false, fault: LogChunk.Fault? = nil
  ) -> LogChunk {
    let chunk = LogChunk(
      records: UnsafeRawBufferPointer(rebasing: pending[..<count]), byteOffset: consumedBytes,
      precedingLineCount: headerLineCount, joinedBreaks: joinedBreaks, isUnterminated: isUnterminated, fault: fault)
    headerLineCount = 0
    drop(count)
    return chunk
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
    let offset = consumedBytes
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
    let detail = "the line has \(consumedBytes - offset) bytes, more than \(recordByteCountMax)"
    return text.withUnsafeBytes {
      LogChunk(
        records: $0, byteOffset: offset, precedingLineCount: lines,
        fault: .init(reason: .lineTooLong, detail: detail, lineCount: 1))
    }
  }

  private func skipByteOrderMark() throws {
    try fill(to: 3)
    if pendingBytes.starts(with: [0xEF, 0xBB, 0xBF]) { drop(3) }
  }

  private func skip(to offset: Int) throws {
    if offset > consumedBytes { headerLineCount = 0 }
    while consumedBytes < offset {
      if pendingCount == 0 { try fill(to: chunkByteCount) }
      if pendingCount == 0 { return }
      drop(min(pendingCount, offset - consumedBytes))
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
        count = pendingCount
      }
      headerLineCount += 1 + joined.count
      header = try columnNames(of: UnsafeRawBufferPointer(rebasing: pending[..<count]), format: format, path: path)
      drop(count)
    }
  }
}
