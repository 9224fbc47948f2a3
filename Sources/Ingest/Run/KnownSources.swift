internal import Columns
internal import Segments

/// Decides, before a source is parsed, whether it was read before, whole or as a shorter file.
struct KnownSources {
  enum Verdict {
    case new
    /// It is a source that was read.
    case known(SourceRecord)
    /// It begins with a source that was read: go on behind it.
    case grown(SourceRecord)
  }

  private let remembered: [SourceRecord]

  /// - Parameter remembered: sources of the dataset that may match, from the catalog and from this call.
  init(_ remembered: [SourceRecord]) { self.remembered = remembered.sorted { $0.byteCount > $1.byteCount } }

  /// The hash of the first bytes of a file.
  static func head(of path: String, byteCount: Int = SourceRecord.headByteCount) throws -> ContentHash {
    let file = try OpenFile(reading: path)
    let bytes = try file.read(0..<min(file.byteCount, byteCount))
    return bytes.withUnsafeBytes { ContentHash(of: $0) }
  }

  /// Reads only as much of `path` as a remembered source is long, and only where heads agree.
  func judge(_ path: String, head: ContentHash) throws -> Verdict {
    let byteCount = fileByteCount(path) ?? 0
    for source in remembered where source.byteCount <= byteCount {
      guard try sameHead(source, path, head) else { continue }
      guard try rawHash(ofFile: path, prefix: source.byteCount) == source.content else { continue }
      if source.byteCount == byteCount { return .known(source) }
      // Parquet has its index at the end: what begins like another file is a file of its own.
      return try beginsAsParquet(path) ? .new : .grown(source)
    }
    return .new
  }

  private func sameHead(_ source: SourceRecord, _ path: String, _ head: ContentHash) throws -> Bool {
    if source.byteCount >= SourceRecord.headByteCount { return source.head == head }
    return try Self.head(of: path, byteCount: source.byteCount) == source.head
  }
}
