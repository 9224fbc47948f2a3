internal import Columns
internal import Events
internal import Segments

/// Takes the rows of one source of member facts, in input order: the later row of a member replaces what it gives.
struct MemberFactsRun {
  /// The attributes of the source among those of the store.
  private let places: [Int]
  /// Which of them is the members' zone.
  private let zone: Int?
  private var zoneExists: [String: Bool] = [:]

  /// Its values must be IANA names.
  private static let zoneName = "time-zone"
  static let zoneDetail = "the attribute 'time-zone' holds no name of a zone that exists"

  /// - Throws: ``StoreError`` where the facts in force are damaged, or a name cannot be an attribute.
  init(attributes: [String], into writer: inout BatchWriter) throws {
    try writer.loadFacts()
    zone = attributes.firstIndex(of: Self.zoneName)
    places = try attributes.map { try writer.facts!.place(of: $0) }
  }

  /// Counts a row that says nothing new as a duplicate, any other as stored.
  /// - Returns: rows whose zone is none, to be rejected.
  mutating func take(_ batch: RecordBatch, into writer: inout BatchWriter, _ report: inout IngestReport) throws -> [Int]
  {
    var refused: [Int] = []
    let codes = zip(batch.dimensions, places).map { writer.facts!.codes(of: $0.newTexts, at: $1) }
    var row = [UInt32](repeating: TextColumn.null, count: places.count)
    for index in 0..<batch.member.count {
      if let zone, let name = batch.dimensions[zone][index], !exists(name) {
        refused.append(index)
        continue
      }
      let member = try batch.member.bytes.withUnsafeBytes {
        try writer.members.key(for: UnsafeRawBufferPointer(rebasing: $0[batch.member.range(of: index)]))
      }
      for place in places.indices {
        let code = batch.dimensions[place].codes[index]
        row[place] = code == TextColumn.null ? code : codes[place][Int(code)]
      }
      let verdict = writer.facts!.note(member, places: places, codes: row)
      if verdict == .duplicate {
        report.totals.duplicate += 1
        continue
      }
      report.totals.stored += 1
      writer.extras.factsStored += 1
      guard verdict == .replaced else { continue }
      writer.extras.factsReplaced += 1
      report.replacedFacts += 1
    }
    return refused
  }

  /// Whether a row of `batch` names a zone that does not exist.
  static func refuses(_ batch: RecordBatch, attributes: [String]) -> Bool {
    guard let zone = attributes.firstIndex(of: zoneName) else { return false }
    return batch.ts.indices.contains { row in
      batch.dimensions[zone][row].map { (try? TimeZoneRules(named: $0)) == nil } ?? false
    }
  }

  private mutating func exists(_ name: String) -> Bool {
    if let known = zoneExists[name] { return known }
    let exists = (try? TimeZoneRules(named: name)) != nil
    zoneExists[name] = exists
    return exists
  }
}
