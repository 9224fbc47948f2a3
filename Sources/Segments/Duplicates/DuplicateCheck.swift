internal import Columns
package import Events
internal import GRDB

/// Decides whether a record with a declared id was stored before, day by day of UTC.
///
/// The committed hashes of a day are read when its first record comes. Where many days are touched, the least
/// recently used ones are written behind the committed part of their files and dropped from memory, so that memory
/// follows the days in use. What was written counts once the catalog says so.
package struct DuplicateCheck {
  /// What a record is to those before it.
  package enum Verdict: UInt8, Sendable {
    case new
    /// Stored all the same: its id is known with another content.
    case conflict
    case duplicate
    /// Its day has forgotten its records.
    case pastWindow
  }

  private struct Day {
    var number: Int32
    var records: IdentitySet
    var lastUse = 0
  }

  /// How much of a day's file holds records, committed or not.
  private struct Written {
    var byteCount = 0
    var recordCount = 0
    /// Of the last batch that wrote it; nil for this one.
    var at: Timestamp?
    /// What of it is committed; this batch added the rest.
    var committedByteCount = 0
  }

  private let folder: String
  private var written: [Int32: Written] = [:]
  /// Days in memory, and where each is.
  private var days: ContiguousArray<Day> = []
  private var places: [Int32: Int] = [:]
  /// How many records the day had that was dropped last; at first the most that one of the store's last days has.
  private var usualCount = 0
  /// The memory of that day.
  private var spare: IdentitySet?
  private var use = 0
  private let closesBefore: Timestamp
  private let acceptsClosed: Bool

  /// Past so many bytes of hashes in memory days are written out.
  private let heldByteCountMax: Int

  /// - Parameters:
  ///   - arrival: the instant of this batch.
  ///   - windowDays: days after its last write for which a UTC day remembers its records.
  ///   - acceptsClosed: records of days past the window are judged as others are.
  package init(
    catalog: Catalog, storeFolder: String, arrival: Timestamp, windowDays: Int, acceptsClosed: Bool = false,
    heldByteCountMax: Int = 80 << 20
  ) throws {
    folder = "\(storeFolder)/duplicates"
    self.heldByteCountMax = heldByteCountMax
    self.acceptsClosed = acceptsClosed
    closesBefore = arrival.adding(seconds: -Int64(windowDays) * 86400)
    written = try catalog.read { db in
      var written: [Int32: Written] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT day, byte_count, record_count, written_at FROM duplicate_day") {
        written[row["day"]] = Written(
          byteCount: row["byte_count"], recordCount: row["record_count"],
          at: Timestamp(microseconds: row["written_at"]),
          committedByteCount: row["byte_count"])
      }
      return written
    }
    let lastDays = written.sorted { $0.key > $1.key }.prefix(Self.lastDayCount)
    usualCount = min(lastDays.map(\.value.recordCount).max() ?? 0, heldByteCountMax / 32)
  }

  /// Days by which a new one is judged: a week, of which the last was not over.
  private static let lastDayCount = 7
  /// A log in order has no more at once: a day of the community has hours of two.
  private static let fewDays = 2

  /// Whether the UTC day of `ts` was last written longer ago than the window: its records are forgotten.
  package func isClosed(_ ts: Timestamp) -> Bool {
    isClosed(Int32(ts.microseconds.flooredDivision(by: Self.dayLength).quotient))
  }

  private func isClosed(_ number: Int32) -> Bool {
    guard !acceptsClosed, let at = written[number]?.at else { return false }
    return at < closesBefore
  }

  private static let dayLength: Int64 = 86_400_000_000

  /// Judges records in their order: each against those of its day before it. A record without a declared id is new.
  /// - Parameters:
  ///   - ts: as many instants, in microseconds of UTC.
  ///   - verdicts: room for as many, by their raw values.
  /// - Throws: ``StoreError`` where the sidecar of a day cannot be read or written.
  package mutating func judge(
    _ records: UnsafeBufferPointer<RecordIdentity>, ts: UnsafePointer<Int64>,
    into verdicts: UnsafeMutablePointer<Verdict>
  ) throws {
    try withUnsafeTemporaryAllocation(of: Int32.self, capacity: records.count) { dayPlaces in
      var start = 0
      while start < records.count {
        let end = try findDays(records, ts: ts, from: start, into: dayPlaces.baseAddress!)
        judge(records, places: dayPlaces.baseAddress!, start..<end, into: verdicts)
        start = end
      }
    }
  }

  /// Finds the days of records from `start` on, as far as there is memory for them, and returns where it stopped.
  private mutating func findDays(
    _ records: UnsafeBufferPointer<RecordIdentity>, ts: UnsafePointer<Int64>, from start: Int,
    into dayPlaces: UnsafeMutablePointer<Int32>
  ) throws -> Int {
    try makeRoom()
    var last: (start: Int64, place: Int32)?
    for index in start..<records.count {
      if records[index].idHash == 0 {
        dayPlaces[index] = Self.noID
        continue
      }
      if let last, ts[index] &- last.start >= 0, ts[index] &- last.start < Self.dayLength {
        dayPlaces[index] = last.place
        continue
      }
      let number = Int32(ts[index].flooredDivision(by: Self.dayLength).quotient)
      let place: Int32
      if isClosed(number) {
        place = Self.closed
      } else {
        if places[number] == nil {
          if index > start, heldByteCount > heldByteCountMax { return index }
          try load(number)
        }
        place = Int32(places[number]!)
        use += 1
        days[Int(place)].lastUse = use
      }
      dayPlaces[index] = place
      last = (Int64(number) * Self.dayLength, place)
    }
    return records.count
  }

  private static let noID: Int32 = -1
  private static let closed: Int32 = -2

  private mutating func judge(
    _ records: UnsafeBufferPointer<RecordIdentity>, places: UnsafePointer<Int32>, _ range: Range<Int>,
    into verdicts: UnsafeMutablePointer<Verdict>
  ) {
    let ahead = 16
    days.withUnsafeMutableBufferPointer { days in
      for index in range {
        let next = index &+ ahead
        if next < range.upperBound, places[next] >= 0 {
          days[Int(places[next])].records.prefetch(id: records[next].idHash)
        }
        switch places[index] {
        case Self.noID: verdicts[index] = .new
        case Self.closed: verdicts[index] = .pastWindow
        case let place: verdicts[index] = days[Int(place)].records.judge(records[index])
        }
      }
    }
  }

  private var heldByteCount: Int { days.reduce(0) { $0 + $1.records.byteCount } }

  /// Drops the days that were used longest ago where too many records are held.
  private mutating func makeRoom() throws {
    while days.count > 2, heldByteCount > heldByteCountMax {
      let place = days.indices.min { days[$0].lastUse < days[$1].lastUse }!
      try writeOut([place])
      usualCount = days[place].records.count
      places[days[place].number] = nil
      days.swapAt(place, days.count - 1)
      spare = days.removeLast().records
      if place < days.count { places[days[place].number] = place }
    }
  }

  private mutating func load(_ number: Int32) throws {
    let known = written[number] ?? Written()
    // A day is most likely as large as those before it, and a set that grows clears new memory each time. Where many
    // days are held, the log has few records of each.
    let last = days.last?.records.count ?? 0
    let capacity = max(known.recordCount, days.count < Self.fewDays ? max(usualCount, last) : last)
    var records = IdentitySet(capacity: capacity, inPlaceOf: spare.take())
    for block in try BlockFile.read(path(number), byteCount: known.byteCount) {
      let count = block.entryCount
      guard block.payload.count == count * 12 else {
        throw StoreError(.corrupt, "the file is damaged: a block has the wrong length", file: path(number))
      }
      let ids: [UInt64] = block.payload.littleEndianNumbers(at: 0, count: count)
      let contents: [UInt32] = block.payload.littleEndianNumbers(at: count * 8, count: count)
      for row in 0..<count where ids[row] != 0 {
        _ = records.judge(RecordIdentity(idHash: ids[row], contentHash: UInt64(contents[row]) << 32))
      }
    }
    records.markKnown()
    places[number] = days.count
    days.append(Day(number: number, records: records))
  }

  private func path(_ number: Int32) -> String { "\(folder)/\(CommunityDay(number))" }

  /// Writes what is new of the days at `places` behind what their files hold, on all cores; the days are to be dropped.
  private mutating func writeOut(_ places: [Int]) throws {
    let full = places.map { days[$0] }.filter { $0.records.newCount > 0 }
    if full.isEmpty { return }
    try makeFolder(folder)
    let ends = full.map { written[$0.number]?.byteCount ?? 0 }
    // Noted first: what is written in part is to be withdrawn, too.
    for day in full {
      written[day.number, default: Written()].byteCount += day.records.newBlockByteCount
      written[day.number]?.recordCount += day.records.newCount
    }
    let results = onAllCores(full.count) { place in
      Result {
        let day = full[place]
        try day.records.withNewBlock { block in
          try appendToFile(block, to: path(day.number), at: ends[place], isReadSoon: false)
        }
      }
    }
    for result in results { try result.get() }
  }

  /// A day's sidecar after this batch.
  struct Committed { var day, byteCount, recordCount: Int }

  /// Writes what is new behind the committed part of each sidecar; it counts once the catalog says so.
  mutating func stage() throws -> [Committed] {
    try writeOut(Array(days.indices))
    days = []
    places = [:]
    return written.filter { $0.value.byteCount > $0.value.committedByteCount }.sorted { $0.key < $1.key }.map {
      Committed(day: Int($0.key), byteCount: $0.value.byteCount, recordCount: $0.value.recordCount)
    }
  }

  /// Takes back what this batch wrote, as far as the system lets.
  func withdraw() {
    for (day, file) in written where file.byteCount > file.committedByteCount {
      cutFile(path(day), to: file.committedByteCount)
    }
  }
}
