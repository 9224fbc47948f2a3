internal import Columns
internal import Segments

/// Takes the rows of one source of member facts, in input order: the later row of a member replaces what it gives.
struct MemberFactsRun {
  /// The attributes of the source among those of the store.
  private let places: [Int]

  /// - Throws: ``StoreError`` where the facts in force are damaged, or a name cannot be an attribute.
  init(attributes: [String], into writer: inout BatchWriter) throws {
    try writer.loadFacts()
    places = try attributes.map { try writer.facts!.place(of: $0) }
  }

  /// Counts a row that says nothing new as a duplicate, any other as stored.
  func take(_ batch: RecordBatch, into writer: inout BatchWriter, _ report: inout IngestReport) {
    let codes = zip(batch.dimensions, places).map { writer.facts!.codes(of: $0.values, at: $1) }
    var row = [UInt32](repeating: TextColumn.null, count: places.count)
    for index in batch.member.codes.indices {
      let member = batch.member.values.withBytes(of: batch.member.codes[index]) { writer.members.key(for: $0) }
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
  }
}
