internal import Columns
internal import Events

extension BatchWriter {
  /// Reads the facts in force into ``facts``; costs nothing the second time.
  /// - Throws: ``StoreError`` `corrupt`.
  package mutating func loadFacts() throws {
    if facts != nil { return }
    let reader = try committedFacts.map { try FactsReader($0, storeFolder: folder) }
    // Keys that this batch gave already have no facts yet; those of the file were all committed.
    facts = try reader?.facts(memberCount: members.count) ?? MemberFacts()
  }

  /// Writes all facts anew where something changed; the file counts once the catalog names it.
  mutating func stageFacts() throws -> FactsRecord? {
    guard let facts, facts.isChanged else { return nil }
    let name = "facts-\(zeroPadded(id, 6)).parquet"
    return try FactsFile.write(
      facts, named: name, to: "\(staging)/\(name)",
      provenance: [
        ("muster.format", "1"), ("muster.batch", String(id)), ("muster.arrived_at", arrival.description),
        ("muster.stored", String(extras.factsStored)),
        ("muster.sources", "[" + extras.factSources.map(\.json).joined(separator: ",") + "]"),
      ])
  }
}
