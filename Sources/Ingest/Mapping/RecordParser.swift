package import Events

/// Turns chunks into records. Immutable: several threads may parse different chunks with one parser.
package struct RecordParser: Sendable {
  let description: DatasetDescription
  let plan: FieldPlan
  let mapping: MappingPlan
  /// Rows only.
  let layout: RowLayout
  let dimensionCount: Int
  let keepsEventID: Bool
  /// Microseconds UTC that are accepted.
  let accepted: Range<Int64>

  /// - Parameters:
  ///   - description: that of a ``LogReader``, which knows the source's format.
  ///   - communityZone: of times that name no zone, where the dataset does not say one.
  ///   - arrival: the instant of the run; records a day or more ahead of it are rejected.
  ///   - header: that of the ``LogReader``.
  /// - Throws: ``IngestError`` `header` where a column that the dataset names is not there.
  package init(
    description: DatasetDescription, schema: EventSchema, communityZone: TimeZoneRules, arrival: Timestamp,
    keepsEventID: Bool, header: [String]?
  ) throws {
    self.description = description
    self.keepsEventID = keepsEventID
    dimensionCount = schema.dimensions.count
    let plan = FieldPlan(
      paths: description.usedPaths, keepsRest: description.properties == .rest, flattened: description.flattened)
    self.plan = plan
    mapping = MappingPlan(
      description, plan: plan, dimensionNames: schema.dimensions, communityZone: communityZone)
    layout = try RowLayout(description: description, plan: plan, header: header)
    let earliest = IngestLimits.earliestSecond * 1_000_000
    let end = arrival.adding(seconds: IngestLimits.secondsAheadOfArrivalMax).microseconds
    accepted = earliest..<max(earliest, end)
  }

  /// The records of `chunk`. Never fails: what cannot be read is in ``RecordBatch/rejected``.
  package func parse(_ chunk: LogChunk) -> RecordBatch {
    var parsing = ChunkParsing(self, chunk)
    parsing.run()
    chunk.places?.settle(&parsing.batch)
    return parsing.batch
  }
}

extension LogReader {
  /// The parser for this source: that of its description and header.
  /// - Throws: ``IngestError`` `header` where a column that the dataset names is not there.
  package func parser(
    schema: EventSchema, communityZone: TimeZoneRules, arrival: Timestamp, keepsEventID: Bool
  ) throws -> RecordParser {
    do {
      return try RecordParser(
        description: description, schema: schema, communityZone: communityZone, arrival: arrival,
        keepsEventID: keepsEventID, header: header)
    } catch var error as IngestError {
      error.file = path
      throw error
    }
  }
}
