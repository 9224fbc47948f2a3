internal import Columns
internal import Glibc
internal import Segments

/// A file that is followed, by device and inode: it may lose its name, grow, or be cut off and start anew.
final class FollowedFile {
  struct Identity: Hashable {
    var dataset: String
    var device: Int64
    var inode: Int64
  }

  let identity: Identity
  /// With the name that the file has now.
  private(set) var source: LogSource
  /// Open as long as this lives, so that a file that was renamed or removed is read to its end.
  private let descriptor: Int32
  /// How far the file was read, as of the last commit; nil before the first.
  private(set) var position: FollowedPosition?
  /// Of the position, when it was committed while following: its source record may be replaced by a longer one.
  private var ownContent: ContentHash?
  /// Where records begin, behind the names of the columns, and lines before; nil until they are whole.
  private(set) var start: (offset: Int, lineCount: Int)?
  private var header: [String]?
  /// Size when it was last looked at, so that a cut-off line is not read again before it grows.
  private var sizeLookedAt = -1
  /// The file holds nothing to be followed.
  private(set) var isCompressed = false

  /// - Throws: ``IngestError`` `cannotRead`; nil where there is no such file any more, or it is no file.
  init?(_ source: LogSource) throws {
    descriptor = open(source.path, O_RDONLY | O_CLOEXEC)
    var information = stat()
    let isFile = descriptor >= 0 && fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    self.source = source
    identity = Identity(
      dataset: source.description.sourceName(ofPath: source.path),
      device: Int64(bitPattern: UInt64(information.st_dev)),
      inode: Int64(bitPattern: UInt64(information.st_ino)))
    if descriptor < 0, errno != ENOENT {
      throw IngestError(
        .cannotRead, "cannot open: \(systemMessage())", file: source.path, hint: "Check its permissions.")
    }
    guard isFile else { return nil }
    isCompressed = try read(at: 0, 4).withUnsafeBytes { Compression(magic: $0) } != .none
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The path under which this very file can be opened, whatever became of its name.
  var openPath: String { "/proc/self/fd/\(descriptor)" }

  func rename(to path: String) { source.path = path }

  var size: Int {
    var information = stat()
    return fstat(descriptor, &information) == 0 ? Int(information.st_size) : 0
  }

  /// Bytes that were not looked at yet; the size of all where the file was cut off.
  var newByteCount: Int {
    let size = size
    if size == sizeLookedAt || isCompressed { return 0 }
    let read = position?.byteCount ?? 0
    return size < read ? max(1, size) : size - read
  }

  func noteSize(_ size: Int) { sizeLookedAt = size }

  /// - Throws: ``IngestError`` `cannotRead`.
  func read(at offset: Int, _ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      while filled < count {
        let got = pread(descriptor, room.baseAddress! + filled, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 {
          throw IngestError(
            .cannotRead, "cannot read at byte \(offset + filled): \(systemMessage())", file: source.path,
            hint: "What was committed stays; check the disk and start again.")
        }
        if got == 0 { return }
        filled += got
      }
    }
  }

  // MARK: Position

  /// Whether the file still begins with what was read of it. Costs a read of the last block.
  func holds(_ position: FollowedPosition) throws -> Bool {
    guard position.byteCount <= size else { return false }
    return try hash(upTo: position.byteCount, after: position.blockHash) == position.content
  }

  /// The hash of the first `byteCount` bytes, where that of the whole blocks among them is known.
  private func hash(upTo byteCount: Int, after blocks: ContentHash) throws -> ContentHash {
    let start = byteCount / IngestLimits.rawBlockByteCount * IngestLimits.rawBlockByteCount
    let rest = try read(at: start, byteCount - start)
    return rest.isEmpty ? blocks : rest.withUnsafeBytes { blockHash(blocks, followedBy: $0) }
  }

  /// The position at `byteCount`, hashing from where the last one ends.
  func position(at byteCount: Int, lineCount: Int) throws -> FollowedPosition {
    let size = IngestLimits.rawBlockByteCount
    var blocks = position?.blockHash ?? RawBlocks.emptyHash
    var offset = (position?.byteCount ?? 0) / size * size
    while offset + size <= byteCount {
      blocks = try read(at: offset, size).withUnsafeBytes { blockHash(blocks, followedBy: $0) }
      offset += size
    }
    return FollowedPosition(
      dataset: identity.dataset, device: identity.device, inode: identity.inode, path: source.path,
      byteCount: byteCount, lineCount: lineCount, content: try hash(upTo: byteCount, after: blocks), blockHash: blocks,
      supersedes: ownContent)
  }

  /// Goes on from a place that earlier runs left.
  func resume(at position: FollowedPosition, isOwn: Bool) {
    self.position = position
    ownContent = isOwn && position.byteCount > 0 ? position.content : nil
  }

  /// What was read is committed.
  func commit(_ position: FollowedPosition) { resume(at: position, isOwn: true) }

  /// The file was cut off or replaced in place: all of it is new.
  func restart() { (position, ownContent, start, header) = (nil, nil, nil, nil) }

  /// The first bytes, as a source remembers them.
  func head(_ byteCount: Int) throws -> ContentHash {
    try read(at: 0, min(byteCount, SourceRecord.headByteCount)).withUnsafeBytes { ContentHash(of: $0) }
  }

  /// The parser of its records in a batch; nil where the names of the columns are not whole yet.
  func parser(_ make: (DatasetDescription, [String]?) throws -> RecordParser) throws -> RecordParser? {
    let description = source.description.resolved(forPath: source.path)
    if start == nil {
      var front = RecordTail(description, path: source.path, offset: 0)
      front.append(try read(at: 0, IngestLimits.rawBlockByteCount))
      if case .names(let names) = description.header { header = names }
      if let format = description.rowFormat, description.header == .firstRow {
        header = try front.header(format)
        if header == nil { return nil }
      }
      start = (front.offset, front.headerLineCount)
    }
    return try make(description, description.rowFormat == nil ? nil : header)
  }
}
