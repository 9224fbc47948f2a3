internal import Columns
internal import Segments

/// What was started and not consumed yet, in the order of the input: the chunks of a source may be read and parsed
/// while those of the source before are still consumed.
struct SourceQueue {
  /// Where a source was read to.
  struct End {
    var content: ContentHash
    /// Raw ones.
    var byteCount: Int
    var head: ContentHash
    var consumedByteCount: Int
  }

  private enum Step {
    case begin(LogSource, line: Int, RecordParser)
    case chunk(Task<RecordBatch, Never>, parser: Int, IngestProgress)
    case end(End)
  }

  /// Each remembers texts of its own: more of them leave less of it in the cache.
  private static let parserCount = 2
  /// Chunks that are parsed, or wait for it, before the oldest is consumed: nobody is woken for every chunk.
  private static let chunksInFlight = 4

  private var steps: [Step] = []
  private var chunkCount = 0
  private var startedCount = 0
  private var parsers = ChunkParsers()
  /// By parser: the last chunk that it got.
  private var last: [Int: Task<RecordBatch, Never>] = [:]
  private let report: (IngestProgress) -> Void

  /// - Parameter progress: called when a chunk was consumed.
  init(progress: @escaping (IngestProgress) -> Void) { report = progress }

  /// Starts a source, of which `line` lines were read before.
  mutating func begin(_ source: LogSource, line: Int, parser: RecordParser) {
    parsers.prepare(for: parser, count: Self.parserCount)
    steps.append(.begin(source, line: line, parser))
  }

  /// Starts to parse a chunk of the source that began last; consumes the oldest one where many wait.
  mutating func append(
    _ chunk: LogChunk, parser: RecordParser, _ progress: IngestProgress, into consumer: inout BatchConsumer
  ) async throws {
    let number = startedCount % Self.parserCount
    // Facts are taken a chunk at a time: each explains its own codes.
    let next = parser.attributes == nil ? parsers.all[number] : ChunkParser(parser)
    // A parser takes its chunks one after another.
    let before = last[number]
    let task = Task.detached {
      _ = await before?.value
      return next.parse(chunk)
    }
    last[number] = task
    steps.append(.chunk(task, parser: number, progress))
    (startedCount, chunkCount) = (startedCount + 1, chunkCount + 1)
    if chunkCount == Self.chunksInFlight { try await consume(into: &consumer, leaving: chunkCount - 1) }
  }

  /// Ends the source that began last.
  mutating func end(_ end: End) { steps.append(.end(end)) }

  /// Whether a source that begins like `head` may be one that waits here, or go on with it.
  func mayHold(_ head: ContentHash) -> Bool {
    steps.contains { step in
      guard case .end(let end) = step else { return false }
      return end.head == head || end.byteCount < SourceRecord.headByteCount
    }
  }

  /// Consumes what is oldest until `count` chunks are left; at 0 all.
  mutating func consume(into consumer: inout BatchConsumer, leaving count: Int = 0) async throws {
    while let step = steps.first {
      if case .chunk = step, chunkCount <= count { return }
      steps.removeFirst()
      switch step {
      case .begin(let source, let line, let parser): try consumer.begin(source, line: line, parser: parser)
      case .end(let end): consumer.end(end)
      case .chunk(let task, let parser, var progress):
        chunkCount -= 1
        try await consumer.consume(await task.value, parser: parser)
        progress.read = consumer.report.totals.read
        report(progress)
      }
    }
  }
}
