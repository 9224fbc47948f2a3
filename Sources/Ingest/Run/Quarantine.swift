internal import Columns
internal import Events
internal import Segments

/// A rejected record as a line of the quarantine.
struct QuarantineLine {
  /// One JSON object and a line break.
  static func json(_ record: RejectedRecord, line: Int?, source: LogSource) -> [UInt8] {
    let position = line.map { "\"line\":\($0),\"byte_offset\":\(record.byteOffset)," } ?? ""
    let text = String(decoding: record.text, as: UTF8.self)
    return Array(
      """
      {"source":\(jsonText(source.path)),"dataset":\(jsonText(source.description.name)),\
      "reason":"\(record.reason.rawValue)",\(position)"detail":\(jsonText(record.detail)),"text":\(jsonText(text))}

      """.utf8)
  }

  /// A mapped record that came too late: it has no place in its source any more, so its fields are kept.
  static func late(_ reason: RejectionReason, _ batch: RecordBatch, row: Int, dimensions: [String]) -> RejectedRecord {
    let ts = Timestamp(microseconds: batch.ts[row])
    var fields = [("ts", ts.description), ("user_id", batch.member[row] ?? ""), ("event", batch.event[row] ?? "")]
    for (name, column) in zip(dimensions, batch.dimensions) { fields += column[row].map { [(name, $0)] } ?? [] }
    let properties = batch.properties[row].map { ",\"properties\":\($0)" } ?? ""
    let text = fields.map { "\(jsonText($0)):\(jsonText($1))" }.joined(separator: ",")
    return RejectedRecord(
      reason: reason, line: 0, byteOffset: 0,
      detail: reason == .expired
        ? "the day of \(ts) has expired" : "the duplicate check of \(ts.description.prefix(10)) (UTC) is closed",
      text: Array("{\(text)\(properties)}".utf8))
  }
}
