package import Events
internal import GRDB

/// Rewrites a store for settings that were changed: another time zone moves rows to other days, other dimensions
/// move values between columns and properties.
///
/// Every day of the new zone is written on its own, so that an interrupted call goes on where it was; the store
/// switches to the new segments and settings in one transaction, and no reader sees both.
package struct Reindex: Sendable {
  /// What it costs, said beforehand.
  package struct Plan: Sendable {
    /// Each change as a sentence; empty where the store is as the settings say.
    package var changes: [String]
    /// Days to be written, and how many of them an interrupted call has done.
    package var dayCount: Int
    package var doneDayCount: Int
    package var rowCount: Int
    package var readByteCount: Int
    /// About as much is written.
    package var writtenByteCount: Int
    /// Needed on the disk until the grace period ends, and there now.
    package var neededByteCount: Int
    package var freeByteCount: Int
    /// Measured on a part of the store; nil where it has no rows.
    package var seconds: Double?
    /// Files under `index/` that are missing or damaged, and made anew; zero before it runs.
    package var renewedIndexCount = 0
  }

  let workspace: Workspace

  package init(_ workspace: Workspace) { self.workspace = workspace }

  /// What ``run(now:progress:)`` would do; changes nothing. Costs rewriting one row group in memory.
  /// - Throws: ``StoreError`` `notFound` where there is no store.
  package func plan() throws -> Plan {
    let folder = workspace.storeFolder
    guard fileExists("\(folder)/catalog.sqlite") || isFolder("\(folder)/segments") else {
      throw StoreError.noStore(folder)
    }
    let catalog = try Catalog(storeFolder: folder, writable: false)
    let work = try ReindexWork(workspace, catalog: catalog, upkeep: Self.nextUpkeep(catalog))
    return try plan(work)
  }

  private static func nextUpkeep(_ catalog: Catalog) throws -> Int {
    try catalog.read { db in
      guard try db.tableExists("upkeep") else { return 1 }
      return (try Int.fetchOne(db, sql: "SELECT MAX(id) FROM upkeep") ?? 0) + 1
    }
  }

  private func plan(_ work: ReindexWork) throws -> Plan {
    let staging = ReindexStaging(storeFolder: workspace.storeFolder)
    let isTakenUp = (try? readFile("\(staging.folder)/plan")).map { $0.elementsEqual(work.fingerprint.utf8) } ?? false
    let done = isTakenUp ? work.days.compactMap { staging.segments(of: $0) } : []
    let doneBytes = done.joined().reduce(0) { $0 + $1.record.byteCount }
    let rows = work.snapshot.rowCount
    let bytes = work.snapshot.byteCount
    let open = work.days.count - done.count
    let share = work.days.isEmpty ? 0 : Double(open) / Double(work.days.count)
    return Plan(
      changes: work.changes, dayCount: work.days.count, doneDayCount: done.count, rowCount: rows,
      readByteCount: Int(Double(work.readByteCount) * share), writtenByteCount: max(0, bytes - doneBytes),
      neededByteCount: max(0, bytes + bytes / 10 + Self.spareByteCount - doneBytes),
      freeByteCount: try freeByteCount(workspace.storeFolder), seconds: try work.measuredSeconds().map { $0 * share })
  }

  /// Room that is left free for the catalog and for files that grow.
  private static let spareByteCount = 16 << 20

  /// Rewrites the store. Killed at any instant, it goes on where it was when it is called again.
  /// - Parameters:
  ///   - announce: is told what it costs before it begins.
  ///   - progress: is called with the days that are done.
  /// - Throws: ``StoreError`` `cannotWrite` where the disk is too small; `locked`; `corrupt`.
  @discardableResult
  package func run(
    now: Timestamp, announce: (Plan) -> Void = { _ in }, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> Plan {
    var writer = try UpkeepWriter(workspace, now: now, reindexes: true)
    let work = try ReindexWork(workspace, catalog: writer.catalog, upkeep: writer.id)
    var plan = try plan(work)
    let staging = ReindexStaging(storeFolder: workspace.storeFolder)
    if plan.changes.isEmpty {
      staging.clear()
      plan.renewedIndexCount = try renewIndexes(writer.catalog)
      return plan
    }
    announce(plan)
    guard plan.freeByteCount >= plan.neededByteCount else {
      throw StoreError(
        .cannotWrite, "the disk has \(plan.freeByteCount) bytes free where \(plan.neededByteCount) are needed",
        file: workspace.storeFolder, hint: "Free some space, or move the store; nothing was changed.")
    }
    try staging.take(up: work.fingerprint)
    var written: [UpkeepSegment] = []
    for (index, day) in work.days.enumerated() {
      progress(index, work.days.count)
      if let done = staging.segments(of: day) {
        written += done
        continue
      }
      let segments = try work.write(day, index: index, with: &writer, in: staging.folder)
      try staging.finish(day, segments)
      written += segments
    }
    let rows = written.reduce(0) { $0 + $1.record.rowCount }
    guard rows == work.snapshot.rowCount else {
      throw StoreError(
        .corrupt, "\(rows) events were written of \(work.snapshot.rowCount); the store is as it was",
        file: workspace.storeFolder, hint: "See `muster store check`.")
    }
    var change = UpkeepChange(kind: .reindex, written: written, retired: work.snapshot.segments)
    (change.settings, change.changesDays) = (workspace.settings.physical, true)
    try writer.commit(change, staged: staging.folder)
    staging.clear()
    plan.renewedIndexCount = try renewIndexes(writer.catalog)
    return plan
  }

  private func renewIndexes(_ catalog: Catalog) throws -> Int {
    let derived = try DerivedFiles(
      storeFolder: workspace.storeFolder, settings: workspace.settings, catalog: catalog)
    return try derived.renew(deeply: false).count
  }
}
