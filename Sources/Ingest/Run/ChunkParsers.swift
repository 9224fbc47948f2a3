/// The parsers at work in one call of ingest: a source of the same form as the one before goes on with its parsers,
/// which know the texts that repeat.
struct ChunkParsers {
  private(set) var all: [ChunkParser] = []
  private var parser: RecordParser?

  /// Makes `count` parsers that do as `next` does, unless those at hand do.
  mutating func prepare(for next: RecordParser, count: Int) {
    if let parser, parser.description == next.description, parser.origin.header == next.origin.header { return }
    parser = next
    all = (0..<count).map { _ in ChunkParser(next) }
  }
}
