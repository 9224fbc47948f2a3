/// The records of a chunk, one by one, for work that is seldom: places, and quarantine that is read again.
struct ChunkRecords: Sequence, IteratorProtocol {
  struct Record {
    /// Bytes of the chunk, without the line break.
    var range: Range<Int>
    /// From 1, in the chunk.
    var line: Int
  }

  private let chunk: LogChunk
  private var start = 0
  private var line: Int
  private var nextJoined = 0

  init(_ chunk: LogChunk) {
    self.chunk = chunk
    line = chunk.precedingLineCount + 1
  }

  mutating func next() -> Record? {
    guard start < chunk.byteCount else { return nil }
    return chunk.withRecords { all in
      let first = line
      var lineBreak = find(0x0A, in: all, from: start)
      while let place = lineBreak, nextJoined < chunk.joinedBreaks.count, chunk.joinedBreaks[nextJoined] == place {
        nextJoined += 1
        line += 1
        lineBreak = find(0x0A, in: all, from: place + 1)
      }
      let end = lineBreak ?? all.count
      defer { (start, line) = (end + 1, line + 1) }
      return Record(range: start..<end, line: first)
    }
  }
}

extension LogChunk {
  /// Calls `body` with the records; padding lies behind them.
  func withRecords<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try body(records) }
  }

  /// A chunk of `records`, whole ones without their line breaks.
  init(records: [[UInt8]]) {
    var bytes: [UInt8] = []
    var joined: [Int] = []
    for record in records {
      for (offset, byte) in record.enumerated() where byte == 0x0A { joined.append(bytes.count + offset) }
      bytes += record
      bytes.append(0x0A)
    }
    self = bytes.withUnsafeBytes { LogChunk(records: $0, byteOffset: 0, joinedBreaks: joined) }
  }

  /// A chunk of a copy of `bytes`, which lie at `byteOffset` of a source that is still growing.
  init(
    following bytes: ArraySlice<UInt8>, byteOffset: Int, joinedBreaks: [Int] = [], isUnterminated: Bool = false,
    fault: Fault? = nil
  ) {
    self = bytes.withUnsafeBytes {
      LogChunk(
        records: $0, byteOffset: byteOffset, joinedBreaks: joinedBreaks, isUnterminated: isUnterminated, fault: fault)
    }
  }
}
