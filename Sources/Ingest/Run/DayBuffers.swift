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
  private var events = CallTexts()
  private var dimensions: [CallTexts]
  private let keepsEventID: Bool
  private var use = 0
  /// How many records the day had that was taken out last: a guess at the next.
  private var usualCount: Int

  /// - Parameter usualCount: how many records a day may have.
  init(dimensionCount: Int, keepsEventID: Bool, usualCount: Int) {
    self.usualCount = usualCount
    dimensions = Array(repeating: CallTexts(), count: dimensionCount)
    self.keepsEventID = keepsEventID
  }

  /// Bytes of the properties and event ids that are held; costs a look at each day.
  var textByteCount: Int {
    days.reduce(0) { $0 + $1.rows.properties.values.bytes.count + ($1.rows.eventIDs?.values.bytes.count ?? 0) }
  }

  /// Learns the texts that `batch` brings; to be called for each batch, in order.
  /// - Parameter parser: the number of the parser that made the batch, which explains its codes.
  mutating func learn(_ batch: RecordBatch, parser: Int) {
    events.learn(batch.event, parser: parser)
    for index in dimensions.indices { dimensions[index].learn(batch.dimensions[index], parser: parser) }
  }

  /// The event's name and the dimensions of a record.
  func texts(of batch: RecordBatch, _ row: Int, parser: Int) -> (event: String?, dimensions: [String?]) {
    let texts = dimensions.indices.map { dimensions[$0].text(batch.dimensions[$0].codes[row], parser: parser) }
    return (events.text(batch.event.codes[row], parser: parser), texts)
  }

  /// Copies records of `batch`, which was learned, to their days.
  /// - Parameter members: a key for each of `rows`.
  mutating func append(
    _ batch: RecordBatch, parser: Int, rows: UnsafeBufferPointer<Int32>, members: UnsafeBufferPointer<Int32>,
    clock: inout DayClock
  ) {
    if rows.isEmpty { return }
    use += 1
    let groups = DayGroups(batch.ts, rows, clock: &clock) { place(of: $0) }
    for group in groups.groups {
      groups.withPositions(of: group) { append(batch, parser, rows, members, positions: $0, to: group.place) }
    }
    rowCount += rows.count
  }

  private mutating func append(
    _ batch: RecordBatch, _ parser: Int, _ rows: UnsafeBufferPointer<Int32>, _ members: UnsafeBufferPointer<Int32>,
    positions: UnsafeBufferPointer<Int32>, to place: Int
  ) {
    days[place].lastUse = use
    // Of a log in order a batch is a stretch of one day.
    if let first = positions.first, Int(positions[positions.count - 1] - first) == positions.count - 1,
      Int(rows[rows.count - 1]) == rows.count - 1
    {
      let range = Int(first)..<Int(first) + positions.count
      batch.ts.withUnsafeBufferPointer {
        days[place].rows.ts.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range]))
      }
      days[place].rows.member.append(contentsOf: UnsafeBufferPointer(rebasing: members[range]))
      return appendTexts(batch, parser, UnsafeBufferPointer(rebasing: rows[range]), to: place)
    }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: positions.count) { chosen in
      for (index, position) in positions.enumerated() { chosen[index] = rows[Int(position)] }
      let chosen = UnsafeBufferPointer(chosen)
      batch.ts.gather(chosen, to: &days[place].rows.ts)
      members.gather(positions, to: &days[place].rows.member)
      appendTexts(batch, parser, chosen, to: place)
    }
  }

  private mutating func appendTexts(
    _ batch: RecordBatch, _ parser: Int, _ rows: UnsafeBufferPointer<Int32>, to place: Int
  ) {
    events.gather(batch.event, rows, parser: parser, to: &days[place].rows.event.codes)
    for index in dimensions.indices {
      dimensions[index].gather(
        batch.dimensions[index], rows, parser: parser, to: &days[place].rows.dimensions[index].codes)
    }
    Self.copy(batch.properties, rows, to: &days[place].rows.properties)
    if let ids = batch.eventIDs { Self.copy(ids, rows, to: &days[place].rows.eventIDs!) }
  }

  private mutating func place(of day: CommunityDay) -> Int {
    if let place = places[day] { return place }
    var rows = SegmentRows(dimensionCount: dimensions.count, keepsEventID: keepsEventID)
    // Too little room is copied. A log that has many days at once has few records of each.
    if days.count * usualCount < 2 * IngestLimits.bufferedRowCountMax { rows.reserve(usualCount + usualCount / 8) }
    days.append(Day(day: day, rows: rows, lastUse: use))
    places[day] = days.count - 1
    return days.count - 1
  }

  private static func copy(_ texts: RowTexts, _ rows: UnsafeBufferPointer<Int32>, to target: inout TextColumn) {
    if texts.bytes.isEmpty {
      target.codes.append(contentsOf: repeatElement(TextColumn.null, count: rows.count))
      return
    }
    texts.bytes.withUnsafeBytes { bytes in
      for row in rows {
        let range = texts.range(of: Int(row))
        let text = UnsafeRawBufferPointer(rebasing: bytes[range])
        target.codes.append(range.isEmpty ? TextColumn.null : target.values.code(for: text))
      }
    }
  }

  /// Takes out the day that was used longest ago.
  mutating func removeOldest() -> (day: CommunityDay, rows: SegmentRows)? {
    guard let place = days.indices.min(by: { days[$0].lastUse < days[$1].lastUse }) else { return nil }
    let removed = days.remove(at: place)
    places = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1.day, $0) })
    rowCount -= removed.rows.count
    usualCount = removed.rows.count
    return (removed.day, withTables(removed.rows))
  }

  /// From here on nothing is added, and ``next()`` takes out the days, ascending.
  mutating func startDraining() {
    days.sort { $0.day > $1.day }
    places = [:]
  }

  /// The next day; only after ``startDraining()``.
  mutating func next() -> (day: CommunityDay, rows: SegmentRows)? {
    guard let day = days.popLast() else { return nil }
    rowCount -= day.rows.count
    return (day.day, withTables(day.rows))
  }

  private func withTables(_ rows: SegmentRows) -> SegmentRows {
    var rows = rows
    rows.event.values = events.table
    for index in dimensions.indices { rows.dimensions[index].values = dimensions[index].table }
    return rows
  }
}
