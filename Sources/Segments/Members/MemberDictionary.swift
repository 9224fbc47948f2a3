package import Columns
package import Events
internal import GRDB

/// Raw member ids, the dense keys that stand for them, and each member's first instants by event name.
///
/// ```
/// members/ids      blocks of strings: the n-th string is the id of key n
/// members/table    the slots in which ids are looked up: derived, and made anew where it is missing or damaged
/// members/firsts   blocks of strings (event names) and of (key, event, instant); the earliest instant holds
/// ```
/// `ids` and `firsts` only grow; the catalog says how far each is committed. A batch looks its ids up in the table on
/// disk, once each; in memory are those that it named, and the few that came since the table was written.
package struct MemberDictionary: Sendable {
  private let folder: String
  private var table: MemberTable?
  /// Ids in memory. Without a table on disk all of them, coded by their keys.
  private var ids: StringTable
  /// With a table: the key of each code of `ids`.
  private var keyByCode: [UInt32] = []
  private var keyCount: Int
  private var events = StringTable()
  private var firsts = FirstInstants()
  private var committed = Committed()
  private var staged: Committed

  /// How much of each file is in force.
  struct Committed: Sendable, Equatable {
    var idBytes = 0
    var ids = 0
    var firstBytes = 0
    var events = 0
  }

  /// Opens the dictionary at a snapshot. Costs reading the table, about 2 ns a member, or, without one, all ids.
  ///
  /// First instants stay where they are until ``stage()`` looks which of the batch's are news.
  /// - Throws: ``StoreError`` `corrupt`.
  package init(of snapshot: Snapshot, storeFolder: String) throws {
    folder = "\(storeFolder)/members"
    (committed, staged, keyCount) = (snapshot.members, snapshot.members, snapshot.memberCount)
    let stored = try MemberIDs(folder: folder, committed)
    table = MemberTable(folder: folder, ids: stored)
    let covered = table?.count ?? 0
    ids = try Self.distinct(stored, from: covered)
    if table != nil { keyByCode = Array(UInt32(covered)..<UInt32(keyCount)) }
    let firstFile = "\(folder)/firsts"
    for block in try BlockFile.read(
      firstFile, byteCount: committed.firstBytes, only: [.strings], among: FirstsBlock.kinds)
    {
      try StringsBlock.decode(block, into: &events, file: firstFile)
    }
  }

  private static func distinct(_ stored: MemberIDs, from first: Int = 0) throws -> StringTable {
    guard let table = StringTable(onlyIfDistinct: try stored.texts(from: first)) else {
      throw StoreError(
        .corrupt, "an id stands in it twice", file: stored.path, hint: "Restore it from a copy of the store.")
    }
    return table
  }

  /// How many members have a key.
  package var count: Int { table == nil ? ids.count : keyCount }

  /// Event names that any member ever did.
  package var eventNames: [String] { events.strings }

  /// How many event names any member ever did.
  package var eventNameCount: Int { events.count }

  /// The key of a raw id, given now where the id is new.
  /// - Throws: ``StoreError`` `corrupt`, here and below, where ids on disk are damaged.
  package mutating func key(for id: UnsafeRawBufferPointer) throws -> MemberKey {
    let code = ids.code(for: id)
    try settleKeys()
    return MemberKey(table == nil ? code : keyByCode[Int(code)])
  }

  /// The keys of many raw ids at once; new ids get theirs in the order of `rows`.
  /// - Parameters:
  ///   - hashes: the `byteHash` of each id.
  ///   - rows: of `texts`.
  ///   - keys: room for as many as there are `rows`.
  package mutating func keys(
    for texts: RowTexts, hashes: [UInt64], rows: UnsafeBufferPointer<Int32>, into keys: UnsafeMutablePointer<Int32>
  ) throws {
    ids.codes(for: texts, hashes: hashes, rows: rows, into: keys)
    if table == nil { return }
    try settleKeys()
    for place in rows.indices { keys[place] = Int32(bitPattern: keyByCode[Int(keys[place])]) }
  }

  /// Finds the keys of ids that came into memory, and gives new ones to those that no table holds.
  private mutating func settleKeys() throws {
    guard table != nil, keyByCode.count < ids.count else { return }
    for key in try table!.keys(of: ids, codes: keyByCode.count..<ids.count) {
      keyByCode.append(key ?? UInt32(keyCount))
      if key == nil { keyCount += 1 }
    }
  }

  /// The dictionary's own code of an event name, given now where the name is new.
  package mutating func eventCode(for name: UnsafeRawBufferPointer) -> UInt32 { events.code(for: name) }

  /// Notes the first instants of a segment; `events` are the dictionary's codes of its event names.
  mutating func note(_ segment: StagedSegment, events: [UInt32]) {
    firsts.note(segment.firsts, events: events)
  }

  /// Reads all that was committed.
  /// - Throws: ``StoreError`` `corrupt`.
  func check() throws {
    _ = try Self.distinct(MemberIDs(folder: folder, committed))
    let file = "\(folder)/firsts"
    for block in try firstBlocks() {
      _ = try FirstsBlock(block, eventCount: events.count, memberCount: committed.ids, file: file)
    }
  }

  private func firstBlocks() throws -> [BlockFile.Block] {
    try BlockFile.read(
      "\(folder)/firsts", byteCount: committed.firstBytes, only: FirstsBlock.kinds, among: [.strings])
  }

  /// Writes the table anew where many ids are not in it; to be called once they are committed.
  /// - Parameter staging: where it is made before it gets its name.
  func writeTable(beside staging: String) {
    let covered = table?.count ?? 0
    guard count >= SlotSearch.countMin, count - covered > covered / 16,
      let stored = try? MemberIDs(folder: folder, staged),
      let whole = table == nil ? ids : try? Self.distinct(stored)
    else { return }
    MemberTable.write(whole, of: stored, folder: folder, beside: staging)
  }

  /// Takes back what was staged, as far as the system lets.
  func withdraw() {
    cutFile("\(folder)/ids", to: committed.idBytes)
    cutFile("\(folder)/firsts", to: committed.firstBytes)
  }

  /// Writes the new ids behind the committed ones; they count once the catalog says so. No id comes after.
  mutating func stageIDs() throws {
    try makeFolder(folder)
    if count == committed.ids { return }
    let block = table == nil ? PackedStrings.encode(ids, from: committed.ids) : PackedStrings.encode(newIDs, from: 0)
    try block.withUnsafeBytes { try appendToFile($0, to: "\(folder)/ids", at: committed.idBytes) }
    (staged.ids, staged.idBytes) = (count, committed.idBytes + block.count)
  }

  /// With a table: the ids that got their keys from this batch.
  private var newIDs: StringTable {
    var texts = RowTexts()
    for (code, key) in keyByCode.enumerated() where key >= committed.ids {
      ids.withBytes(of: UInt32(code)) { texts.append($0) }
    }
    return StringTable(distinct: texts)
  }

  /// Writes the first instants that are news; to be called after ``stageIDs()``.
  mutating func stage() throws -> Committed {
    let file = "\(folder)/firsts"
    var blocks = events.count > committed.events ? [StringsBlock.encode(events, from: committed.events)] : []
    try dropKnownFirsts(file)
    blocks += PackedFirsts.encode(firsts.pairs)
    var end = committed.firstBytes
    for block in blocks {
      try block.withUnsafeBytes { try appendToFile($0, to: file, at: end) }
      end += block.count
    }
    (staged.events, staged.firstBytes) = (events.count, end)
    return staged
  }
}

extension MemberDictionary {
  /// Drops the first instants that were committed before; a block of them is in memory at a time, on each core.
  private mutating func dropKnownFirsts(_ path: String) throws {
    guard let file = try BlockFile.open(path, byteCount: committed.firstBytes) else { return }
    let pairs = firsts.pairs
    let places = try BlockFile.places(file, upTo: committed.firstBytes, of: FirstsBlock.kinds + [.strings])
      .filter { FirstsBlock.kinds.contains($0.kind) }
    let known = onAllCores(places.count) { place in
      Result {
        guard let rows = pairs.rows(knownIn: try BlockFile.block(at: places[place], in: file)) else {
          throw StoreError(.corrupt, "the file is damaged: a block is not one of first instants", file: path)
        }
        return rows
      }
    }
    firsts.drop(try known.map { try $0.get() })
  }
}

extension MemberDictionary.Committed {
  init(_ db: Database) throws {
    self.init()
    for row in try Row.fetchAll(db, sql: "SELECT name, byte_count, entry_count FROM member_file") {
      if row["name"] == "ids" {
        (idBytes, ids) = (row["byte_count"], row["entry_count"])
      } else {
        (firstBytes, events) = (row["byte_count"], row["entry_count"])
      }
    }
  }

  func write(_ db: Database) throws {
    for (name, bytes, entries) in [("ids", idBytes, ids), ("firsts", firstBytes, events)] {
      try db.execute(
        sql: """
          INSERT INTO member_file (name, byte_count, entry_count) VALUES (?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET byte_count = excluded.byte_count, entry_count = excluded.entry_count
          """, arguments: [name, bytes, entries])
    }
  }
}
