internal import Columns

/// The end of a source that is still growing: whole records are handed out, what is not whole yet waits.
struct RecordTail {
  private let description: DatasetDescription
  private let path: String
  private var boundaries: RecordBoundaries
  private var pending: [UInt8] = []
  /// Where `pending` begins in the source: all before it was handed out.
  private(set) var offset: Int
  /// Set while a line is passed over that is longer than a record may be: its first bytes, and its length so far.
  private var longLine: (text: [UInt8], byteCount: Int)?
  private var isAtStart: Bool
  /// Lines that were passed without a record: those of the header.
  private(set) var headerLineCount = 0

  /// - Parameters:
  ///   - description: with its format settled.
  ///   - offset: where the source is read from; 0 is its start.
  init(_ description: DatasetDescription, path: String, offset: Int) {
    self.description = description
    self.path = path
    self.offset = offset
    isAtStart = offset == 0
    boundaries = RecordBoundaries(quotedDelimiter: description.rowFormat?.quotedDelimiter)
  }

  /// Where reading goes on: behind what is pending.
  var end: Int { offset + (longLine?.byteCount ?? 0) + pending.count }
  /// Bytes that wait for the end of their record.
  var waitingByteCount: Int { (longLine?.byteCount ?? 0) + pending.count }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    pending.append(contentsOf: bytes)
    guard isAtStart, pending.count >= 3 else { return }
    isAtStart = false
    if pending.starts(with: [0xEF, 0xBB, 0xBF]) { drop(3) }
  }

  private mutating func drop(_ count: Int) {
    pending.removeFirst(count)
    offset += count
  }

  /// Takes the names of the columns off the front; nil where they are not whole yet.
  /// - Throws: ``IngestError`` `header`.
  mutating func header(_ format: RowFormat) throws -> [String]? {
    while true {
      var joined: [Int] = []
      let end = pending.withUnsafeBytes {
        boundaries.end(of: 0, in: $0, sourceOffset: offset, isLast: false, joined: &joined)
      }
      guard case .at(let count) = end else { return nil }
      let names = try pending.withUnsafeBytes {
        try columnNames(of: UnsafeRawBufferPointer(rebasing: $0[..<count]), format: format, path: path)
      }
      headerLineCount += 1 + joined.count
      drop(count)
      if let names { return names }
    }
  }

  /// The records that are whole; nil where more has to come first.
  mutating func next() -> LogChunk? {
    if longLine != nil { return restOfLongLine() }
    while !pending.isEmpty {
      let (end, joined, isOpen) = pending.withUnsafeBytes {
        boundaries.lastEnd(in: $0, sourceOffset: offset, isLast: false)
      }
      if let end {
        let chunk = LogChunk(following: pending[..<end], byteOffset: offset, joinedBreaks: joined)
        drop(end)
        return chunk
      }
      guard pending.count > IngestLimits.recordByteCountMax else { return nil }
      if isOpen {
        boundaries.giveUpQuotes(until: offset + pending.count)
        continue
      }
      longLine = (Array(pending.prefix(IngestLimits.rejectedTextByteCountMax)), pending.count)
      pending = []
      return nil
    }
    return nil
  }

  private mutating func restOfLongLine() -> LogChunk? {
    guard let long = longLine else { return nil }
    guard let lineBreak = pending.firstIndex(of: 0x0A) else {
      longLine = (long.text, long.byteCount + pending.count)
      pending = []
      return nil
    }
    let byteCount = long.byteCount + lineBreak + 1
    let chunk = LogChunk(
      following: long.text[...], byteOffset: offset,
      fault: .init(
        reason: .lineTooLong,
        detail: "the line has \(byteCount) bytes, more than \(IngestLimits.recordByteCountMax)", lineCount: 1))
    pending.removeFirst(lineBreak + 1)
    offset += byteCount
    longLine = nil
    return chunk
  }

  /// What is left where nothing follows any more: a last record without line break.
  mutating func last() -> LogChunk? {
    if let chunk = next() { return chunk }
    guard longLine == nil, !pending.isEmpty else { return nil }
    let chunk = LogChunk(following: pending[...], byteOffset: offset, isUnterminated: true)
    drop(pending.count)
    return chunk
  }
}
