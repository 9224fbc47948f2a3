internal import Events

/// Makes anew what lies under `index/` and is missing or damaged. For the holder of the lock.
struct DerivedFiles {
  let store: Store
  private let snapshot: Snapshot
  private var indexes: ActivityIndexFiles { ActivityIndexFiles(storeFolder: store.folder) }
  private var firstDaysFile: FirstDaysFile { FirstDaysFile(storeFolder: store.folder, settings: store.settings) }

  /// - Parameter settings: those that the store was made with.
  init(storeFolder: String, settings: WorkspaceSettings, catalog: Catalog) throws {
    store = try Store(folder: storeFolder, settings: settings, catalog: catalog)
    snapshot = try store.snapshot()
  }

  /// Makes missing files: costs listing a folder where none is.
  /// - Parameter countMax: segments whose indexes are made at most.
  /// - Returns: what was made, below the store's folder.
  @discardableResult
  func renewMissing(countMax: Int = .max) throws -> [String] {
    try store.renewFirstDays(snapshot)
    return try indexes.make(Array(indexes.missing(snapshot.segments).prefix(countMax)), of: store)
  }

  /// Makes missing and damaged files; with `deeply` every byte is read, else the heads.
  /// - Returns: what was made, below the store's folder.
  func renew(deeply: Bool) throws -> [String] {
    let unsound = indexes.unsound(snapshot, of: store, deeply: deeply).map(\.segment)
    // What they are made from may be damaged itself: that is for the check to say.
    var made = unsound.flatMap { segment in (try? indexes.make([segment], of: store)) ?? [] }
    if let isRight = try? hasRightFirstDays(deeply: deeply), !isRight {
      try firstDaysFile.write(store.computedFirstDays(snapshot), for: snapshot.members)
      made.append(FirstDaysFile.name)
    }
    return made
  }

  private func hasRightFirstDays(deeply: Bool) throws -> Bool {
    guard let days = try? firstDaysFile.read(snapshot.members) else { return false }
    return try !deeply || days == store.computedFirstDays(snapshot)
  }

  /// What is not as it should be, for `store check`.
  func findings() throws -> [StoreFinding] {
    var findings = indexes.unsound(snapshot, of: store, deeply: true).map { segment, error in
      StoreFinding(
        kind: error.code == .notFound ? .missing : .damaged, file: "index/\(indexName(of: segment.file))",
        message: error.code == .notFound
          ? "the segment has no index: questions read the segment; --repair or `store reindex` makes it"
          : "\(error)")
    }
    // One that holds for another state is no damage: a batch that was killed at its end leaves it.
    let found = Result { try firstDaysFile.read(snapshot.members) }
    if case .success(nil) = found {
    } else if !(try hasRightFirstDays(deeply: true)) {
      findings.append(
        StoreFinding(
          kind: .damaged, file: FirstDaysFile.name, message: "it is not what was written; --repair makes it anew"))
    }
    return findings + (try orphans())
  }

  /// Indexes of no segment. A writer that is at work moves them into place before its transaction: those are none.
  private func orphans() throws -> [StoreFinding] {
    guard let lock = try? FileLock("\(store.folder)/writer.lock") else { return [] }
    defer { withExtendedLifetime(lock) {} }
    return indexes.strangers(to: try store.snapshot().segments.map(\.file)).map { name in
      StoreFinding(
        kind: .orphan, file: "index/\(name)", message: "no segment that counts has this index; --repair removes it")
    }
  }
}

extension BatchWriter {
  /// Makes what is derived and not there: one that was killed at the end of its batch leaves it so. What goes wrong is
  /// no error: questions do without, and the next writer tries again.
  func renewDerived() {
    members.writeTable(beside: staging)
    _ = try? DerivedFiles(storeFolder: folder, settings: settings, catalog: catalog)
      .renewMissing(countMax: StoreLimits.mendedIndexCountMax)
  }
}
