internal import Columns
internal import Glibc

/// How the fields of a row are told apart.
package struct RowFormat: Sendable, Equatable {
  /// The byte between fields; with `skipsBlanks` any run of spaces and tabs.
  var delimiter: UInt8
  /// Fields may stand in quotes (RFC 4180).
  var hasQuotes: Bool
  var skipsBlanks: Bool
  /// Cut as ``AccessLogRow`` says.
  var isAccessLog: Bool

  /// With `skipsBlanks`, blanks before the first field and behind the last stand for nothing.
  package init(delimiter: UInt8, hasQuotes: Bool, skipsBlanks: Bool, isAccessLog: Bool = false) {
    self.delimiter = delimiter
    self.hasQuotes = hasQuotes
    self.skipsBlanks = skipsBlanks
    self.isAccessLog = isAccessLog
  }

  /// What to look for in a row; nil where more than a delimiter parts its fields.
  var sought: SoughtBytes? {
    skipsBlanks || isAccessLog ? nil : .row(delimiter: delimiter, hasQuotes: hasQuotes)
  }

  /// The delimiter where quotes count, else nil.
  var quotedDelimiter: UInt8? { hasQuotes ? delimiter : nil }
}

/// Cuts rows into fields.
package struct RowScanner {
  /// Why a row cannot be cut.
  package enum Fault: Error {
    case openQuote
    /// The field's number, from 1.
    case textBehindQuote(Int)
    case tooManyFields
  }

  let format: RowFormat

  /// Cuts rows of this format.
  package init(format: RowFormat) { self.format = format }

  /// Replaces `fields` by those of `row`, its line break taken off. Readable bytes follow the row.
  package func fields(_ row: UnsafeRawBufferPointer, into fields: inout [FieldValue]) throws(Fault) {
    fields.removeAll(keepingCapacity: true)
    guard let base = row.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    let end = base + row.count
    if format.isAccessLog { return try AccessLogRow.cut(base, end, into: &fields) }
    if format.skipsBlanks { return try blankSeparated(base, end, into: &fields) }
    var place = base
    while true {
      if format.hasQuotes, place < end, place.pointee == 0x22 {
        let (field, behind) = try quoted(place + 1, end, number: fields.count + 1)
        fields.append(field)
        place = behind
      } else {
        let delimiter = next(place, end)
        fields.append(FieldValue(.field, place, delimiter))
        place = delimiter
      }
      if place == end { return }
      place += 1
      if fields.count == IngestLimits.columnCountMax { throw .tooManyFields }
    }
  }

  /// The next delimiter, or `end`.
  @inline(__always)
  private func next(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    let pattern = WordScan.repeated(format.delimiter)
    var place = start
    while place < end {
      let marks = WordScan.equal(place.word, pattern)
      if marks != 0 { return min(end, place + (marks.trailingZeroBitCount &>> 3)) }
      place += 8
    }
    return end
  }

  /// The field whose opening quote stands before `start`, and the delimiter or `end` behind its closing quote.
  private func quoted(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, number: Int
  ) throws(Fault) -> (FieldValue, UnsafePointer<UInt8>) {
    var kind = FieldValue.Kind.field
    var place = start
    while true {
      guard let found = memchr(place, 0x22, end - place) else { throw .openQuote }
      place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      if place + 1 < end, place[1] == 0x22 {
        kind = .quotedField
        place += 2
        continue
      }
      let behind = place + 1
      guard behind == end || behind.pointee == format.delimiter else { throw .textBehindQuote(number) }
      return (FieldValue(kind, start, place), behind)
    }
  }

  private func blankSeparated(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into fields: inout [FieldValue]
  ) throws(Fault) {
    var place = start
    while true {
      while place < end, place.pointee == 0x20 || place.pointee == 0x09 { place += 1 }
      if place == end { return }
      let first = place
      while place < end, place.pointee != 0x20, place.pointee != 0x09 { place += 1 }
      if fields.count == IngestLimits.columnCountMax { throw .tooManyFields }
      fields.append(FieldValue(.field, first, place))
    }
  }
}

/// Writes a quoted field with `""` turned into `"`, and says how many bytes that took.
func unquoteField(_ field: UnsafeRawBufferPointer, to output: UnsafeMutablePointer<UInt8>) -> Int {
  var (read, written) = (0, 0)
  while read < field.count {
    output[written] = field[read]
    read += field[read] == 0x22 ? 2 : 1
    written += 1
  }
  return written
}

/// The names in a header row.
/// - Returns: nil for a blank line.
/// - Throws: ``IngestError`` `header` where it is not UTF-8, cannot be cut, or names a column twice.
func columnNames(of row: UnsafeRawBufferPointer, format: RowFormat, path: String) throws -> [String]? {
  func error(_ message: String, hint: String) -> IngestError {
    IngestError(.header, message, file: path, line: 1, hint: hint)
  }
  // A copy, because the scanner reads whole words.
  var bytes = Array(row)
  while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
  if bytes.isEmpty { return nil }
  guard invalidUTF8Offset(row) == nil else {
    throw error("the header is not UTF-8 text", hint: "Convert the file, for example with iconv.")
  }
  let count = bytes.count
  bytes.append(contentsOf: repeatElement(0, count: LogChunk.paddingByteCount))
  var fields: [FieldValue] = []
  let names = try bytes.withUnsafeBytes { padded in
    do throws(RowScanner.Fault) {
      try RowScanner(format: format).fields(UnsafeRawBufferPointer(rebasing: padded[..<count]), into: &fields)
    } catch {
      throw IngestError(
        .header, "the header cannot be cut into columns", file: path, line: 1,
        hint: "Close its quotes, or set `header` and `delimiter` in dataset.yaml.")
    }
    return fields.enumerated().map { index, field in
      let name = field.kind == .quotedField ? unquoted(field) : String(decoding: field.bytes, as: UTF8.self)
      return name.isEmpty ? "\(index + 1)" : name
    }
  }
  var seen: Set<String> = []
  for name in names where !seen.insert(name).inserted {
    throw error("two columns are called '\(name)'", hint: "Give the names with `header: [names]` in dataset.yaml.")
  }
  return names
}

private func unquoted(_ field: FieldValue) -> String {
  var text = [UInt8](repeating: 0, count: field.count)
  let count = text.withUnsafeMutableBufferPointer { unquoteField(field.bytes, to: $0.baseAddress!) }
  return String(decoding: text[..<count], as: UTF8.self)
}
