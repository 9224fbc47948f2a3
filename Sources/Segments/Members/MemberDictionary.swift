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
/// `ids` and `firsts` only grow; the catalog says how far each is committed.
package struct MemberDictionary: Sendable {
  private let folder: String
  private var idFiles: MemberIDs
  private var ids: StringTable
  private var events = StringTable()
  private var firsts = FirstInstants()
  private var committed = Committed()
  private var staged = Committed()

  /// How much of each file is in force.
  struct Committed: Sendable, Equatable {
    var idBytes = 0
    var ids = 0
    var firstBytes = 0
    var events = 0
  }

  /// Reads the ids, their table, and the names of events at a snapshot; costs about 15 ns a member.
  ///
  /// First instants stay where they are until ``stage()`` looks which of the batch's are news.
  /// - Throws: ``StoreError`` `corrupt`.
  package init(of snapshot: Snapshot, storeFolder: String) throws {
    folder = "\(storeFolder)/members"
    committed = snapshot.members
    idFiles = MemberIDs(folder: folder, byteCount: committed.idBytes)
    ids = try idFiles.table()
    guard ids.count == committed.ids else {
      throw StoreError(
        .corrupt, "it holds \(ids.count) ids where \(committed.ids) were committed", file: "\(folder)/ids")
    }
    let firstFile = "\(folder)/firsts"
    for block in try BlockFile.read(
      firstFile, byteCount: committed.firstBytes, only: [.strings], among: FirstsBlock.kinds)
    {
      try StringsBlock.decode(block, into: &events, file: firstFile)
    }
  }

  /// The raw ids by key.
  package var idTable: StringTable { ids }

  /// How many members have a key.
  package var count: Int { ids.count }

  /// Event names that any member ever did.
  package var eventNames: [String] { events.strings }

  /// How many event names any member ever did.
  package var eventNameCount: Int { events.count }

  /// The key of a raw id, given now where the id is new.
  package mutating func key(for id: UnsafeRawBufferPointer) -> MemberKey { MemberKey(ids.code(for: id)) }

  /// The keys of many raw ids at once; new ids get theirs in the order of `rows`.
  /// - Parameters:
  ///   - hashes: the `byteHash` of each id.
  ///   - rows: of `texts`.
  ///   - keys: room for as many as there are `rows`.
  package mutating func keys(
    for texts: RowTexts, hashes: [UInt64], rows: UnsafeBufferPointer<Int32>, into keys: UnsafeMutablePointer<Int32>
  ) { ids.codes(for: texts, hashes: hashes, rows: rows, into: keys) }

  /// The raw id of a key. It leaves the machine's memory only where a person asked for ids.
  package func id(of key: MemberKey) -> String { ids.string(key.number) }

  /// The dictionary's own code of an event name, given now where the name is new.
  package mutating func eventCode(for name: UnsafeRawBufferPointer) -> UInt32 { events.code(for: name) }

  /// Notes the first instants of a segment; `events` are the dictionary's codes of its event names.
  mutating func note(_ segment: StagedSegment, events: [UInt32]) {
    firsts.note(segment.firsts, events: events)
  }

  /// Reads all that was committed.
  /// - Throws: ``StoreError`` `corrupt`.
  func check() throws { _ = try knownFirsts() }

  private func knownFirsts() throws -> [FirstsBlock] {
    let file = "\(folder)/firsts"
    return try BlockFile.read(file, byteCount: committed.firstBytes, only: FirstsBlock.kinds, among: [.strings]).map {
      try FirstsBlock($0, eventCount: events.count, memberCount: ids.count, file: file)
    }
  }

  /// Writes the table of ids anew where many are not in it; to be called once they are committed.
  /// - Parameter folder: where it is made before it gets its name.
  func writeTable(beside folder: String) { idFiles.write(ids, beside: folder) }

  /// Takes back what was staged, as far as the system lets.
  func withdraw() {
    cutFile("\(folder)/ids", to: committed.idBytes)
    cutFile("\(folder)/firsts", to: committed.firstBytes)
  }

  /// Writes the new ids behind the committed ones; they count once the catalog says so. No id comes after.
  mutating func stageIDs() throws {
    staged = committed
    try makeFolder(folder)
    if ids.count == committed.ids { return }
    let block = PackedStrings.encode(ids, from: committed.ids)
    try block.withUnsafeBytes { try appendToFile($0, to: "\(folder)/ids", at: committed.idBytes) }
    (staged.ids, staged.idBytes) = (ids.count, committed.idBytes + block.count)
  }

  /// Writes the first instants that are news; to be called after ``stageIDs()``.
  mutating func stage() throws -> Committed {
    var next = staged
    var block = events.count > committed.events ? StringsBlock.encode(events, from: committed.events) : []
    for known in try knownFirsts() { firsts.drop(knownIn: known) }
    if let news = firsts.block() { block += news }
    if !block.isEmpty {
      try block.withUnsafeBytes { try appendToFile($0, to: "\(folder)/firsts", at: committed.firstBytes) }
      (next.events, next.firstBytes) = (events.count, committed.firstBytes + block.count)
    }
    return next
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
