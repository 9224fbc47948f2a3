/// How the records of a source lie in JSON documents.
struct DocumentForm: Equatable {
  /// The keys that lead to the records, from the outermost object inwards, one or several ways; arrays on the way are
  /// walked element by element. No keys: the document, or each element of it where it is an array, is a record.
  var paths: [[String]]
  /// A document ends with its line, whatever state it is in.
  var endsWithLine: Bool
  /// Fields of the objects around the records that are asked for, by their keys from the outermost object inwards.
  var wanted: [[String]] = []

  /// The form of a source that begins with `first`; nil where its lines are its records.
  init?(_ description: DatasetDescription, format: DatasetDescription.Format?, first: [UInt8]) {
    guard description.rowFormat == nil else { return nil }
    wanted = description.usedPaths.compactMap(\.documentKeys)
    if let records = description.records {
      paths = records
      endsWithLine = format == .jsonl || (format == nil && Self.endsFirstLineWithValue(first))
    } else if format == .json {
      (paths, endsWithLine) = ([[]], false)
    } else if format == nil, Self.opensArrayOfRecords(first) {
      (paths, endsWithLine) = ([[]], false)
    } else {
      return nil
    }
  }

  /// Whether an array of objects opens, or an empty array is all there is.
  static func opensArrayOfRecords(_ first: [UInt8]) -> Bool {
    let marks = first.lazy.filter { !isBlank($0) }.prefix(3).map(\.self)
    return marks.starts(with: [0x5B, 0x7B]) || Array(marks) == [0x5B, 0x5D]
  }

  /// Whether the first value ends on the line on which it begins, and nothing follows it there.
  static func endsFirstLineWithValue(_ first: [UInt8]) -> Bool {
    guard let start = first.firstIndex(where: { !isBlank($0) }) else { return false }
    return first.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      var scan = ValueScan(first: base[start])
      let (end, stop) = scan.next(base, start, bytes.count)
      guard case .end = stop else { return false }
      let next = bytes[end...].first { $0 == 0x0A || !isBlank($0) }
      return next == nil || next == 0x0A
    }
  }
}

/// White space as JSON knows it.
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

/// A stream of which the first bytes were looked at before anybody read it.
final class ReplayedStream: DecodedStream {
  /// Without a byte order mark.
  let first: [UInt8]
  /// Bytes of the mark.
  let markByteCount: Int
  private var replayed = 0
  private let stream: any DecodedStream

  var damage: String? { stream.damage }

  /// Reads the first `count` bytes of `stream`, or all where it has fewer.
  init(_ stream: any DecodedStream, count: Int = IngestLimits.formProbeByteCount) throws {
    self.stream = stream
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let more = try bytes.withUnsafeMutableBytes {
        try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      if more == 0 { break }
      filled += more
    }
    bytes.removeLast(count - filled)
    markByteCount = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    first = Array(bytes[markByteCount...])
    replayed = -markByteCount
  }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    if replayed < 0 {
      // The mark is the reader's to skip.
      let count = min(room.count, -replayed)
      room.copyBytes(from: [0xEF, 0xBB, 0xBF].suffix(-replayed).prefix(count))
      replayed += count
      return count
    }
    guard replayed < first.count else { return try stream.read(into: room) }
    let count = min(room.count, first.count - replayed)
    room.copyBytes(from: first[replayed..<replayed + count])
    replayed += count
    return count
  }

  /// Nobody wants the mark.
  func skipMark() { replayed = max(0, replayed) }
}

/// `stream`, or the records of its documents as lines where the description or its first bytes say that there are any.
/// - Parameter resolved: the description with the format that the file's name tells.
/// - Throws: ``IngestError`` `cannotRead`.
func recordStream(
  _ stream: any DecodedStream, of description: DatasetDescription, resolved: DatasetDescription, path: String,
  skippingBytes: Int, recordByteCountMax: Int
) throws -> any DecodedStream {
  guard resolved.rowFormat == nil, description.format != .jsonl || description.records != nil else { return stream }
  let source = try ReplayedStream(stream)
  guard let form = DocumentForm(resolved, format: description.format, first: source.first) else { return source }
  return DocumentStream(
    source, form: form, path: path, skippingBytes: skippingBytes, recordByteCountMax: recordByteCountMax)
}
