internal import Columns
internal import Events

/// One rewriting of a store: its old form, its new form, and the days between them.
struct ReindexWork {
  let snapshot: Snapshot
  /// The store as it is.
  private let store: Store
  private let settings: WorkspaceSettings
  private let zone: TimeZoneRules
  private let dimensions: DimensionChange
  private let upkeep: Int
  /// Segments that may hold rows of each new day.
  private let inputs: [CommunityDay: [SegmentRecord]]
  /// Days to write, ascending.
  let days: [CommunityDay]

  init(_ workspace: Workspace, catalog: Catalog, upkeep: Int) throws {
    settings = workspace.settings
    self.upkeep = upkeep
    let made = try catalog.read(Catalog.settings)
    var old = settings
    old.timeZone = made["time-zone"] ?? settings.timeZone
    old.schema.dimensions =
      made["dimensions"].map { $0.split(separator: ",").map(String.init) } ?? settings.schema.dimensions
    store = try Store(folder: workspace.storeFolder, settings: old, catalog: catalog)
    zone = try TimeZoneRules(named: settings.timeZone)
    dimensions = DimensionChange(old: old.schema.dimensions, new: settings.schema.dimensions)
    snapshot = try catalog.snapshot()
    var inputs: [CommunityDay: [SegmentRecord]] = [:]
    for segment in snapshot.segments {
      for day in Self.days(of: segment.timestamps, in: zone) { inputs[day, default: []].append(segment) }
    }
    self.inputs = inputs
    days = inputs.keys.sorted()
  }

  /// The days that rows between two instants may lie on.
  private static func days(of range: ClosedRange<Int64>, in zone: TimeZoneRules) -> [CommunityDay] {
    var first = zone.day(of: Timestamp(microseconds: range.lowerBound))
    var last = zone.day(of: Timestamp(microseconds: range.upperBound))
    // Where clocks are turned back over midnight, a day comes twice.
    if zone.turnsBackOver(midnightOf: first) || zone.turnsBackOver(midnightOf: last + 1) || last < first {
      (first, last) = (min(first, last) - 1, max(first, last) + 1)
    }
    return (first.number...last.number).map { CommunityDay($0) }
  }

  /// Each change as a sentence.
  var changes: [String] {
    var changes: [String] = []
    if store.zone.name != zone.name { changes.append("time zone \(store.zone.name) → \(zone.name)") }
    for name in dimensions.removed {
      changes.append("dimension \(name) → properties.\(EventSchema.propertyName(ofDimension: name))")
    }
    for name in dimensions.added {
      changes.append("properties.\(EventSchema.propertyName(ofDimension: name)) → dimension \(name)")
    }
    if changes.isEmpty, dimensions.old != dimensions.new { changes.append("the order of the dimensions") }
    return changes
  }

  /// Bytes of segments that are opened, each as often as days may have rows of it.
  var readByteCount: Int { inputs.values.joined().reduce(0) { $0 + $1.byteCount } }

  /// What the staged days are good for: these segments, in this form.
  var fingerprint: String {
    let files = snapshot.segments.map { "\($0.file) \($0.content)\n" }.joined()
    let hash = Array(files.utf8).withUnsafeBytes { ContentHash(of: $0) }
    let target = settings.physical.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    return "upkeep \(upkeep), \(target), event ids \(settings.keepsEventID), of \(hash)\n"
  }

  /// Rewrites one row group in memory and counts up; nil where there is none.
  func measuredSeconds() throws -> Double? {
    guard let record = snapshot.segments.max(by: { $0.rowCount < $1.rowCount }) else { return nil }
    let started = ContinuousClock.now
    let reader = try SegmentReader(record, of: store)
    guard reader.rowGroupCount > 0 else { return nil }
    var copy = RowCopy(dimensions: dimensions.old, keepsEventID: false)
    try copy.append(reader, rowGroup: 0)
    let schema = SegmentSchema(dimensions: dimensions.new, keepsEventID: false)
    _ = SegmentEncoder(schema: schema, provenance: []).encode(dimensions.apply(to: copy.rows).sorted())
    let elapsed = (ContinuousClock.now - started).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    return seconds * Double(snapshot.rowCount) / Double(max(1, copy.rows.count))
  }

  /// Writes the segments of a new day; a segment ends when it holds a row group or more.
  func write(_ day: CommunityDay, index: Int, with writer: inout UpkeepWriter, in folder: String) throws
    -> [UpkeepSegment]
  {
    writer.startNumbering(behind: index * Self.segmentCountMax)
    var written: [UpkeepSegment] = []
    var part = Part(dimensions.old, keepsEventID: settings.keepsEventID)
    func flush() throws {
      defer { part = Part(dimensions.old, keepsEventID: settings.keepsEventID) }
      if part.copy.rows.count == 0 { return }
      written.append(
        try writer.stage(dimensions.apply(to: part.copy.rows), footer: footer(day, part), in: folder))
    }
    var clock = DayClock(zone)
    for record in inputs[day] ?? [] {
      let reader = try SegmentReader(record, of: store)
      var count = 0
      for rowGroup in 0..<reader.rowGroupCount {
        let timestamps = try reader.timestamps(rowGroup: rowGroup)
        let chosen = timestamps.indices.filter { clock.day(of: timestamps[$0]) == day }
        if chosen.isEmpty { continue }
        try part.copy.append(reader, rowGroup: rowGroup, rows: chosen.count == timestamps.count ? nil : chosen)
        count += chosen.count
      }
      if count > 0 { part.note(try SegmentFooter(reader.parquet), rows: count, of: record.rowCount) }
      if part.copy.rows.count >= StoreLimits.rowGroupRowCountMax { try flush() }
    }
    try flush()
    return written
  }

  /// Segments of one day have numbers of their own.
  private static let segmentCountMax = 1000

  private func footer(_ day: CommunityDay, _ part: Part) -> SegmentFooter {
    var footer = SegmentFooter(
      day: day, timeZone: zone.name, batches: SegmentFooter.added(part.batches))
    footer.sources = SegmentFooter.joined(part.sources)
    footer.upkeep = upkeep
    footer.replacesThrough = snapshot.batch
    return footer
  }

  /// Rows on their way to one segment, and where they came from.
  private struct Part {
    var copy: RowCopy
    private(set) var batches: [[SegmentFooter.Batch]] = []
    private(set) var sources: [[(batch: Int, record: SourceRecord)]] = []

    init(_ dimensions: [String], keepsEventID: Bool) {
      copy = RowCopy(dimensions: dimensions, keepsEventID: keepsEventID)
    }

    mutating func note(_ footer: SegmentFooter, rows: Int, of all: Int) {
      batches.append(SegmentFooter.apportioned(footer.batches, rows: rows, of: all))
      sources.append(footer.sources)
    }
  }
}

extension SegmentFooter {
  /// The batches of `rows` of a segment's `all` rows: which rows came from which batch is not known where there are
  /// several, so they share in proportion; the sum is exact.
  static func apportioned(_ batches: [Batch], rows: Int, of all: Int) -> [Batch] {
    var left = rows
    var result = batches.map { batch in
      var batch = batch
      batch.rowCount = batch.rowCount * rows / max(1, all)
      left -= batch.rowCount
      return batch
    }
    for index in result.indices where left > 0 {
      let more = min(left, batches[index].rowCount - result[index].rowCount)
      result[index].rowCount += more
      left -= more
    }
    return result
  }
}
