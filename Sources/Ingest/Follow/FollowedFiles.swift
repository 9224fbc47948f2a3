internal import Glibc
internal import Segments

/// The files that are followed: those that are listed, and those that lost their name and may still grow.
struct FollowedFiles {
  private(set) var all: [FollowedFile.Identity: FollowedFile] = [:]
  /// When a file was no longer listed, and its size then.
  private var unlisted: [FollowedFile.Identity: (since: ContinuousClock.Instant, size: Int)] = [:]
  private var isResumed = false

  var newByteCount: Int { all.values.reduce(0) { $0 + $1.newByteCount } }

  /// By path, so that batches have an order.
  var withNews: [FollowedFile] {
    all.values.filter { $0.newByteCount > 0 }
      .sorted { ($0.source.path, $0.identity.inode) < ($1.source.path, $1.identity.inode) }
  }

  /// Looks at what is listed now. A file that is missing for a moment, between two names, is no error.
  /// - Returns: whether a file lost its name: what it still holds is read before anything else happens to it.
  mutating func look(at list: () throws -> [LogSource]) throws -> Bool {
    var listed: Set<FollowedFile.Identity> = []
    for source in (try? list()) ?? [] {
      guard let identity = Self.identity(source) else { continue }
      listed.insert(identity)
      if let known = all[identity] {
        known.rename(to: source.path)
      } else if let file = try FollowedFile(source) {
        all[file.identity] = file
      }
    }
    let now = ContinuousClock.now
    var isFresh = false
    for (identity, file) in all where !listed.contains(identity) {
      let before = unlisted[identity]
      if before == nil {
        isFresh = true
        findSiblings(of: file)
      }
      if before?.size != file.size {
        unlisted[identity] = (now, file.size)
      } else if now - before!.since > .seconds(IngestLimits.followedSecondsAfterRotation), file.newByteCount == 0 {
        all[identity] = nil
        unlisted[identity] = nil
      }
    }
    for identity in listed { unlisted[identity] = nil }
    return isFresh
  }

  /// Takes up files that were followed before and lost their name since: the first time only.
  mutating func findRotated(_ consumer: borrowing BatchConsumer) throws {
    if isResumed { return }
    isResumed = true
    for file in all.values {
      let positions = try consumer.writer.followedFiles(dataset: file.identity.dataset)
      for path in Self.siblings(of: file.source.path) {
        var source = file.source
        source.path = path
        guard let identity = Self.identity(source), all[identity] == nil,
          positions.contains(where: { $0.device == identity.device && $0.inode == identity.inode }),
          let rotated = try FollowedFile(source)
        else { continue }
        all[identity] = rotated
      }
    }
  }

  private static func identity(_ source: LogSource) -> FollowedFile.Identity? {
    var information = stat()
    guard stat(source.path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
    return FollowedFile.Identity(
      dataset: source.description.sourceName(ofPath: source.path),
      device: Int64(bitPattern: UInt64(information.st_dev)),
      inode: Int64(bitPattern: UInt64(information.st_ino)))
  }

  /// Gives a file that was renamed the name it has now.
  private func findSiblings(of file: FollowedFile) {
    for path in Self.siblings(of: file.source.path) {
      var source = file.source
      source.path = path
      if Self.identity(source) == file.identity { return file.rename(to: path) }
    }
  }

  /// Files in the same folder whose names begin with that of `path`: where rotation puts what it takes away.
  static func siblings(of path: String) -> [String] {
    guard let slash = path.lastIndex(of: "/") else { return [] }
    let (folder, name) = (String(path[..<slash]), String(path[path.index(after: slash)...]))
    return listFolder(folder).filter { $0.hasPrefix(name) && $0 != name }.map { "\(folder)/\($0)" }
  }
}
