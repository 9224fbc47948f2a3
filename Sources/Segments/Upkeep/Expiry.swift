package import Events
internal import GRDB

/// Drops the days before a date: their segments and their duplicate sidecars. First instants of members stay in the
/// dictionary, so that old members do not become new ones, and later records of those days are rejected.
package struct Expiry: Sendable {
  /// What goes.
  package struct Plan: Sendable {
    /// The first day that is kept.
    package var before: CommunityDay
    package var segments: [SegmentRecord]
    /// Sidecars whose whole UTC day goes, and their bytes.
    package var duplicateDays: [CommunityDay]
    package var duplicateByteCount: Int

    /// Events that go.
    package var rowCount: Int { segments.reduce(0) { $0 + $1.rowCount } }
    /// Bytes of segments that go.
    package var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }
    /// Days that go, ascending.
    package var days: [CommunityDay] { Set(segments.map(\.day)).sorted() }
    /// Nothing of the store is that old.
    package var isEmpty: Bool { segments.isEmpty && duplicateDays.isEmpty }
  }

  private let workspace: Workspace
  private let before: CommunityDay

  /// - Parameters:
  ///   - before: the first day that is kept; nil counts `retention-days` back from the day of `now`.
  /// - Throws: ``StoreError`` `configuration` where nothing says how long days are kept, or today would go.
  package init(_ workspace: Workspace, before: CommunityDay?, now: Timestamp) throws {
    self.workspace = workspace
    let today = try TimeZoneRules(named: workspace.settings.timeZone).day(of: now)
    guard let first = before ?? workspace.settings.retentionDays.map({ today - ($0 - 1) }) else {
      throw StoreError(
        .configuration, "nothing says how long days are kept", file: "\(workspace.folder)/muster.yaml",
        hint: "Set retention-days there, or give --before DATE.")
    }
    guard first <= today else {
      throw StoreError(
        .configuration, "\(first) lies after today, \(today): records that come today would be refused",
        hint: "Give a date up to today.")
    }
    self.before = first
  }

  /// What ``run(now:)`` would drop; changes nothing.
  package func plan() throws -> Plan {
    let store = try Store(reading: workspace)
    return try Self.plan(store.snapshot(), catalog: store.catalog, zone: store.zone, before: before)
  }

  private static func plan(
    _ snapshot: Snapshot, catalog: Catalog, zone: TimeZoneRules, before: CommunityDay
  ) throws -> Plan {
    let kept = zone.start(of: before).microseconds
    let sidecars = try catalog.read { db in
      try Row.fetchAll(
        db, sql: "SELECT day, byte_count FROM duplicate_day WHERE (day + 1) * 86400000000 <= ? ORDER BY day",
        arguments: [kept]
      ).map { (day: CommunityDay($0["day"]), byteCount: $0["byte_count"] as Int) }
    }
    return Plan(
      before: before, segments: snapshot.segments.filter { $0.day < before }, duplicateDays: sidecars.map(\.day),
      duplicateByteCount: sidecars.reduce(0) { $0 + $1.byteCount })
  }

  /// Drops the days in one transaction; their files stay under `retired/` until the grace period ends.
  @discardableResult
  package func run(now: Timestamp) throws -> Plan {
    var writer = try UpkeepWriter(workspace, now: now)
    let store = try Store(reading: workspace)
    let plan = try Self.plan(store.snapshot(), catalog: writer.catalog, zone: store.zone, before: before)
    if plan.isEmpty { return plan }
    try ExpiredSources(storeFolder: store.folder).keep(
      plan.segments.flatMap { record in
        try SegmentFooter(SegmentReader(record, of: store).parquet).sources
      })
    var change = UpkeepChange(kind: .expire, retired: plan.segments)
    change.expiredBefore = max(before, try store.catalog.expiredBefore() ?? before)
    change.droppedDuplicateDays = plan.duplicateDays.map { Int($0.number) }
    try writer.commit(change)
    for day in plan.duplicateDays { try removeFile("\(store.folder)/duplicates/\(day)") }
    return plan
  }
}

/// `expired-sources.jsonl`: sources that segments named which are gone, one a line, so that a rebuilt catalog knows
/// what was read.
struct ExpiredSources {
  private let path: String

  init(storeFolder: String) { path = "\(storeFolder)/expired-sources.jsonl" }

  /// Adds sources, durably, before the segments that name them go.
  func keep(_ sources: [(batch: Int, record: SourceRecord)]) throws {
    if sources.isEmpty { return }
    let lines = SegmentFooter.joined([try load(), sources]).map {
      "{\"batch\":\($0.batch)," + $0.record.json.dropFirst()
    }
    let text = lines.joined(separator: "\n") + "\n"
    try Array(text.utf8).withUnsafeBytes { try writeFileDurably($0, to: path) }
  }

  func load() throws -> [(batch: Int, record: SourceRecord)] {
    guard fileExists(path) else { return [] }
    let text = String(decoding: try readFile(path), as: UTF8.self)
    return try text.split(separator: "\n").map {
      try SegmentFooter.source(YAMLValue(text: String($0), file: path), of: 0)
    }
  }
}
