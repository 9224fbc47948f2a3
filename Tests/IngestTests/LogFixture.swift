import Columns
import Events
import Foundation
import Ingest
import Segments
import Testing

/// A record as a test writes it down.
struct ParsedRow: Equatable, CustomStringConvertible {
  var ts: Int64
  var member: String
  var event: String
  var dimensions: [String?]
  var properties: String?
  var eventID: String?
  var identity: RecordIdentity

  var description: String {
    let texts = dimensions.map { $0 ?? "-" }.joined(separator: ",")
    return "\(Timestamp(microseconds: ts)) \(member) \(event) [\(texts)] \(properties ?? "-") id \(eventID ?? "-")"
  }
}

/// All records of a source, lines counted from its start.
struct ParsedLog: Equatable {
  var rows: [ParsedRow] = []
  var rejected: [RejectedRecord] = []
  var lineCount = 0
  var unmatchedLineCount = 0

  mutating func append(_ batch: RecordBatch) {
    for row in batch.ts.indices {
      rows.append(
        ParsedRow(
          ts: batch.ts[row], member: batch.member[row] ?? "", event: batch.event[row] ?? "",
          dimensions: batch.dimensions.map { $0[row] }, properties: batch.properties[row],
          eventID: batch.eventIDs?[row], identity: batch.identities[row]))
    }
    for var record in batch.rejected {
      record.line += lineCount
      rejected.append(record)
    }
    lineCount += batch.lineCount
    unmatchedLineCount += batch.unmatchedLineCount
  }
}

let testSchema = EventSchema(
  dimensions: ["community", "platform", "content", "push", "arm"], passiveEvents: ["push_sent"])
let testArrival = Timestamp(iso8601: "2026-08-10T00:00:00Z")!

/// A file that is removed with the value.
final class TemporaryFile {
  let path: String

  init(_ bytes: some Collection<UInt8>, suffix: String = ".jsonl") throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("muster-\(UUID().uuidString)\(suffix)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  deinit { unlink(path) }
}

/// Reads a whole source.
func parseFile(
  _ path: String, _ description: DatasetDescription, skippingBytes: Int = 0, chunkByteCount: Int = 1 << 20,
  recordByteCountMax: Int = IngestLimits.recordByteCountMax, zone: TimeZoneRules = .utc
) throws -> ParsedLog {
  let reader = try LogReader(
    path: path, description: description, skippingBytes: skippingBytes, chunkByteCount: chunkByteCount,
    recordByteCountMax: recordByteCountMax)
  let parser = try reader.parser(schema: testSchema, communityZone: zone, arrival: testArrival, keepsEventID: true)
  var log = ParsedLog()
  while let chunk = try reader.next() { log.append(parser.parse(chunk)) }
  return log
}

func parseText(
  _ text: String, _ description: DatasetDescription = .plainLog(schema: testSchema), suffix: String = ".jsonl",
  zone: TimeZoneRules = .utc
) throws -> ParsedLog {
  let file = try TemporaryFile(text.utf8, suffix: suffix)
  return try parseFile(file.path, description, zone: zone)
}

/// What a `dataset.yaml` with this text says.
func dataset(_ yaml: String) throws -> DatasetDescription {
  try DatasetDescription(YAMLValue(text: yaml, file: "dataset.yaml"), name: "test", schema: testSchema)
}

/// The root of the repository.
let repositoryFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path
