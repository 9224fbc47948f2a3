import Columns
import Events
import Ingest
import Parquet
import Segments

extension Probe {
  /// JSON lines: the first byte chooses a mapping, the rest is the log.
  static let json = Probe(name: "json") { bytes in
    logProbe(bytes, mappings: jsonMappings)
  }

  /// Rows: the first byte chooses a mapping, the rest is the log with its header.
  static let csv = Probe(name: "csv") { bytes in
    logProbe(bytes, mappings: csvMappings)
  }
}

extension Probe {
  /// Parquet of other writers: the first byte chooses a mapping, the rest is the file.
  static let parquetLog = Probe(name: "parquet-log") { bytes in
    logProbe(bytes, mappings: parquetMappings)
  }
}

/// What is read does not hang on where chunks end, and every text is UTF-8.
private func logProbe(_ bytes: UnsafeRawBufferPointer, mappings: [DatasetDescription]) {
  guard let choice = bytes.first else { return }
  let mapping = mappings[Int(choice) % mappings.count]
  let path = ScratchFile.holding(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
  let wide = ReadLog(path, mapping: mapping, chunkByteCount: 1 << 16)
  let narrow = ReadLog(path, mapping: mapping, chunkByteCount: 48)
  // Of damaged zstd data less comes out where the room is large enough for the frame at once.
  precondition(
    wide == narrow || wide.isCutOff || narrow.isCutOff, "what is read hangs on the size of chunks")
}

/// All that was read of a log.
private struct ReadLog: Equatable {
  var rows: [[String?]] = []
  var identities: [RecordIdentity] = []
  var rejected: [RejectedRecord] = []
  var failure: String?

  init(_ path: String, mapping: DatasetDescription, chunkByteCount: Int) {
    do {
      let reader = try LogReader(
        path: path, description: mapping, skippingBytes: 0, chunkByteCount: chunkByteCount,
        recordByteCountMax: 1 << 14)
      let parser = try reader.parser(
        schema: schema, communityZone: .utc, arrival: arrival, keepsEventID: true)
      var line = 0
      while let chunk = try reader.next() { add(parser.parse(chunk), line: &line) }
    } catch let error as IngestError {
      failure = "\(error)"
    } catch let error as ParquetError {
      failure = "\(error)"
    } catch {
      preconditionFailure("neither an IngestError nor a ParquetError: \(error)")
    }
  }

  /// Whether the compressed data was damaged.
  var isCutOff: Bool {
    rejected.contains { $0.reason == .sourceEndedEarly } || failure?.contains("zstd data is damaged") == true
  }

  private mutating func add(_ batch: RecordBatch, line: inout Int) {
    let coded = [batch.event] + batch.dimensions
    let plain = [batch.member, batch.properties] + (batch.eventIDs.map { [$0] } ?? [])
    precondition(coded.allSatisfy { $0.codes.count == batch.ts.count }, "columns have one length")
    precondition(plain.allSatisfy { $0.count == batch.ts.count }, "columns have one length")
    for texts in plain + coded.map(\.newTexts) {
      for row in 0..<texts.count {
        precondition(String(validating: texts.bytes[texts.range(of: row)], as: UTF8.self) != nil, "a text is not UTF-8")
      }
    }
    precondition(batch.identities.count == batch.ts.count, "every record has an identity")
    for row in batch.ts.indices {
      rows.append([String(batch.ts[row])] + plain.map { $0[row] } + coded.map { $0[row] })
    }
    identities += batch.identities
    for var record in batch.rejected {
      record.line += line
      rejected.append(record)
    }
    line += batch.lineCount
  }
}

private let jsonMappings = mappings([
  """
  format: jsonl
  time: ts
  member: user_id
  event: event
  event-id: event_id
  dimensions: {community: community_id, platform: platform, content: content_id, push: properties.push_id}
  properties: rest
  properties-from: properties
  """,
  """
  format: jsonl
  time: {field: at.time, format: "%d/%m/%Y %H:%M:%S", zone: America/New_York}
  member: author.id
  event: {constant: message}
  duplicates: line
  properties: [length, payload.action, a.b.c]
  """,
  """
  format: jsonl
  member: m
  properties: rest
  events:
    - {event: {constant: applied}, time: a, when: {field: a, present: true}}
    - {event: kind, time: {field: b, format: unix-seconds}, event-id: id, when: {field: kind, equals: x}}
  """,
])

private let csvMappings = mappings([
  """
  format: csv
  time: ts
  member: user_id
  event: event
  event-id: event_id
  dimensions: {community: community_id, platform: platform}
  properties: rest
  properties-from: properties
  """,
  """
  format: csv
  delimiter: ";"
  header: [ts, user, what, more]
  time: {field: ts, format: "%Y-%m-%d %H:%M"}
  member: user
  event: what
  duplicates: line
  properties: [more]
  """,
  """
  format: tsv
  header: false
  time: {field: "3", format: unix-seconds}
  member: "1"
  event: {constant: edge}
  properties: rest
  """,
  """
  format: space
  header: false
  time: {field: "3", format: unix-seconds}
  member: "1"
  event: {constant: edge}
  properties: {to: "2"}
  """,
])

private let parquetMappings = mappings([
  """
  format: parquet
  time: ts
  member: user_id
  event: event
  event-id: event_id
  dimensions: {community: community_id, push: properties.push_id}
  properties: rest
  properties-from: properties
  """,
  """
  format: parquet
  time: {field: at, format: unix-seconds}
  member: who
  event: {constant: read}
  duplicates: line
  properties: [tags, more.a, amount]
  """,
])

private let schema = WorkspaceSettings().schema
private let arrival = Timestamp(iso8601: "2026-08-10T00:00:00Z")!

private func mappings(_ texts: [String]) -> [DatasetDescription] {
  texts.map { text in
    do {
      return try DatasetDescription(YAMLValue(text: text, file: "mapping"), name: "probe", schema: schema)
    } catch {
      preconditionFailure("a mapping of the probe is wrong: \(error)")
    }
  }
}
