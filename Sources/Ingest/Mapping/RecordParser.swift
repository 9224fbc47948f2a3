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
  /// Of members, in the order of ``RecordBatch/dimensions``; nil for events.
  package let attributes: [String]?
  /// What it was made from, for a parser of a part of it.
  let origin: Origin

  struct Origin: Sendable {
    var schema: EventSchema
    var communityZone: TimeZoneRules
    var arrival: Timestamp
    var header: [String]?
  }

  /// - Parameters:
  ///   - description: that of a ``LogReader``, which knows the source's format.
  ///   - communityZone: of times that name no zone, where the dataset does not say one.
  ///   - arrival: the instant of the run; records farther ahead of it than the dataset allows are rejected.
  ///   - header: that of the ``LogReader``.
  /// - Throws: ``IngestError`` `header` where a column that the dataset names is not there.
  package init(
    description: DatasetDescription, schema: EventSchema, communityZone: TimeZoneRules, arrival: Timestamp,
    keepsEventID: Bool, header: [String]?
  ) throws {
    self.description = description
    self.keepsEventID = keepsEventID
    origin = Origin(schema: schema, communityZone: communityZone, arrival: arrival, header: header)
    attributes = description.kind == .members ? schema.dimensions : nil
    dimensionCount = schema.dimensions.count
    let plan = FieldPlan(
      paths: description.usedPaths, keepsRest: description.properties == .rest, flattened: description.flattened)
    self.plan = plan
    mapping = MappingPlan(
      description, plan: plan, dimensionNames: schema.dimensions, communityZone: communityZone)
    layout = try RowLayout(description: description, plan: plan, header: header)
    let earliest = IngestLimits.earliestSecond * 1_000_000
    let end = arrival.adding(seconds: description.secondsAheadMax).microseconds
    accepted = earliest..<max(earliest, end)
  }

  /// The records of `chunk` alone. Never fails: what cannot be read is in ``RecordBatch/rejected``.
  package func parse(_ chunk: LogChunk) -> RecordBatch { ChunkParser(self).parse(chunk) }
}

/// A parser at work: its memory and the texts that repeat are kept from chunk to chunk.
///
/// Sendable because its owner gives it one chunk at a time, from whatever thread.
package final class ChunkParser: @unchecked Sendable {
  private var parsing: ChunkParsing

  /// Parses as `parser` says.
  package init(_ parser: RecordParser) { parsing = ChunkParsing(parser) }

  /// The records of the next chunk. Batches explain their codes one after another: see ``CodedTexts``.
  package func parse(_ chunk: LogChunk) -> RecordBatch { parsing.parse(chunk) }
}

extension RecordParser {
  /// The parser of a source of `description`, whose format is settled, with these names of columns.
  /// - Throws: ``IngestError`` `header` or `configuration`.
  static func reading(
    _ description: DatasetDescription, header: [String]?, schema: EventSchema, communityZone: TimeZoneRules,
    arrival: Timestamp, keepsEventID: Bool
  ) throws -> RecordParser {
    var (description, schema) = (description, schema)
    if description.kind == .members {
      (description, schema.dimensions) = try description.withAttributes(header: header)
    }
    return try RecordParser(
      description: description, schema: schema, communityZone: communityZone, arrival: arrival,
      keepsEventID: keepsEventID && description.kind == .events, header: header)
  }
}

extension LogReader {
  /// The parser for this source: that of its description and header.
  /// - Throws: ``IngestError`` `header` where a column that the dataset names is not there.
  package func parser(
    schema: EventSchema, communityZone: TimeZoneRules, arrival: Timestamp, keepsEventID: Bool
  ) throws -> RecordParser {
    do {
      return try RecordParser.reading(
        description, header: header, schema: schema, communityZone: communityZone, arrival: arrival,
        keepsEventID: keepsEventID)
    } catch var error as IngestError {
      error.file = path
      throw error
    }
  }
}
