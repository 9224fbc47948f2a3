package import Events
internal import GRDB

/// Decides whether a record with a declared id was stored before, day by day of UTC.
///
/// The committed hashes of a day are read when its first record comes. Where many days are touched, the least
/// recently used ones are written aside and dropped from memory, so that memory follows the days in use.
package struct DuplicateCheck {
  private struct Day {
    var number: Int32
    var records: IdentitySet
    /// New since the last commit and still in memory: id and content hashes.
    var newIDs: [UInt64] = []
    var newContents: [UInt64] = []
    var lastUse = 0
  }

  private let folder: String
  private let staging: String
  private var known: [Int32: (byteCount: Int, recordCount: Int, writtenAt: Timestamp)] = [:]
  /// Days in memory, and where each is.
  private var days: [Day] = []
  private var places: [Int32: Int] = [:]
  /// The day of the last record: most records follow one of the same day.
  private var current: (number: Int32, place: Int)?
  private var aside: [Int32: (byteCount: Int, recordCount: Int)] = [:]
  private var use = 0
  private var heldCount = 0
  private let closesBefore: Timestamp

  /// At most this many hashes stay in memory; past it days are written aside.
  private let heldCountMax: Int

  /// - Parameters:
  ///   - arrival: the instant of this batch.
  ///   - windowDays: days after its last write for which a UTC day remembers its records.
  package init(
    catalog: Catalog, storeFolder: String, staging: String, arrival: Timestamp, windowDays: Int,
    heldCountMax: Int = 8_000_000
  ) throws {
    folder = "\(storeFolder)/duplicates"
    self.staging = staging
    self.heldCountMax = heldCountMax
    closesBefore = arrival.adding(seconds: -Int64(windowDays) * 86400)
    known = try catalog.read { db in
      var known: [Int32: (Int, Int, Timestamp)] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT day, byte_count, record_count, written_at FROM duplicate_day") {
        known[row["day"]] = (row["byte_count"], row["record_count"], Timestamp(microseconds: row["written_at"]))
      }
      return known
    }
  }

  /// Whether the UTC day of `ts` was last written longer ago than the window: its records are forgotten.
  package func isClosed(_ ts: Timestamp) -> Bool {
    guard let day = known[Self.day(ts)] else { return false }
    return day.writtenAt < closesBefore
  }

  private static func day(_ ts: Timestamp) -> Int32 {
    Int32(ts.microseconds.flooredDivision(by: 86_400_000_000).quotient)
  }

  /// What a record is to those of its day before it.
  /// - Throws: ``StoreError`` where the day's sidecar cannot be read.
  package mutating func judge(id: UInt64, content: UInt64, ts: Timestamp) throws -> IdentitySet.Verdict {
    let place = try place(of: Self.day(ts))
    let verdict = days[place].records.insert(id: id, content: content)
    if verdict != .duplicate {
      days[place].newIDs.append(id)
      days[place].newContents.append(content)
      heldCount += 1
    }
    return verdict
  }

  private mutating func place(of number: Int32) throws -> Int {
    if let current, current.number == number { return current.place }
    if places[number] == nil { try load(number) }
    let place = places[number]!
    use += 1
    days[place].lastUse = use
    current = (number, place)
    return place
  }

  private mutating func load(_ number: Int32) throws {
    while heldCount > heldCountMax, days.count > 2 {
      try putAside(days.indices.min { days[$0].lastUse < days[$1].lastUse }!)
    }
    var day = Day(number: number, records: IdentitySet(capacity: known[number]?.recordCount ?? 0))
    let sidecars = [
      (path(number), known[number]?.byteCount ?? 0), (asidePath(number), aside[number]?.byteCount ?? 0),
    ]
    for (path, byteCount) in sidecars {
      for block in try BlockFile.read(path, byteCount: byteCount) {
        let count = block.entryCount
        guard block.payload.count == count * 16 else {
          throw StoreError(.corrupt, "the file is damaged: a block has the wrong length", file: path)
        }
        let ids: [UInt64] = block.payload.littleEndianNumbers(at: 0, count: count)
        let contents: [UInt64] = block.payload.littleEndianNumbers(at: count * 8, count: count)
        for row in 0..<count where ids[row] != 0 { _ = day.records.insert(id: ids[row], content: contents[row]) }
      }
    }
    heldCount += day.records.count
    places[number] = days.count
    days.append(day)
  }

  private func path(_ number: Int32) -> String { "\(folder)/\(CommunityDay(number))" }
  private func asidePath(_ number: Int32) -> String { "\(staging)/duplicates-\(CommunityDay(number))" }

  /// Writes what is new of the day at `place` aside, and drops it from memory.
  private mutating func putAside(_ place: Int) throws {
    days.swapAt(place, days.count - 1)
    let day = days.removeLast()
    places[day.number] = nil
    if place < days.count { places[days[place].number] = place }
    current = nil
    heldCount -= day.records.count
    if day.newIDs.isEmpty { return }
    let block = Self.block(day)
    let (offset, count) = aside[day.number] ?? (0, 0)
    try block.withUnsafeBytes { try appendToFile($0, to: asidePath(day.number), at: offset) }
    aside[day.number] = (offset + block.count, count + day.newIDs.count)
  }

  private static func block(_ day: Day) -> [UInt8] {
    var payload: [UInt8] = []
    payload.appendLittleEndian(day.newIDs)
    payload.appendLittleEndian(day.newContents)
    return BlockFile.encode(.identities, entryCount: day.newIDs.count, payload: payload)
  }

  /// A day's sidecar after this batch.
  struct Committed { var day, byteCount, recordCount: Int }

  /// Writes what is new behind the committed part of each sidecar; it counts once the catalog says so.
  mutating func stage() throws -> [Committed] {
    try makeFolder(folder)
    var result: [Committed] = []
    for number in Set(places.keys).union(aside.keys).sorted() {
      var added = aside[number] == nil ? [] : try readFile(asidePath(number))
      var count = aside[number]?.recordCount ?? 0
      if let day = places[number].map({ days[$0] }), !day.newIDs.isEmpty {
        added += Self.block(day)
        count += day.newIDs.count
      }
      if added.isEmpty { continue }
      let (start, before, _) = known[number] ?? (0, 0, closesBefore)
      try added.withUnsafeBytes { try appendToFile($0, to: path(number), at: start) }
      result.append(Committed(day: Int(number), byteCount: start + added.count, recordCount: before + count))
    }
    return result
  }
}
