internal import Columns
internal import Events
internal import Segments

/// Stored records by community day, column by column, until they are written as segments.
///
/// Text that repeats (event names, dimensions) has one table for the whole call; properties and event ids have
/// one a day, which goes when the day is written.
struct DayBuffers {
  struct Day {
    let day: CommunityDay
    var rows: SegmentRows
    var lastUse = 0
  }

  private(set) var days: [Day] = []
  private(set) var rowCount = 0
  private var places: [CommunityDay: Int] = [:]
  private var events = StringTable()
  private var dimensions: [StringTable]
  private let keepsEventID: Bool
  private var use = 0
  /// The day of the last record.
  private var current: (day: CommunityDay, place: Int)?

  init(dimensionCount: Int, keepsEventID: Bool) {
    dimensions = Array(repeating: StringTable(), count: dimensionCount)
    self.keepsEventID = keepsEventID
  }

  /// Bytes of the properties and event ids that are held; costs a look at each day.
  var textByteCount: Int {
    days.reduce(0) { $0 + $1.rows.properties.values.bytes.count + ($1.rows.eventIDs?.values.bytes.count ?? 0) }
  }

  /// Copies the records of `run` to its day, column by column, and starts it anew on `next`.
  mutating func append(_ run: inout RecordRun, startingOn next: CommunityDay?) {
    defer { run.restart(on: next) }
    guard let day = run.day, !run.rows.isEmpty else { return }
    let place = place(of: day)
    rowCount += run.rows.count
    let batch = run.batch
    days[place].rows.ts.append(contentsOf: run.rows.lazy.map { batch.ts[$0] })
    days[place].rows.member.append(contentsOf: run.members)
    Self.append(batch.event, run.rows, &run.eventCodes, table: &events, to: &days[place].rows.event.codes)
    for index in dimensions.indices {
      Self.append(
        batch.dimensions[index], run.rows, &run.dimensionCodes[index], table: &dimensions[index],
        to: &days[place].rows.dimensions[index].codes)
    }
    Self.copy(batch.properties, run.rows, to: &days[place].rows.properties)
    if let ids = batch.eventIDs { Self.copy(ids, run.rows, to: &days[place].rows.eventIDs!) }
  }

  private mutating func place(of day: CommunityDay) -> Int {
    if day == current?.day { return current!.place }
    use += 1
    let place = findPlace(of: day)
    current = (day, place)
    return place
  }

  private mutating func findPlace(of day: CommunityDay) -> Int {
    if let place = places[day] {
      days[place].lastUse = use
      return place
    }
    let rows = SegmentRows(dimensionCount: dimensions.count, keepsEventID: keepsEventID)
    days.append(Day(day: day, rows: rows, lastUse: use))
    places[day] = days.count - 1
    return days.count - 1
  }

  /// Appends the codes in `table` of the texts in `rows`; each text is looked up once a chunk.
  private static func append(
    _ column: TextColumn, _ rows: [Int], _ known: inout [UInt32], table: inout StringTable, to codes: inout [UInt32]
  ) {
    for row in rows {
      let code = column.codes[row]
      if code == TextColumn.null {
        codes.append(code)
        continue
      }
      if known[Int(code)] == .max { known[Int(code)] = column.values.withBytes(of: code) { table.code(for: $0) } }
      codes.append(known[Int(code)])
    }
  }

  private static func copy(_ column: TextColumn, _ rows: [Int], to target: inout TextColumn) {
    for row in rows {
      let code = column.codes[row]
      let copied = code == TextColumn.null ? code : column.values.withBytes(of: code) { target.values.code(for: $0) }
      target.codes.append(copied)
    }
  }

  /// Takes out the day that was used longest ago.
  mutating func removeOldest() -> (day: CommunityDay, rows: SegmentRows)? {
    guard let place = days.indices.min(by: { days[$0].lastUse < days[$1].lastUse }) else { return nil }
    let removed = days.remove(at: place)
    current = nil
    places = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1.day, $0) })
    rowCount -= removed.rows.count
    return (removed.day, withTables(removed.rows))
  }

  /// From here on nothing is added, and ``next()`` takes out the days, ascending.
  mutating func startDraining() {
    days.sort { $0.day > $1.day }
    (places, current) = ([:], nil)
  }

  /// The next day; only after ``startDraining()``.
  mutating func next() -> (day: CommunityDay, rows: SegmentRows)? {
    guard let day = days.popLast() else { return nil }
    rowCount -= day.rows.count
    return (day.day, withTables(day.rows))
  }

  private func withTables(_ rows: SegmentRows) -> SegmentRows {
    var rows = rows
    rows.event.values = events
    for index in dimensions.indices { rows.dimensions[index].values = dimensions[index] }
    return rows
  }
}
