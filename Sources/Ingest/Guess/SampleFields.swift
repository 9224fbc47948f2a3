internal import Columns
internal import Events

/// What the sample's records hold under one name.
struct SampleField {
  let path: String
  /// Records that have the field with something in it.
  private(set) var count = 0
  private(set) var values: [[UInt8]] = []
  /// The hashes of its different values.
  private(set) var distinct: Set<UInt64> = []

  private static let valueCountMax = 400

  init(path: String) { self.path = path }

  mutating func add(_ value: [UInt8]) {
    count += 1
    if values.count < Self.valueCountMax { values.append(value) }
    distinct.insert(value.withUnsafeBytes { byteHash($0) })
  }

  var isUnique: Bool { distinct.count == count }
  /// The part of its values that are the first of their kind.
  var variety: Double { count == 0 ? 0 : Double(distinct.count) / Double(count) }

  /// A few values, for a comment.
  var examples: String {
    var seen: [String] = []
    for value in values where seen.count < 3 {
      let text = String(decoding: value.prefix(32), as: UTF8.self)
        .map { $0.isNewline ? " " : String($0) }.joined()
      if !seen.contains(text) { seen.append(text) }
    }
    return seen.joined(separator: ", ")
  }

  /// The part of the values that `format` reads as instants between 1990 and `latest`.
  func readable(as format: TimeFormat, latest: Timestamp) -> Double {
    guard !values.isEmpty else { return 0 }
    var reader = TimeReader(format: format, zone: .utc)
    let accepted = IngestLimits.earliestSecond * 1_000_000..<latest.adding(seconds: 86_400).microseconds
    let read = values.filter { value in
      let padded = value + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
      return padded.withUnsafeBytes { bytes in
        reader.read(UnsafeRawBufferPointer(rebasing: bytes[..<value.count])).map(accepted.contains) ?? false
      }
    }
    return Double(read.count) / Double(values.count)
  }

  /// Whether times in it say their zone.
  var namesZone: Bool {
    values.allSatisfy { value in
      guard let last = value.last else { return false }
      let hasOffset = value.count > 16 && value.suffix(6).contains { $0 == 0x2B || $0 == 0x2D }
      return last == 0x5A || last == 0x43 || hasOffset
    }
  }
}

/// The scalar fields of a sample of records, in the order of their first appearance.
struct SampleFields {
  private(set) var recordCount = 0
  private(set) var fields: [SampleField] = []
  private var indexes: [String: Int] = [:]

  static let recordCountMax = 20_000
  private static let fieldCountMax = 600
  private static let depthMax = 4

  /// Reads records of `path` as `description` says, at most ``recordCountMax`` and about `byteCount` bytes.
  /// - Throws: ``IngestError`` where they cannot be read at all.
  init(ofFile path: String, _ description: DatasetDescription, byteCount: Int) throws {
    let reader = try LogReader(path: path, description: description)
    var rest = byteCount
    while rest > 0, recordCount < Self.recordCountMax, let chunk = try reader.next() {
      rest -= chunk.byteCount
      if chunk.fault != nil { continue }
      add(chunk, format: reader.description.rowFormat, header: reader.header)
    }
  }

  subscript(_ path: String) -> SampleField? { indexes[path].map { fields[$0] } }

  private mutating func add(_ chunk: LogChunk, format: RowFormat?, header: [String]?) {
    chunk.withRecords { all in
      var start = 0
      var joined = chunk.joinedBreaks[...]
      while start < all.count, recordCount < Self.recordCountMax {
        var end = find(0x0A, in: all, from: start) ?? all.count
        while joined.first == end {
          joined.removeFirst()
          end = find(0x0A, in: all, from: end + 1) ?? all.count
        }
        let line = UnsafeRawBufferPointer(rebasing: all[start..<end])
        if let format { addRow(line, format, header: header) } else { addObject(line) }
        start = end + 1
      }
    }
  }

  private mutating func addRow(_ line: UnsafeRawBufferPointer, _ format: RowFormat, header: [String]?) {
    var line = line
    if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    var row: [FieldValue] = []
    guard !line.isEmpty, (try? RowScanner(format: format).fields(line, into: &row)) != nil, !row.isEmpty else { return }
    recordCount += 1
    for (index, field) in row.enumerated() where field.count > 0 {
      if let header, index >= header.count { break }
      add(header?[index] ?? "\(index + 1)", Array(field.bytes))
    }
  }

  private mutating func addObject(_ line: UnsafeRawBufferPointer) {
    guard let base = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    let scanner = JSONScanner(end: base + line.count)
    let start = scanner.skipBlanks(base)
    // The whole line is read once before anything of it counts.
    guard start.pointee == 0x7B, let whole = try? scanner.value(start, depth: 1),
      scanner.skipBlanks(scanner.behind(whole)) == scanner.end
    else { return }
    recordCount += 1
    var found: [(String, [UInt8])] = []
    Self.collect(start, scanner, prefix: "", depth: 1, into: &found)
    for (path, value) in found { add(path, value) }
  }

  private static func collect(
    _ open: UnsafePointer<UInt8>, _ scanner: JSONScanner, prefix: String, depth: Int,
    into found: inout [(String, [UInt8])]
  ) {
    var place = scanner.skipBlanks(open + 1)
    while place.pointee == 0x22 {
      guard let (key, start) = try? scanner.key(place), let value = try? scanner.value(start, depth: depth) else {
        return
      }
      let name = keyText(Array(key.bytes))
      // A name with a dot in it is not reached by any path.
      if !name.isEmpty, !name.contains(".") {
        let path = prefix + name
        if value.kind == .object, depth < depthMax {
          collect(start, scanner, prefix: path + ".", depth: depth + 1, into: &found)
        } else if value.isPresent, value.kind != .object, value.kind != .array, value.count > 0 {
          found.append(
            (path, value.kind == .escapedString ? Array(keyText(Array(value.bytes)).utf8) : Array(value.bytes)))
        }
      }
      place = scanner.skipBlanks(scanner.behind(value))
      if place.pointee == 0x2C { place = scanner.skipBlanks(place + 1) }
    }
  }

  private mutating func add(_ path: String, _ value: [UInt8]) {
    if let index = indexes[path] { return fields[index].add(value) }
    guard fields.count < Self.fieldCountMax else { return }
    indexes[path] = fields.count
    fields.append(SampleField(path: path))
    fields[fields.count - 1].add(value)
  }
}
