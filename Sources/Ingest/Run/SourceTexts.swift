internal import Columns
internal import Segments

/// Whole records from their sources, for those of which the quarantine has only the first bytes.
///
/// A source is asked only where it still holds what was read: its hash must agree.
final class SourceTexts {
  private struct Key: Hashable { var dataset, path: String }

  private var isSame: [Key: Bool] = [:]
  private var open: (path: String, stream: any DecodedStream, offset: Int)?

  /// The `byteCount` bytes at `offset` of the decompressed source; nil where it is gone or changed.
  /// - Parameter remembered: what the catalog knows of the source.
  func text(
    dataset: String, path: String, offset: Int, byteCount: Int, remembered: () throws -> [SourceRecord]
  ) throws -> [UInt8]? {
    let key = Key(dataset: dataset, path: path)
    if isSame[key] == nil { isSame[key] = try Self.isSame(path, remembered()) }
    guard isSame[key] == true, byteCount <= IngestLimits.recordByteCountMax else { return nil }
    if open == nil || open!.path != path || open!.offset > offset {
      open = (path, try decompressedStream(of: path), 0)
    }
    _ = try read(offset - open!.offset, keeping: false)
    let bytes = try read(byteCount, keeping: true)
    return bytes.count == byteCount ? bytes : nil
  }

  private static func isSame(_ path: String, _ remembered: [SourceRecord]) throws -> Bool {
    guard path != "-", isRegularFile(path), let byteCount = fileByteCount(path) else { return false }
    return try remembered.contains { source in
      try source.byteCount <= byteCount && rawHash(ofFile: path, prefix: source.byteCount) == source.content
    }
  }

  private func read(_ count: Int, keeping: Bool) throws -> [UInt8] {
    var kept: [UInt8] = []
    var left = count
    var room = [UInt8](repeating: 0, count: min(max(left, 1), 1 << 16))
    while left > 0 {
      let wanted = min(left, room.count)
      let got = try room.withUnsafeMutableBytes {
        try open!.stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
      }
      if got == 0 { break }
      if keeping { kept += room[..<got] }
      left -= got
      open!.offset += got
    }
    return kept
  }
}
