internal import Columns
internal import Events
internal import Segments

/// A rejected record as a line of the quarantine: all that is needed to read it again through a mended dataset.
struct QuarantineLine {
  /// One JSON object and a line break.
  /// - Parameter header: names of the columns, where the source's first row gave them.
  static func json(_ record: RejectedRecord, line: Int?, source: LogSource, header: [String]?) -> [UInt8] {
    var members = [
      "\"source\":\(jsonText(source.path))", "\"dataset\":\(jsonText(source.description.name))",
      "\"reason\":\"\(record.reason.rawValue)\"",
    ]
    if let line { members += ["\"line\":\(line)", "\"byte_offset\":\(record.byteOffset)"] }
    if let kind = record.kind { members.append("\"kind\":\(kind)") }
    if let header { members.append("\"header\":[\(header.map(jsonText).joined(separator: ","))]") }
    if record.byteCount > record.text.count {
      members.append("\"length\":\(record.byteCount)")
    } else if String(validating: record.text, as: UTF8.self) == nil {
      members.append("\"hex\":\"\(record.text.map(hexDigits).joined())\"")
    }
    members.append("\"detail\":\(jsonText(record.detail))")
    members.append("\"text\":\(jsonText(String(decoding: record.text, as: UTF8.self)))")
    return Array("{\(members.joined(separator: ","))}\n".utf8)
  }

  private static func hexDigits(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  static func pastWindowDetail(_ ts: Timestamp) -> String {
    "the duplicate check of \(ts.description.prefix(10)) (UTC) is closed"
  }
}
