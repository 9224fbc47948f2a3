package import Columns
internal import Events
internal import Parquet

/// The file of member facts that a snapshot names.
package struct FactsRecord: Sendable, Equatable {
  /// Name below `members/`.
  package var file: String
  package var rowCount: Int
  package var byteCount: Int
  /// Hash of the whole file.
  package var content: String
  /// Where page indexes and footer begin, and the hash of all from there on.
  var tailOffset: Int
  var tail: String
}

/// Member facts as a Parquet file: `member` INT32, ascending, and one optional text column an attribute, sorted by name.
enum FactsFile {
  /// The file called `name` below `members/`, written to `path`.
  static func write(
    _ facts: MemberFacts, named name: String, to path: String, provenance: [(key: String, value: String)]
  ) throws -> FactsRecord {
    let order = facts.names.indices.sorted {
      facts.names[$0].utf8.lexicographicallyPrecedes(facts.names[$1].utf8)
    }
    let columns =
      [ColumnDescription(name: "member", kind: .int32, isOptional: false)]
      + order.map { ColumnDescription(name: facts.names[$0], kind: .text, isOptional: true) }
    var writer = ParquetWriter(columns: columns, sortedBy: [0], metadata: provenance)
    let members = facts.members
    for start in stride(from: 0, to: members.count, by: StoreLimits.rowGroupRowCountMax) {
      let keys = Array(members[start..<min(members.count, start + StoreLimits.rowGroupRowCountMax)])
      let texts = order.map { place -> ColumnValues in
        let codes = facts.columns[place].codes
        let rows = keys.map { Int($0) < codes.count ? codes[Int($0)] : TextColumn.null }
        return .text(TextColumn(codes: rows, values: facts.columns[place].values))
      }
      writer.append([.int32(keys)] + texts)
    }
    let tailOffset = writer.tailOffset
    let bytes = writer.finish()
    return try bytes.withUnsafeBytes { all in
      try writeNewFile(all, to: path)
      return FactsRecord(
        file: name, rowCount: members.count, byteCount: bytes.count, content: ContentHash(of: all).description,
        tailOffset: tailOffset,
        tail: ContentHash(of: UnsafeRawBufferPointer(rebasing: all[tailOffset...])).description)
    }
  }
}

/// Member facts open for reading, attribute by attribute.
package struct FactsReader: Sendable {
  private let parquet: ParquetReader
  private let path: String

  /// Opens the file, whose length and tail must be what the catalog says.
  /// - Throws: ``StoreError`` `corrupt`, `ParquetError`.
  package init(_ record: FactsRecord, storeFolder: String) throws {
    path = "\(storeFolder)/members/\(record.file)"
    guard fileExists(path) else { throw Self.damage("it is gone: facts of \(record.rowCount) members", path) }
    let file = try OpenFile(reading: path)
    guard file.byteCount == record.byteCount else {
      throw Self.damage("it has \(file.byteCount) bytes where \(record.byteCount) were written", path)
    }
    let tail = try file.read(record.tailOffset..<record.byteCount)
    guard tail.withUnsafeBytes({ ContentHash(of: $0) }).description == record.tail else {
      throw Self.damage("its footer does not match its hash", path)
    }
    parquet = try ParquetReader(file, name: path)
    guard parquet.rowCount == record.rowCount, parquet.column(named: "member") != nil else {
      throw Self.damage("it has \(parquet.rowCount) rows where \(record.rowCount) were written", path)
    }
  }

  /// Attributes, sorted by their bytes.
  package var names: [String] { parquet.columns.map(\.name).filter { $0 != "member" } }

  /// The texts of the attribute `name` with a code for each of `memberCount` member keys. Costs one read of its column
  /// and of the keys.
  package func column(_ name: String, memberCount: Int) throws -> TextColumn {
    var result = TextColumn(codes: [UInt32](repeating: TextColumn.null, count: memberCount))
    guard let place = parquet.column(named: name) else { return result }
    try forEachRowGroup(memberCount: memberCount) { group, members in
      guard case .text(let column) = try parquet.read(column: place, rowGroup: group) else {
        throw Self.damage("the column '\(name)' is no text", path)
      }
      let codes = (0..<UInt32(column.values.count)).map { code in
        column.values.withBytes(of: code) { result.values.code(for: $0) }
      }
      for (row, member) in members.enumerated() where column.codes[row] != TextColumn.null {
        result.codes[Int(member)] = codes[Int(column.codes[row])]
      }
    }
    return result
  }

  /// All facts.
  package func facts(memberCount: Int) throws -> MemberFacts {
    var facts = MemberFacts()
    try forEachRowGroup(memberCount: memberCount) { _, members in
      for member in members { _ = facts.note(MemberKey(UInt32(bitPattern: member)), places: [], codes: []) }
    }
    for name in names {
      let column = try column(name, memberCount: memberCount)
      let place = try facts.place(of: name)
      let codes = facts.codes(of: column.values.texts, at: place)
      for (member, code) in column.codes.enumerated() where code != TextColumn.null {
        _ = facts.note(MemberKey(UInt32(member)), places: [place], codes: [codes[Int(code)]])
      }
    }
    facts.settle()
    return facts
  }

  private func forEachRowGroup(memberCount: Int, _ body: (Int, [Int32]) throws -> Void) throws {
    var last: Int32 = -1
    for group in parquet.rowGroups.indices {
      guard let place = parquet.column(named: "member"),
        case .int32(let members) = try parquet.read(column: place, rowGroup: group)
      else { throw Self.damage("the column 'member' is missing or of another type", path) }
      for member in members {
        guard member > last, Int(member) < memberCount else {
          throw Self.damage("its member keys do not ascend within the \(memberCount) that there are", path)
        }
        last = member
      }
      try body(group, members)
    }
  }

  private static func damage(_ what: String, _ path: String) -> StoreError {
    StoreError(
      .corrupt, "the member facts are damaged: \(what)", file: path,
      hint: "Restore the file from a copy of the store, or load the facts again into a new store.")
  }
}

extension Store {
  /// Absolute path of the file of member facts.
  package func path(of facts: FactsRecord) -> String { "\(folder)/members/\(facts.file)" }

  /// The member facts of a snapshot, nil where none were ever loaded.
  /// - Throws: ``StoreError`` `corrupt`, `ParquetError`.
  package func facts(_ snapshot: Snapshot) throws -> FactsReader? {
    try snapshot.facts.map { try FactsReader($0, storeFolder: folder) }
  }
}
