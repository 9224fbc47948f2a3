internal import Columns
internal import Events

/// Rows of (member, event, instant) as a block of `members/firsts` holds them.
struct FirstsBlock {
  let members: [UInt32]
  let events: [UInt32]
  let instants: [Int64]

  /// - Throws: ``StoreError`` `corrupt` where a row names a member or an event that does not exist.
  init(_ block: BlockFile.Block, eventCount: Int, memberCount: Int, file: String) throws {
    let count = block.entryCount
    guard block.kind == .firsts, block.payload.count == count * 16 else {
      throw StoreError(.corrupt, "the file is damaged: a block has the wrong length", file: file)
    }
    members = block.payload.littleEndianNumbers(at: 0, count: count)
    events = block.payload.littleEndianNumbers(at: count * 4, count: count)
    instants = block.payload.littleEndianNumbers(at: count * 8, count: count)
    guard members.max() ?? 0 < UInt32(memberCount) || count == 0, events.max() ?? 0 < UInt32(eventCount) || count == 0
    else {
      throw StoreError(.corrupt, "the file is damaged: an entry names an unknown member or event", file: file)
    }
  }
}

extension Store {
  /// Each member's first instant among all events but passive ones, by key; `Int64.max` where there is none.
  ///
  /// Reads `members/firsts` alone, as it was at the snapshot (of the ids only that they are there); costs about 2 ns a (member, event).
  /// - Throws: ``StoreError`` `corrupt`.
  package func firstQualifyingInstants(_ snapshot: Snapshot) throws -> [Int64] {
    let ids = "\(folder)/members/ids"
    guard fileByteCount(ids) ?? 0 >= snapshot.members.idBytes else {
      throw StoreError(
        .corrupt, "the file is cut short or gone: \(snapshot.members.idBytes) bytes were committed", file: ids,
        hint: "Restore it from a copy of the store.")
    }
    let file = "\(folder)/members/firsts"
    var result = [Int64](repeating: .max, count: snapshot.memberCount)
    var names = StringTable()
    var qualifies: [Bool] = []
    for block in try BlockFile.read(file, byteCount: snapshot.members.firstBytes) {
      if block.kind == .strings {
        try StringsBlock.decode(block, into: &names, file: file)
        qualifies = names.strings.map { !settings.schema.passiveEvents.contains($0) }
        continue
      }
      let rows = try FirstsBlock(block, eventCount: names.count, memberCount: snapshot.memberCount, file: file)
      for (row, member) in rows.members.enumerated() where qualifies[Int(rows.events[row])] {
        result[Int(member)] = min(result[Int(member)], rows.instants[row])
      }
    }
    return result
  }
}
