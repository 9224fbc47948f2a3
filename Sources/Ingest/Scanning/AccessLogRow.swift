/// A line of the common or combined log format of web servers, cut into named columns.
///
/// ```
/// 203.0.113.9 - ann [10/Oct/2024:13:55:36 -0700] "GET /a?b=1 HTTP/1.1" 200 2326 "https://from/" "Agent/5.0"
/// host      ident user time                       method path query protocol  status bytes referer agent
/// ```
/// `-` is a missing value. Within quotes `\` takes the next character as it is. A request that is not of three words
/// (`"-"`, the bytes of something else than HTTP) is all in `path`. Fields behind the agent are passed over.
enum AccessLogRow {
  static let columns = [
    "host", "ident", "user", "time", "method", "path", "query", "protocol", "status", "bytes", "referer", "agent",
  ]
  /// Columns that even the common format has: up to `status`.
  static let fieldCountMin = 9
  private static let requestColumn = 4

  /// Appends the fields of the row from `start` to `end`.
  static func cut(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into fields: inout [FieldValue]
  ) throws(RowScanner.Fault) {
    var place = start
    while fields.count < columns.count {
      while place < end, place.pointee == 0x20 || place.pointee == 0x09 { place += 1 }
      if place == end { return }
      let field: FieldValue
      (field, place) = try next(place, end)
      if fields.count == requestColumn { request(field, into: &fields) } else { fields.append(withoutDash(field)) }
    }
  }

  private static func next(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) throws(RowScanner.Fault) -> (FieldValue, UnsafePointer<UInt8>) {
    let close: UInt8 = start.pointee == 0x22 ? 0x22 : start.pointee == 0x5B ? 0x5D : 0x20
    var place = close == 0x20 ? start : start + 1
    let first = place
    while place < end, place.pointee != close {
      if close == 0x20, place.pointee == 0x09 { break }
      place += close == 0x22 && place.pointee == 0x5C && place + 1 < end ? 2 : 1
    }
    if close == 0x20 { return (FieldValue(.field, first, place), place) }
    guard place < end else { throw .openQuote }
    return (FieldValue(.field, first, place), place + 1)
  }

  /// Method, path, query and protocol.
  private static func request(_ field: FieldValue, into fields: inout [FieldValue]) {
    let end = field.start + field.count
    let nothing = FieldValue.absent(field.start)
    let blanks = (0..<field.count).filter { field.start[$0] == 0x20 }
    guard let first = blanks.first, let last = blanks.last, first < last else {
      return fields += [nothing, withoutDash(field), nothing, nothing]
    }
    let path = field.start + first + 1
    let pathEnd = field.start + last
    var mark = path
    while mark < pathEnd, mark.pointee != 0x3F { mark += 1 }
    fields.append(FieldValue(.field, field.start, field.start + first))
    fields.append(FieldValue(.field, path, mark))
    fields.append(mark < pathEnd ? FieldValue(.field, mark + 1, pathEnd) : nothing)
    fields.append(FieldValue(.field, pathEnd + 1, end))
  }

  private static func withoutDash(_ field: FieldValue) -> FieldValue {
    field.count == 1 && field.start.pointee == 0x2D ? .absent(field.start) : field
  }
}
