/// Where the rows of a batch stand in their source. Found by parsing the chunk's records again, one by one: only where
/// a record that was mapped is set aside.
struct RowPlaces {
  struct Place {
    /// From 1, in the chunk.
    var line: Int
    /// In the source.
    var byteOffset: Int
    /// Which kind of event of the record; nil where the dataset has one.
    var kind: Int?
    var bytes: [UInt8]
  }

  /// By row of the batch.
  let places: [Place]

  init(_ chunk: LogChunk, parser: RecordParser) throws {
    let kinds = parser.description.kinds.indices
    let parsers = try (kinds.count == 1 ? [parser] : kinds.map { try parser.only(kind: $0) }).map(ChunkParser.init)
    var places: [Place] = []
    for record in ChunkRecords(chunk) {
      let bytes = chunk.withRecords { Array($0[record.range]) }
      let single = LogChunk(records: [bytes])
      for (kind, parser) in zip(kinds, parsers) where parser.parse(single).ts.count > 0 {
        var place = Place(
          line: record.line, byteOffset: chunk.byteOffset + record.range.lowerBound,
          kind: kinds.count == 1 ? nil : kind, bytes: bytes)
        chunk.places?.settle(&place)
        places.append(place)
      }
    }
    self.places = places
  }

  /// The row as a record that is set aside.
  func rejected(_ row: Int, _ reason: RejectionReason, _ detail: String) -> RejectedRecord {
    let place = places[row]
    return RejectedRecord(
      reason: reason, line: place.line, byteOffset: place.byteOffset, detail: detail,
      text: Array(place.bytes.prefix(IngestLimits.rejectedTextByteCountMax)), byteCount: place.bytes.count,
      kind: place.kind)
  }
}

extension RecordParser {
  /// The parser of one of the kinds of event alone.
  func only(kind: Int) throws -> RecordParser {
    var description = description
    description.kinds = [description.kinds[kind]]
    return try RecordParser(
      description: description, schema: origin.schema, communityZone: origin.communityZone, arrival: origin.arrival,
      keepsEventID: keepsEventID, header: origin.header)
  }
}
