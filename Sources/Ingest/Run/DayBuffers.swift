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

  /// Codes of one chunk in the tables of the call, filled as records are stored.
  struct Codes {
    fileprivate var event: [UInt32]
    fileprivate var dimensions: [[UInt32]]

    init(_ batch: RecordBatch) {
      event = [UInt32](repeating: .max, count: batch.event.values.count)
      dimensions = batch.dimensions.map { [UInt32](repeating: .max, count: $0.values.count) }
    }
  }

  /// Bytes of the properties and event ids that are held; costs a look at each day.
  var textByteCount: Int {
    days.reduce(0) { $0 + $1.rows.properties.values.bytes.count + ($1.rows.eventIDs?.values.bytes.count ?? 0) }
  }

  /// Adds record `row` of `batch`, done by `member` on `day`.
  mutating func append(_ batch: RecordBatch, row: Int, member: MemberKey, day: CommunityDay, codes: inout Codes) {
    let place = place(of: day)
    rowCount += 1
    days[place].rows.ts.append(batch.ts[row])
    days[place].rows.member.append(Int32(bitPattern: member.number))
    days[place].rows.event.codes.append(
      Self.code(batch.event, row, &codes.event, in: &events))
    for index in dimensions.indices {
      days[place].rows.dimensions[index].codes.append(
        Self.code(batch.dimensions[index], row, &codes.dimensions[index], in: &dimensions[index]))
    }
    Self.copy(batch.properties, row, into: &days[place].rows.properties)
    if let ids = batch.eventIDs { Self.copy(ids, row, into: &days[place].rows.eventIDs!) }
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

  /// The code of a row's text in `table`, looked up once a chunk and text.
  private static func code(
    _ column: TextColumn, _ row: Int, _ known: inout [UInt32], in table: inout StringTable
  ) -> UInt32 {
    let code = column.codes[row]
    if code == TextColumn.null { return code }
    if known[Int(code)] == .max { known[Int(code)] = column.values.withBytes(of: code) { table.code(for: $0) } }
    return known[Int(code)]
  }

  private static func copy(_ column: TextColumn, _ row: Int, into target: inout TextColumn) {
    let code = column.codes[row]
    let copied = code == TextColumn.null ? code : column.values.withBytes(of: code) { target.values.code(for: $0) }
    target.codes.append(copied)
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
