package import Columns
internal import Glibc
internal import Segments

/// The raw bytes of a source in blocks of one fixed size, hashed on the way.
///
/// ```
/// file   │ block 0 │ block 1 │ … │ rest │
/// hash   h₀ = hash of nothing;  hₙ₊₁ = hₙ followed by block n, see blockHash
/// ```
/// The hash of a prefix is that of a file that ends there, so a grown file is known again.
final class RawBlocks {
  /// The current block, valid until the next call of `advance`.
  private(set) var block: UnsafeRawBufferPointer
  private(set) var hash = RawBlocks.emptyHash
  private(set) var byteCount = 0
  /// The hash of the first bytes, by which a source is looked for: of what was read, whatever its path names by now.
  private(set) var headHash = RawBlocks.emptyHash
  /// Size of a regular file, nil for a pipe.
  let byteCountInAll: Int?

  static var emptyHash: ContentHash { ContentHash(of: UnsafeRawBufferPointer(start: nil, count: 0)) }

  private let path: String
  private let descriptor: Int32
  private let room: UnsafeMutableRawBufferPointer
  private var isAtEnd = false

  /// Opens `path`; `-` is standard input.
  /// - Throws: ``IngestError`` `notFound` or `cannotRead`.
  init(path: String) throws {
    self.path = path
    descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Self.openError(path) }
    var information = stat()
    if fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw IngestError(
        .cannotRead, "this is a folder, not a log", file: path, hint: "Name the files in it, for example \(path)/*")
    }
    byteCountInAll = information.st_mode & S_IFMT == S_IFREG ? Int(information.st_size) : nil
    room = .allocate(byteCount: IngestLimits.rawBlockByteCount + LogChunk.paddingByteCount, alignment: 64)
    block = UnsafeRawBufferPointer(rebasing: room[..<0])
  }

  deinit {
    close(descriptor)
    room.deallocate()
  }

  private static func openError(_ path: String) -> IngestError {
    let (code, message) = (errno, systemMessage())
    switch code {
    case ENOENT, ENOTDIR:
      return IngestError(
        .notFound, "there is no such file", file: path, hint: "Check the spelling; `-` reads standard input.")
    case EACCES, EPERM:
      return IngestError(
        .cannotRead, "the system does not allow reading it", file: path,
        hint: "Make it readable for the account that runs muster, for example with chmod or as its owner.")
    default:
      return IngestError(.cannotRead, "cannot open: \(message)", file: path, hint: "Check the file and try again.")
    }
  }

  /// Reads the next block, at most `limit` bytes of it; false at the end.
  /// - Throws: ``IngestError`` `cannotRead`.
  func advance(limit: Int = .max) throws -> Bool {
    let count = min(IngestLimits.rawBlockByteCount, limit)
    block = try next(into: UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
    return !block.isEmpty
  }

  /// Reads the next block into `target`, which has room for a whole one, and says how long it is: 0 at the end.
  /// - Throws: ``IngestError`` `cannotRead`.
  func advance(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    try next(into: UnsafeMutableRawBufferPointer(rebasing: target[..<IngestLimits.rawBlockByteCount])).count
  }

  private func next(into target: UnsafeMutableRawBufferPointer) throws -> UnsafeRawBufferPointer {
    askAhead(target.count)
    var filled = 0
    while filled < target.count, !isAtEnd {
      let count = read(descriptor, target.baseAddress! + filled, target.count - filled)
      if count < 0 {
        if errno == EINTR { continue }
        throw IngestError(
          .cannotRead, "cannot read at byte \(byteCount + filled): \(systemMessage())", file: path,
          hint: "Nothing of this source was committed; check the disk and run the same command again.")
      }
      if count == 0 { isAtEnd = true }
      filled += count
    }
    let bytes = UnsafeRawBufferPointer(rebasing: target[..<filled])
    if filled > 0 {
      if byteCount == 0 {
        headHash = ContentHash(of: UnsafeRawBufferPointer(rebasing: bytes.prefix(SourceRecord.headByteCount)))
      }
      hash = blockHash(hash, followedBy: bytes)
      byteCount += filled
    }
    return bytes
  }
}

extension RawBlocks {
  /// How far ahead of what was read the system is asked for the file.
  private static let aheadByteCount = 16 << 20

  /// Lets the disk read on while records are parsed: a log is seldom in memory before it is ingested.
  private func askAhead(_ count: Int) {
    // Of a known source the first bytes are all that is read.
    guard byteCountInAll != nil, count == IngestLimits.rawBlockByteCount else { return }
    let start = byteCount == 0 ? 0 : byteCount + Self.aheadByteCount
    posix_fadvise(descriptor, start, byteCount == 0 ? Self.aheadByteCount + count : count, POSIX_FADV_WILLNEED)
  }
}

/// The hash that ``LogReader/rawHash`` has for a source that ends after `byteCount` raw bytes of the file at `path`.
///
/// Reads only that prefix. Where the file is shorter it is the hash of all of it: compare the sizes first.
/// - Throws: ``IngestError`` `notFound` or `cannotRead`.
package func rawHash(ofFile path: String, prefix byteCount: Int) throws -> ContentHash {
  let blocks = try RawBlocks(path: path)
  while blocks.byteCount < byteCount, try blocks.advance(limit: byteCount - blocks.byteCount) {}
  return blocks.hash
}
