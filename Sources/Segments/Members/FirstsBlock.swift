internal import Columns
internal import Events

/// Rows of (member, event, instant) as a block of `members/firsts` holds them.
struct FirstsBlock {
  let members: [UInt32]
  let events: [UInt32]
  let instants: [Int64]

  /// - Throws: ``StoreError`` `corrupt` where a row names a member or an event that does not exist.
  init(_ block: BlockFile.Block, eventCount: Int, memberCount: Int, file: String) throws {
    guard let columns = block.kind == .packedFirsts ? PackedFirsts.decode(block) : Self.plain(block) else {
      throw StoreError(.corrupt, "the file is damaged: a block has the wrong length", file: file)
    }
    let count = columns.members.count
    (members, events, instants) = columns
    guard members.max() ?? 0 < UInt32(memberCount) || count == 0, events.max() ?? 0 < UInt32(eventCount) || count == 0
    else {
      throw StoreError(.corrupt, "the file is damaged: an entry names an unknown member or event", file: file)
    }
  }
}

extension FirstsBlock {
  /// Blocks that are unpacked together: they take 2 MiB each.
  static let countAtOnce = 4

  /// What holds first instants.
  static let kinds: [BlockFile.Kind] = [.packedFirsts, .firsts]

  static func plain(_ block: BlockFile.Block) -> (members: [UInt32], events: [UInt32], instants: [Int64])? {
    let count = block.entryCount
    guard block.kind == .firsts, block.payload.count == count * 16 else { return nil }
    return (
      block.payload.littleEndianNumbers(at: 0, count: count),
      block.payload.littleEndianNumbers(at: count * 4, count: count),
      block.payload.littleEndianNumbers(at: count * 8, count: count)
    )
  }
}

extension Store {
  /// Whether the dictionary of a snapshot is there; it is not read.
  /// - Throws: ``StoreError`` `corrupt`.
  func checkDictionaryIsThere(_ snapshot: Snapshot) throws {
    for (name, byteCount) in [("ids", snapshot.members.idBytes), ("firsts", snapshot.members.firstBytes)] {
      let file = "\(folder)/members/\(name)"
      guard fileByteCount(file) ?? 0 >= byteCount else {
        throw StoreError(
          .corrupt, "the file is cut short or gone: \(byteCount) bytes were committed", file: file,
          hint: "Restore it from a copy of the store.")
      }
    }
  }

  /// Each member's first instant among all events but passive ones, by key; `Int64.max` where there is none.
  ///
  /// Reads `members/firsts` alone, as it was at the snapshot (of the ids only that they are there); costs about 2 ns a
  /// (member, event).
  /// - Parameter start: what lies before this byte, at which a block begins, is left out.
  /// - Throws: ``StoreError`` `corrupt`.
  package func firstQualifyingInstants(_ snapshot: Snapshot, from start: Int = 0) throws -> [Int64] {
    try firstInstants(snapshot, from: start) { !settings.schema.passiveEvents.contains($0) }
  }

  /// Each member's first instant of events called `name`, by key; `Int64.max` where there is none.
  ///
  /// Costs and throws as ``firstQualifyingInstants(_:from:)``.
  package func firstInstants(ofEvent name: String, _ snapshot: Snapshot) throws -> [Int64] {
    try firstInstants(snapshot) { $0.utf8.elementsEqual(name.utf8) }
  }

  /// Names of events that any member ever did. Reads the names alone.
  /// - Throws: ``StoreError`` `corrupt`.
  package func eventNames(_ snapshot: Snapshot) throws -> [String] {
    let file = "\(folder)/members/firsts"
    var names = StringTable()
    for block in try BlockFile.read(
      file, byteCount: snapshot.members.firstBytes, only: [.strings], among: FirstsBlock.kinds)
    {
      try StringsBlock.decode(block, into: &names, file: file)
    }
    return names.strings
  }

  private func firstInstants(
    _ snapshot: Snapshot, from start: Int = 0, _ counts: (String) -> Bool
  ) throws -> [Int64] {
    try checkDictionaryIsThere(snapshot)
    let path = "\(folder)/members/firsts"
    var result = [Int64](repeating: .max, count: snapshot.memberCount)
    var names = StringTable()
    var qualifies: [Bool] = []
    guard let file = try BlockFile.open(path, byteCount: snapshot.members.firstBytes) else { return result }
    var waiting: [BlockFile.Place] = []
    /// Unpacks the blocks that wait on all cores, a few at a time.
    func takeWaiting() throws {
      let blocks = onAllCores(waiting.count) { [names, waiting] index in
        Result {
          try FirstsBlock(
            try BlockFile.block(at: waiting[index], in: file), eventCount: names.count,
            memberCount: snapshot.memberCount, file: path)
        }
      }
      waiting = []
      for block in blocks {
        let rows = try block.get()
        for (row, member) in rows.members.enumerated() where qualifies[Int(rows.events[row])] {
          result[Int(member)] = min(result[Int(member)], rows.instants[row])
        }
      }
    }
    for place in try BlockFile.places(file, upTo: snapshot.members.firstBytes) {
      if place.kind == .strings {
        try takeWaiting()
        try StringsBlock.decode(try BlockFile.block(at: place, in: file), into: &names, file: path)
        qualifies = names.strings.map(counts)
      } else if place.payload.lowerBound > start {
        waiting.append(place)
        if waiting.count == FirstsBlock.countAtOnce { try takeWaiting() }
      }
    }
    try takeWaiting()
    return result
  }
}
