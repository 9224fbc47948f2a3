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
    if let last = days.last, last.day == day { return days.count - 1 }
    use += 1
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
    places = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1.day, $0) })
    rowCount -= removed.rows.count
    var rows = removed.rows
    rows.event.values = events
    for index in dimensions.indices { rows.dimensions[index].values = dimensions[index] }
    return (removed.day, rows)
  }
}
