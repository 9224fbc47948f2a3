package import Events
internal import GRDB

/// Merges the small segments of a day, so that a store fed hourly is read like one fed daily.
///
/// A segment under ``StoreLimits/smallSegmentRowCountMax`` rows is small. The small ones of a day are put together,
/// the smallest first, into groups of at most one row group; each group becomes one sorted segment. So memory holds
/// one row group whatever the day has, what is written is never merged again once it is half a row group long, and a
/// day has at most one small segment afterwards.
package struct Compaction: Sendable {
  /// Which days are worth the work.
  package enum Rule: Sendable {
    /// All with two small segments or more.
    case all
    /// Those with more than ``StoreLimits/smallSegmentCountMax`` small segments, and those whose small segments but
    /// the largest hold a fifth of their rows: a few late records do not rewrite a day.
    case worthwhile
  }

  /// Segments that become one.
  package struct Group: Sendable, Equatable {
    package var day: CommunityDay
    package var segments: [SegmentRecord]
    /// Rows of all its segments.
    package var rowCount: Int { segments.reduce(0) { $0 + $1.rowCount } }
    /// Bytes of all its segments.
    package var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }
  }

  /// What a compaction does, or would do.
  package struct Outcome: Sendable {
    package var groups: [Group] = []
    /// Bytes that the merged segments have; nil where nothing was written.
    package var writtenByteCount: Int?
    /// Files past the grace period, below the store's folder.
    package var overdue: [String] = []
  }

  private let workspace: Workspace
  private let rule: Rule

  package init(_ workspace: Workspace, rule: Rule) {
    self.workspace = workspace
    self.rule = rule
  }

  /// What ``run(now:progress:)`` would do; changes nothing.
  package func plan(now: Timestamp) throws -> Outcome {
    let store = try Store(reading: workspace)
    let retired = RetiredFiles(storeFolder: store.folder, catalog: store.catalog)
    return Outcome(
      groups: Self.groups(try store.snapshot().segments, rule: rule),
      overdue: try retired.overdue(now, settings: workspace.settings))
  }

  /// Merges day by day, a transaction each, and removes what is past the grace period.
  /// - Throws: ``StoreError``; `ParquetError` for damage. Days done before stay done.
  @discardableResult
  package func run(now: Timestamp, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws -> Outcome {
    var outcome = Outcome()
    if let plan = try? plan(now: now) { outcome.overdue = plan.overdue }
    var writer = try UpkeepWriter(workspace, now: now)
    let store = try Store(reading: workspace)
    let groups = Self.groups(try store.snapshot().segments, rule: rule)
    var written = 0
    for (index, group) in groups.enumerated() {
      progress(index, groups.count)
      written += try merge(group, of: store, with: &writer)
    }
    try DerivedFiles(storeFolder: store.folder, settings: workspace.settings, catalog: writer.catalog).renewMissing()
    outcome.groups = groups
    outcome.writtenByteCount = written
    return outcome
  }

  /// The groups of a snapshot, by day.
  package static func groups(_ segments: [SegmentRecord], rule: Rule) -> [Group] {
    let small = segments.filter { $0.rowCount < StoreLimits.smallSegmentRowCountMax }
    let days = Dictionary(grouping: small, by: \.day).sorted { $0.key < $1.key }
    return days.flatMap { day, segments -> [Group] in
      let ascending = segments.sorted { ($0.rowCount, $0.file) < ($1.rowCount, $1.file) }
      guard rule == .all || isWorthwhile(ascending) else { return [] }
      var groups: [Group] = []
      for segment in ascending {
        if let last = groups.last, last.rowCount + segment.rowCount <= StoreLimits.rowGroupRowCountMax {
          groups[groups.count - 1].segments.append(segment)
        } else {
          groups.append(Group(day: day, segments: [segment]))
        }
      }
      return groups.filter { $0.segments.count > 1 }
    }
  }

  private static func isWorthwhile(_ ascending: [SegmentRecord]) -> Bool {
    if ascending.count > StoreLimits.smallSegmentCountMax { return true }
    let rows = ascending.reduce(0) { $0 + $1.rowCount }
    return ascending.count > 1 && (rows - (ascending.last?.rowCount ?? 0)) * 5 >= rows
  }

  /// - Returns: bytes written.
  private func merge(_ group: Group, of store: Store, with writer: inout UpkeepWriter) throws -> Int {
    let readers = try group.segments.map { try SegmentReader($0, of: store) }
    let footers = try readers.map { try SegmentFooter($0.parquet) }
    let keepsEventID = readers.contains { $0.hasColumn("event_id") }
    var copy = RowCopy(dimensions: workspace.settings.schema.dimensions, keepsEventID: keepsEventID)
    for reader in readers {
      for rowGroup in 0..<reader.rowGroupCount { try copy.append(reader, rowGroup: rowGroup) }
    }
    guard copy.rows.count == group.rowCount else {
      throw StoreError(.corrupt, "the segments of \(group.day) do not hold the rows that were written")
    }
    var footer = SegmentFooter(
      day: group.day, timeZone: workspace.settings.timeZone, batches: SegmentFooter.added(footers.map(\.batches)))
    footer.sources = SegmentFooter.joined(footers.map(\.sources))
    footer.upkeep = writer.id
    footer.replaced = group.segments.map(\.file)
    let segment = try writer.stage(copy.rows, footer: footer)
    try writer.commit(UpkeepChange(kind: .compact, written: [segment], retired: group.segments))
    return segment.record.byteCount
  }
}

extension SegmentFooter {
  /// Rows by batch over several segments.
  static func added(_ lists: [[Batch]]) -> [Batch] {
    var byID: [Int: Batch] = [:]
    for batch in lists.joined() {
      byID[batch.id, default: Batch(id: batch.id, arrival: batch.arrival, rowCount: 0)].rowCount += batch.rowCount
    }
    return byID.values.sorted { $0.id < $1.id }
  }

  /// Sources of several segments, each once.
  static func joined(_ lists: [[(batch: Int, record: SourceRecord)]]) -> [(batch: Int, record: SourceRecord)] {
    var seen: Set<String> = []
    return lists.joined().filter { seen.insert("\($0.record.dataset)\u{0}\($0.record.content)").inserted }
  }
}
