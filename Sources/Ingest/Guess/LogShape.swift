internal import Events
internal import Segments

/// The form of a log, as far as its first bytes tell, with the reason.
struct LogShape {
  var format: DatasetDescription.Format
  /// For JSON documents.
  var records: [String]?
  var delimiter: UInt8?
  var hasHeader = false
  var reason: String
  var isSure = true

  /// Keys of `dataset.yaml` that read this form.
  var keys: [(key: String, value: String)] {
    var keys = [("format", format.rawValue)]
    if let records { keys.append(("records", records.isEmpty ? "\"*\"" : records.joined(separator: "."))) }
    if let delimiter { keys.append(("delimiter", jsonText(String(UnicodeScalar(delimiter))))) }
    if format == .csv || format == .tsv { keys.append(("header", hasHeader ? "true" : "false")) }
    return keys
  }

  /// A description that reads the form and maps nothing of it.
  var description: DatasetDescription {
    let nothing = FieldPath("-")
    var description = DatasetDescription(
      name: "sample", title: "",
      kinds: [EventKind(time: TimeField(field: nothing), member: .path(nothing), event: .path(nothing))])
    description.format = format
    description.records = records.map { [$0] }
    description.delimiter = delimiter
    description.needsAllColumns = false
    if format == .csv || format == .tsv { description.header = hasHeader ? .firstRow : .none }
    return description
  }

  /// The forms that a text which begins with `first` may have, the likeliest first.
  /// - Throws: ``IngestError`` `cannotRead` where it is no text, or has no form that Muster reads.
  static func candidates(_ first: [UInt8], path: String) throws -> [LogShape] {
    if first.starts(with: Array("PAR1".utf8)) {
      throw IngestError(
        .cannotRead, "this is a Parquet file, and guess reads text", file: path,
        hint: "Its columns have names and types: see them with `muster store layout FILE`, and map them by name.")
    }
    guard let start = first.firstIndex(where: { !isBlank($0) }) else {
      throw IngestError(.cannotRead, "the log is empty", file: path, hint: "Give a log that holds records.")
    }
    // The sample may end within a character.
    let isText = first.withUnsafeBytes { (invalidUTF8Offset($0) ?? .max) >= first.count - 3 } && !first.contains(0)
    guard isText else {
      throw IngestError(
        .cannotRead, "this is no UTF-8 text", file: path,
        hint:
          "Muster reads JSON, CSV, TSV and logs with blanks between, plain, .gz or .zst. Convert it, for example with iconv."
      )
    }
    if first[start] == 0x7B || first[start] == 0x5B { return json(first, isArray: first[start] == 0x5B) }
    if let log = accessLog(first) { return [log] }
    let rows = RowShape.candidates(first)
    guard !rows.isEmpty else {
      throw IngestError(
        .cannotRead, "the lines have no form in common", file: path,
        hint: "Muster reads JSON, CSV, TSV, columns with blanks between and web access logs.")
    }
    return rows
  }

  private static func json(_ first: [UInt8], isArray: Bool) -> [LogShape] {
    if isArray, DocumentForm.opensArrayOfRecords(first) {
      return [LogShape(format: .json, records: [], reason: "the whole document is an array of objects")]
    }
    let isLines = DocumentForm.endsFirstLineWithValue(first) && first.contains(0x0A)
    let arrays = JSONArrays(in: first).found.map { array in
      LogShape(
        format: isLines ? .jsonl : .json, records: array.path,
        reason: "\(array.count) objects of the sample lie in the array '\(array.path.joined(separator: "."))'",
        isSure: false)
    }
    if isLines { return [LogShape(format: .jsonl, reason: "each line is a JSON object")] + arrays }
    return arrays + [LogShape(format: .json, records: [], reason: "each document is an object", isSure: arrays.isEmpty)]
  }

  private static func accessLog(_ first: [UInt8]) -> LogShape? {
    let lines = RowShape.lines(first)
    var reader = TimeReader(format: accessLogTime, zone: .utc)
    let matching = lines.filter { line in
      RowShape.fields(line, RowFormat(delimiter: 0x20, hasQuotes: false, skipsBlanks: false, isAccessLog: true)) {
        row in
        row.count >= AccessLogRow.fieldCountMin && reader.read(row[3].bytes) != nil
      } ?? false
    }
    guard matching.count * 2 >= lines.count, !matching.isEmpty else { return nil }
    return LogShape(
      format: .accessLog, reason: "\(matching.count) of the first \(lines.count) lines are in the common log format")
  }

  private static let accessLogTime: TimeFormat =
    (try? TimePattern("%d/%b/%Y:%H:%M:%S %z")).map { .pattern($0) } ?? .iso8601
}

/// The forms of rows.
enum RowShape {
  private static let lineCountMax = 60

  /// The first lines, without the last if the sample may have cut it.
  static func lines(_ first: [UInt8]) -> [[UInt8]] {
    var lines = first.split(separator: 0x0A, maxSplits: lineCountMax + 1).map(Array.init)
    if lines.count > 1, lines.count > lineCountMax || first.last != 0x0A { lines.removeLast() }
    return lines.map { $0.last == 0x0D ? Array($0.dropLast()) : $0 }.filter { !$0.isEmpty }
  }

  /// What `body` makes of the fields of a line; nil where it cannot be cut.
  static func fields<Result>(_ line: [UInt8], _ format: RowFormat, _ body: ([FieldValue]) -> Result) -> Result? {
    let padded = line + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
    return padded.withUnsafeBytes { bytes in
      var fields: [FieldValue] = []
      let row = UnsafeRawBufferPointer(rebasing: bytes[..<line.count])
      guard (try? RowScanner(format: format).fields(row, into: &fields)) != nil else { return nil }
      return body(fields)
    }
  }

  static func candidates(_ first: [UInt8]) -> [LogShape] {
    let lines = lines(first)
    let marks: [(DatasetDescription.Format, UInt8?, String)] = [
      (.tsv, nil, "tabs"), (.csv, nil, "commas"), (.csv, 0x3B, "semicolons"), (.csv, 0x7C, "bars"),
      (.space, nil, "blanks"),
    ]
    return marks.compactMap { format, delimiter, name in
      var shape = LogShape(format: format, delimiter: delimiter, reason: "")
      guard let cut = shape.description.rowFormat else { return nil }
      let counts = lines.compactMap { line in fields(line, cut) { $0.count } }
      let usual = Dictionary(grouping: counts) { $0 }.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
      guard let usual, usual.key > (format == .space ? 2 : 1), usual.value.count * 10 >= lines.count * 8 else {
        return nil
      }
      shape.reason = "\(usual.value.count) of the first \(lines.count) lines have \(usual.key) columns between \(name)"
      shape.isSure = usual.value.count == lines.count && lines.count > 1
      if format != .space { shape.hasHeader = hasHeader(lines, cut) }
      return shape
    }
  }

  /// Names stand in the first row, and numbers or times below some of them.
  private static func hasHeader(_ lines: [[UInt8]], _ format: RowFormat) -> Bool {
    let rows = lines.prefix(20).compactMap { line in
      fields(line, format) { row in row.map { String(decoding: $0.bytes, as: UTF8.self) } }
    }
    guard let names = rows.first, Set(names).count == names.count, names.allSatisfy({ !$0.isEmpty }) else {
      return false
    }
    func startsWithDigit(_ text: String) -> Bool { text.utf8.first.map { $0 &- 0x30 < 10 || $0 == 0x2D } ?? false }
    if names.contains(where: startsWithDigit) { return false }
    if rows.count == 1 { return true }
    return rows.dropFirst().contains { row in row.contains(where: startsWithDigit) }
      || names.contains { FieldWords.time.rank($0) != nil }
  }
}
