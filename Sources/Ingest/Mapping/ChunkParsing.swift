internal import Columns

/// The working memory of parsing: takes the records of a chunk one by one and fills a batch; used for chunk after chunk.
struct ChunkParsing: ~Copyable {
  /// A record's bytes and place.
  struct Record {
    /// Without the line break.
    var bytes: UnsafeRawBufferPointer
    /// From 1, in the chunk.
    var line: Int
    var byteOffset: Int
    /// The source ends behind it without a line break.
    var isUnterminated: Bool

    /// Without a carriage return at its end.
    var withoutReturn: Record {
      var record = self
      if bytes.last == 0x0D { record.bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
      return record
    }
  }

  static let shapeCountMax = 2

  let parser: RecordParser
  /// Of the chunk at hand.
  var batch: RecordBatch
  var builder: BatchBuilder
  var collector: FieldCollector
  var scratch = ScratchBytes()
  var canonical = CanonicalJSON()
  /// One a kind.
  let clocks: UnsafeMutablePointer<TimeReader>
  let kinds: UnsafeMutablePointer<KindPlan>
  let kindCount: Int
  let hasKindList: Bool
  let isIdentifiedByLine: Bool
  /// Those of the first kind, then those of the next.
  let dimensions: UnsafeMutablePointer<TextPlan>
  /// Slots that stand in for others: see ``KeptTexts/slots``.
  let otherSlots: UnsafeMutablePointer<Int>
  private var fields: [FieldValue] = []
  /// Places of the quotes of one line, or of a row's delimiters.
  private let places: UnsafeMutablePointer<UInt32>
  /// Of rows.
  private let columns: UnsafeMutablePointer<ColumnPlan>
  private let rowShape: RowLayout.Shape
  /// Those that lines had lately, at most two: what most lines have, and what a stretch of them has.
  var shapes: [ShapedColumns] = []
  /// Of `shapes`, the one that lines had last.
  var lastShape = 0
  private var tail = RepeatedTail()
  /// The record that was stored last has any.
  var hasProperties = false
  /// The texts of the dimensions of one record.
  let texts: UnsafeMutablePointer<UnsafeRawBufferPointer>

  init(_ parser: RecordParser) {
    self.parser = parser
    batch = RecordBatch(dimensionCount: parser.dimensionCount, keepsEventID: parser.keepsEventID)
    builder = BatchBuilder(dimensionCount: parser.dimensionCount, keepsEventID: parser.keepsEventID)
    collector = FieldCollector(plan: parser.plan)
    clocks = copied(parser.mapping.clocks)
    kinds = copied(parser.mapping.kinds)
    kindCount = parser.mapping.kinds.count
    hasKindList = parser.description.hasKindList
    isIdentifiedByLine = parser.description.duplicates == .line
    dimensions = copied(parser.mapping.dimensions)
    otherSlots = copied(parser.mapping.texts.slots)
    texts = .allocate(capacity: parser.dimensionCount + 1)
    places = .allocate(capacity: LineShape.placeCountMax)
    columns = copied(parser.layout.columns)
    rowShape = parser.layout.shape
  }

  deinit {
    texts.deallocate()
    places.deallocate()
    columns.deinitialize(count: parser.layout.columns.count)
    columns.deallocate()
    clocks.deinitialize(count: parser.mapping.clocks.count)
    clocks.deallocate()
    kinds.deallocate()
    dimensions.deallocate()
    otherSlots.deallocate()
  }

  /// The records of `chunk`.
  mutating func parse(_ chunk: LogChunk) -> RecordBatch {
    batch = RecordBatch(dimensionCount: parser.dimensionCount, keepsEventID: parser.keepsEventID)
    batch.chunk = chunk
    batch.lineCount = chunk.precedingLineCount
    builder.restart()
    let all = chunk.records
    if let fault = chunk.fault {
      let record = Record(bytes: all, line: batch.lineCount + 1, byteOffset: chunk.byteOffset, isUnterminated: false)
      reject(record, fault.reason, fault.detail)
      batch.lineCount += fault.lineCount
    } else if parser.description.rowFormat == nil, chunk.joinedBreaks.isEmpty {
      readObjects(chunk)
    } else if let sought = parser.description.rowFormat?.sought {
      readRows(chunk, sought)
    } else {
      readLines(chunk)
    }
    builder.finish(&batch)
    chunk.places?.settle(&batch)
    return batch
  }

  /// Reads lines of JSON: those of a shape that is known many at a time, others one by one.
  private mutating func readObjects(_ chunk: LogChunk) {
    let byteCount = chunk.records.count
    var start = 0
    // Of lines to look at together: more from time to time, and one behind a line of another shape.
    var most = 1
    while start < byteCount {
      var behind = readShaped(at: start, of: chunk, most: most)
      if behind == nil, shapes.count > 1 {
        lastShape = 1 - lastShape
        most = 1
        behind = readShaped(at: start, of: chunk, most: most)
      }
      if let behind {
        start = behind
        most = min(most * 2, ShapedLines.countMax)
      } else {
        start = readLine(at: start, of: chunk)
        most = 1
      }
    }
  }

  /// Reads lines of the shape that came last, at most `most`; returns where the next one begins, nil where there is none
  /// of that shape or one has to be looked at alone.
  private mutating func readShaped(at start: Int, of chunk: LogChunk, most: Int) -> Int? {
    guard lastShape < shapes.count else { return nil }
    let (all, shaped) = (chunk.records, shapes[lastShape])
    let lines = shaped.shape.lines(
      all.baseAddress!.assumingMemoryBound(to: UInt8.self) + start, limit: all.count - start, texts: shaped.texts,
      most: most, places: places, room: LineShape.placeCountMax, width: LineMarks.width)
    guard lines.count > 0, map(shaped, count: lines.count) else { return nil }
    batch.lineCount += lines.count
    return start + lines.end
  }

  /// Reads the line of JSON at `start` and returns where the next one begins.
  private mutating func readLine(at start: Int, of chunk: LogChunk) -> Int {
    let all = chunk.records
    let base = all.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let marks = lineMarks(
      base + start, limit: all.count - start, of: .json, places: places, room: LineShape.placeCountMax,
      width: LineMarks.width)
    let end = start + marks.end
    let record = Record(
      bytes: UnsafeRawBufferPointer(rebasing: all[start..<end]), line: batch.lineCount + 1,
      byteOffset: chunk.byteOffset + start, isUnterminated: end == all.count && chunk.isUnterminated)
    if marks.isOrdinary && !marks.isBeyondASCII || isReadable(record) {
      readObject(record, quoteCount: marks.isOrdinary ? marks.markCount : 0)
    }
    batch.lineCount += 1
    return end + 1
  }

  /// Reads rows, each looked at once for its end, its delimiters and what is not plain in it.
  private mutating func readRows(_ chunk: LogChunk, _ sought: SoughtBytes) {
    let all = chunk.records
    guard let base = all.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    let width = LineMarks.width
    var joined = chunk.joinedBreaks[...]
    var start = 0
    while start < all.count {
      let marks = lineMarks(
        base + start, limit: all.count - start, of: sought, places: places, room: LineShape.placeCountMax, width: width)
      var end = start + marks.end
      let line = batch.lineCount + 1
      let isWhole = joined.first != end
      while joined.first == end {
        joined.removeFirst()
        batch.lineCount += 1
        end = find(0x0A, in: all, from: end + 1) ?? all.count
      }
      let record = Record(
        bytes: UnsafeRawBufferPointer(rebasing: all[start..<end]), line: line, byteOffset: chunk.byteOffset + start,
        isUnterminated: end == all.count && chunk.isUnterminated)
      if marks.isOrdinary, isWhole {
        if !marks.isBeyondASCII || isReadable(record) { readPlainRow(record, delimiterCount: marks.markCount) }
      } else if isReadable(record) {
        readRow(record)
      }
      batch.lineCount += 1
      start = end + 1
    }
  }

  private mutating func readLines(_ chunk: LogChunk) {
    let all = chunk.records
    let isPlain = isPlainText(all)
    let isRows = parser.description.rowFormat != nil
    let joined = chunk.joinedBreaks
    var nextJoined = 0
    var start = 0
    while start < all.count {
      var lineBreak = find(0x0A, in: all, from: start)
      let line = batch.lineCount + 1
      while let place = lineBreak, nextJoined < joined.count, joined[nextJoined] == place {
        nextJoined += 1
        batch.lineCount += 1
        lineBreak = find(0x0A, in: all, from: place + 1)
      }
      let end = lineBreak ?? all.count
      let record = Record(
        bytes: UnsafeRawBufferPointer(rebasing: all[start..<end]), line: line, byteOffset: chunk.byteOffset + start,
        isUnterminated: lineBreak == nil && chunk.isUnterminated)
      if isPlain || isReadable(record) { if isRows { readRow(record) } else { readObject(record) } }
      batch.lineCount += 1
      start = end + 1
    }
  }

  /// Whether the bytes are text; if not, the record is rejected.
  private mutating func isReadable(_ record: Record) -> Bool {
    if let place = find(0, in: record.bytes, from: 0) {
      reject(record, .nulByte, "a NUL byte at byte \(place + 1) of the record")
      return false
    }
    if let place = invalidUTF8Offset(record.bytes) {
      reject(record, .invalidUTF8, "not UTF-8 at byte \(place + 1) of the record")
      return false
    }
    return true
  }

  /// - Parameter quoteCount: of an ordinary line; else 0.
  private mutating func readObject(_ record: Record, quoteCount: Int = 0) {
    let base = record.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let scanner = JSONScanner(end: base + record.bytes.count)
    let start = scanner.skipBlanks(base)
    if start == scanner.end { return }
    begin(base)
    let version = collector.shape.version
    do throws(JSONFault) {
      if start.pointee == 0x7B {
        let behind =
          quoteCount > 0 && start == base
          ? try collector.line(start, quotes: places, quoteCount: quoteCount, scanner: scanner, scratch: &scratch)
          : try collector.object(start, node: 0, isFlattened: false, depth: 1, scanner: scanner, scratch: &scratch)
        guard scanner.skipBlanks(behind) == scanner.end else { throw JSONFault(.moreText, scanner.skipBlanks(behind)) }
      } else {
        let value = try scanner.value(start, depth: 1)
        let behind = scanner.skipBlanks(scanner.behind(value))
        guard behind == scanner.end else { throw JSONFault(.moreText, behind) }
        return reject(record, .notAnObject, "the line is JSON and not an object")
      }
      let rowCount = builder.rowCount
      try map(record)
      if let matched = collector.matched, collector.shape.version == version, builder.rowCount == rowCount + 1 {
        let tail = UnsafeBufferPointer(start: matched.end, count: base + record.bytes.count - matched.end)
        if self.tail.note(tail, behind: matched.count, of: version) { try takeShape(base, tail: tail) }
      }
    } catch {
      reject(record, error.reason, error.detail(from: base), isUnreadable: true)
    }
  }

  /// Reads a row without quotes, of which `places` holds the delimiters.
  private mutating func readPlainRow(_ record: Record, delimiterCount: Int) {
    let record = record.withoutReturn
    if record.bytes.isEmpty { return }
    // What is wrong with a row is said by the one way that reads them all.
    if rowShape.isRagged(delimiterCount + 1) { return readRow(record) }
    let start = record.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    begin(start)
    do throws(JSONFault) {
      var place = start
      for index in 0..<min(delimiterCount + 1, rowShape.columnCount) {
        let end = start + (index < delimiterCount ? Int(places[index]) : record.bytes.count)
        try collect(FieldValue(.field, place, end), column: columns[index])
        place = end + 1
      }
      try map(record)
    } catch {
      rejectField(of: record, error)
    }
  }

  private mutating func readRow(_ record: Record) {
    let record = record.withoutReturn
    guard !record.bytes.isEmpty, let format = parser.description.rowFormat else { return }
    do throws(RowScanner.Fault) { try RowScanner(format: format).fields(record.bytes, into: &fields) } catch {
      switch error {
      case .openQuote: reject(record, .unclosedQuote, "a quoted field is not closed", isUnreadable: true)
      case .textBehindQuote(let number):
        reject(record, .unclosedQuote, "text follows the closing quote of field \(number)", isUnreadable: true)
      case .tooManyFields: reject(record, .raggedRow, "more than \(IngestLimits.columnCountMax) fields")
      }
      return
    }
    if fields.isEmpty { return }
    if rowShape.isRagged(fields.count) {
      return reject(
        record, .raggedRow, rowShape.raggedDetail(fields.count), isUnreadable: fields.count < rowShape.fieldCount)
    }
    begin(fields[0].start)
    do throws(JSONFault) {
      for index in 0..<min(fields.count, rowShape.columnCount) {
        try collect(fields[index], column: columns[index])
      }
      try map(record)
    } catch {
      rejectField(of: record, error)
    }
  }

  private mutating func rejectField(of record: Record, _ fault: JSONFault) {
    reject(record, fault.reason, "the JSON object in a field is broken: \(fault.detail(from: fault.place))")
  }

  /// Puts a row's field where the plan wants it. An empty field is an absent one.
  private mutating func collect(_ field: FieldValue, column: ColumnPlan) throws(JSONFault) {
    if field.count == 0 { return }
    if column.slot >= 0 { collector.values[column.slot] = field }
    if column.child >= 0, try collectInside(field, child: parser.plan.children[column.child], column: column) { return }
    if column.isRest { collector.append(column.name, field, isFlattened: false) }
  }

  /// Reads the JSON object that a field holds; false where it holds something else.
  private mutating func collectInside(
    _ field: FieldValue, child: FieldPlan.Child, column: ColumnPlan
  ) throws(JSONFault) -> Bool {
    let text = scratch.take(field.count)
    var count = field.count
    if field.kind == .quotedField {
      count = unquoteField(field.bytes, to: text)
      (text + count).update(repeating: 0, count: field.count - count)
    } else {
      text.update(from: field.start, count: count)
    }
    let scanner = JSONScanner(end: UnsafePointer(text) + count)
    let start = scanner.skipBlanks(text)
    guard start.pointee == 0x7B else { return false }
    if child.isFlattened { collector.beginFlattened() }
    let behind = try collector.object(
      start, node: child.node, isFlattened: child.isFlattened, depth: 1, scanner: scanner, scratch: &scratch)
    guard scanner.skipBlanks(behind) == scanner.end else { throw JSONFault(.moreText, scanner.skipBlanks(behind)) }
    if child.isFlattened || !column.isRest { return true }
    collector.append(column.name, FieldValue(.object, start, behind), pruneNode: child.node, isFlattened: false)
    return true
  }

  private mutating func begin(_ place: UnsafePointer<UInt8>) {
    collector.reset(place)
    scratch.reset()
  }

  /// - Parameter isUnreadable: the form is wrong; at the end of a source that points to a cut-off line.
  mutating func reject(
    _ record: Record, _ reason: RejectionReason, _ detail: String, isUnreadable: Bool = false, kind: Int? = nil
  ) {
    let isTruncated = isUnreadable && record.isUnterminated
    batch.rejected.append(
      RejectedRecord(
        reason: isTruncated ? .truncated : reason, line: record.line, byteOffset: record.byteOffset,
        detail: isTruncated ? "the source ends within the record: \(detail)" : detail,
        text: Array(record.bytes.prefix(IngestLimits.rejectedTextByteCountMax)), byteCount: record.bytes.count,
        kind: kind))
  }
}
