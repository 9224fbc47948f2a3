import Columns

/// Appends a chunk of text to `file`: a dictionary and RLE_DICTIONARY pages, or PLAIN pages where that is smaller.
func appendTextChunk(
  _ column: TextColumn, isOptional: Bool, pages: inout PageWriter, to file: inout [UInt8]
) -> (ColumnChunk, PageIndex) {
  var chunk = ChunkInProgress(at: file.count)
  let dictionary = TextDictionary(column)
  if !dictionary.codes.isEmpty {
    pages.begin()
    for code in dictionary.codes { appendPlain(code, of: column.values, into: &pages.page) }
    chunk.appendDictionary(&pages, valueCount: dictionary.codes.count, to: &file)
  }
  var page = TextPage(column, isOptional: isOptional, dictionary: dictionary)
  while let rows = page.next() {
    pages.begin()
    let bounds = page.encode(into: &pages.page)
    chunk.appendData(
      &pages, page.encoding, holdsNumbers: page.encoding == .rleDictionary, rows: rows, bounds: bounds, to: &file)
  }
  return chunk.finish(at: file.count)
}

/// Goes through a column of text a page at a time.
private struct TextPage {
  private let column: TextColumn
  private let isOptional: Bool
  private let dictionary: TextDictionary
  private var rows = 0..<0
  /// The codes, then the indices, of the rows that hold a value.
  private var present: [UInt32]
  private var presentCount = 0
  /// By index, or code of a column without dictionary: the page in which it came last.
  private var lastPage: [UInt32]
  private var pageNumber: UInt32 = 0

  var encoding: Encoding { dictionary.codes.isEmpty ? .plain : .rleDictionary }

  init(_ column: TextColumn, isOptional: Bool, dictionary: TextDictionary) {
    self.column = column
    self.isOptional = isOptional
    self.dictionary = dictionary
    present = [UInt32](repeating: 0, count: Limits.pageRowCount)
    lastPage = [UInt32](repeating: 0, count: dictionary.codes.isEmpty ? column.values.count : dictionary.codes.count)
  }

  /// The rows of the next page; nil at the end of the column.
  mutating func next() -> Range<Int>? {
    let start = rows.upperBound
    guard start < column.count else { return nil }
    var end = min(start + Limits.pageRowCount, column.count)
    if encoding == .plain { end = plainEnd(from: start, to: end) }
    rows = start..<end
    let null = TextColumn.null
    presentCount = present.withUnsafeMutableBufferPointer { present in
      column.codes.withUnsafeBufferPointer { codes in
        var nullCount = 0
        for row in start..<end { nullCount &+= codes[row] == null ? 1 : 0 }
        if nullCount == 0 {
          present.baseAddress!.update(from: codes.baseAddress! + start, count: end - start)
          return end - start
        }
        if nullCount == end - start { return 0 }
        var count = 0
        for row in start..<end {
          present[count] = codes[row]
          count &+= codes[row] == null ? 0 : 1
        }
        return count
      }
    }
    precondition(isOptional || presentCount == rows.count, "a missing text in a required column")
    return rows
  }

  /// Where a PLAIN page from `start` is full, at most at `end`.
  private func plainEnd(from start: Int, to end: Int) -> Int {
    if column.values.count == 0 { return end }
    var byteCount = 0
    for row in start..<end where column.codes[row] != TextColumn.null {
      byteCount += plainLengthByteCount + column.values.range(of: column.codes[row]).count
      if byteCount > Limits.pageByteCount { return max(row, start + 1) }
    }
    return end
  }

  /// Appends the page of the rows that `next` gave, and returns their bounds.
  mutating func encode(into page: inout PageBuffer) -> Bounds {
    if isOptional { appendLevels(into: &page) }
    var extremes: (low: UInt32, high: UInt32)?
    if encoding == .plain {
      extremes = self.extremes { $0 }
      for code in present[..<presentCount] { appendPlain(code, of: column.values, into: &page) }
    } else {
      present.withUnsafeMutableBufferPointer { present in
        dictionary.indices.withUnsafeBufferPointer { indices in
          for place in 0..<presentCount { present[place] = indices[Int(present[place])] }
        }
      }
      extremes = dictionary.codes.withUnsafeBufferPointer { codes in self.extremes { codes[Int($0)] } }
      page.append(UInt8(dictionary.indexWidth))
      present.withUnsafeBufferPointer {
        encodeHybrid(.init(rebasing: $0[..<presentCount]), width: dictionary.indexWidth, into: &page)
      }
    }
    var bounds = Bounds(nullCount: rows.count - presentCount)
    if let extremes {
      bounds.minimum = .text(column.values.withBytes(of: extremes.low) { Array($0) })
      bounds.maximum = .text(column.values.withBytes(of: extremes.high) { Array($0) })
    }
    return bounds
  }

  private func appendLevels(into page: inout PageBuffer) {
    if presentCount == rows.count { return appendLevelsAllPresent(count: rows.count, into: &page) }
    let null = TextColumn.null
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows.count) { levels in
      for (place, code) in column.codes[rows].enumerated() { levels[place] = code == null ? 0 : 1 }
      Parquet.appendLevels(UnsafeBufferPointer(levels), into: &page)
    }
  }

  /// The codes of the page whose texts come first and last in the order of their bytes; each code is looked at once.
  /// - Parameter code: what stands in `present` for a code.
  private mutating func extremes(code: (UInt32) -> UInt32) -> (low: UInt32, high: UInt32)? {
    if presentCount == 0 { return nil }
    pageNumber += 1
    return column.values.withOrder { order in
      var extremes = TextExtremes(code(present[0]), order)
      lastPage.withUnsafeMutableBufferPointer { lastPage in
        present.withUnsafeBufferPointer { present in
          if lastPage.count <= presentCount {
            for place in 0..<presentCount { lastPage[Int(present[place])] = pageNumber }
            for index in lastPage.indices where lastPage[index] == pageNumber {
              extremes.add(code(UInt32(truncatingIfNeeded: index)), order)
            }
            return
          }
          // Whether a code comes again is not to be guessed: it is noted in any case, and kept where it is new.
          withUnsafeTemporaryAllocation(of: UInt32.self, capacity: presentCount) { news in
            var count = 0
            for place in 0..<presentCount {
              let index = Int(present[place])
              news[count] = present[place]
              count &+= lastPage[index] != pageNumber ? 1 : 0
              lastPage[index] = pageNumber
            }
            for place in 0..<count { extremes.add(code(news[place]), order) }
          }
        }
      }
      return (extremes.low, extremes.high)
    }
  }
}

extension StringTable {
  /// The codes among `codes` whose texts come first and last in the order of their bytes.
  func extremes(_ codes: [UInt32]) -> (low: UInt32, high: UInt32)? {
    guard let first = codes.first else { return nil }
    return withOrder { order in
      var extremes = TextExtremes(first, order)
      for code in codes { extremes.add(code, order) }
      return (extremes.low, extremes.high)
    }
  }
}

/// The first and the last of some texts in the order of their bytes.
private struct TextExtremes {
  private(set) var low: UInt32
  private(set) var high: UInt32
  /// The first bytes of both, by which most texts are told to lie between.
  private var lowWord: UInt64
  private var highWord: UInt64

  init(_ code: UInt32, _ order: TextOrder) {
    (low, high) = (code, code)
    lowWord = order.word(code)
    highWord = lowWord
  }

  @inline(__always)
  mutating func add(_ code: UInt32, _ order: TextOrder) {
    let word = order.word(code)
    if word > lowWord, word < highWord { return }
    if order.precedes(code, low) {
      (low, lowWord) = (code, word)
    } else if order.precedes(high, code) {
      (high, highWord) = (code, word)
    }
  }
}

/// Decodes a chunk of text of `rowCount` rows, whatever encoding its pages have.
///
/// The column's table holds the texts of the chunk's dictionary, in its order, and those of its PLAIN pages.
/// - Parameter isDistinct: whether dictionaries are known to name no text twice, so that none is looked up.
func readTextChunk(
  isOptional: Bool, rowCount: Int, isDistinct: Bool, pages: inout PageReader
) throws -> TextColumn {
  var dictionary = DecodedDictionary()
  let codes = try [UInt32](unsafeUninitializedCapacity: rowCount) { codes, filled in
    while let header = try pages.next() {
      let count = header.valueCount
      if header.kind == .dictionary {
        dictionary = try DecodedDictionary(pages.bytes, count: count, isDistinct: isDistinct)
        continue
      }
      guard count <= rowCount - filled else {
        throw ParquetError(.corruptPage, "the pages hold more rows than the chunk")
      }
      var cursor = ByteCursor(pages.bytes)
      let levels = isOptional ? try DefinitionLevels(&cursor, count: count) : DefinitionLevels(allPresent: count)
      let section = try cursor.take(cursor.left)
      if dictionary.values.count == 0 && header.encoding == .plain {
        // Room for as many distinct texts as there may be: compressed, they seldom take less than a byte each.
        dictionary.values = StringTable(capacity: min(rowCount, pages.chunkByteCount))
      }
      if let output = codes.baseAddress.map({ $0 + filled }) {
        try decodeTexts(section, header.encoding, count: levels.presentCount, &dictionary, into: output)
        levels.spread(output, null: TextColumn.null)
      }
      filled += count
    }
    guard filled == rowCount else { throw ParquetError(.corruptPage, "the pages hold \(filled) of \(rowCount) rows") }
  }
  return TextColumn(codes: codes, values: dictionary.values)
}

/// The texts of a dictionary page, to which those of PLAIN pages are added.
struct DecodedDictionary {
  var values = StringTable()
  private(set) var count = 0
  /// What each index stands for; empty where the indices are the codes.
  private(set) var codes: [UInt32] = []

  init() {}

  /// Decodes the dictionary that fills `section`.
  init(_ section: UnsafeRawBufferPointer, count: Int, isDistinct: Bool) throws {
    guard count <= section.count / plainLengthByteCount else {
      throw ParquetError(.corruptPage, "a dictionary holds fewer values")
    }
    self.count = count
    if isDistinct {
      values = StringTable(distinct: try decodePlain(section, count: count))
      return
    }
    var table = StringTable(capacity: count)
    codes = try [UInt32](unsafeUninitializedCapacity: count) { codes, filled in
      if let output = codes.baseAddress { try decodePlain(section, count: count, table: &table, into: output) }
      filled = count
    }
    values = table
    // Only where a text is named twice, indices are not the table's codes.
    if values.count == count { codes = [] }
  }
}

/// Decodes the `count` texts of a section, adding to `dictionary` those that stand there in full.
func decodeTexts(
  _ section: UnsafeRawBufferPointer, _ encoding: Encoding, count: Int, _ dictionary: inout DecodedDictionary,
  into output: UnsafeMutablePointer<UInt32>
) throws {
  switch encoding {
  case .plain: try decodePlain(section, count: count, table: &dictionary.values, into: output)
  case .rleDictionary, .plainDictionary:
    try decodeIndices(section, count: count, dictionaryCount: dictionary.count, into: output)
    if !dictionary.codes.isEmpty {
      for row in 0..<count { output[row] = dictionary.codes[Int(output[row])] }
    }
  default: throw ParquetError(.unsupported, "encoding \(encoding) is not read for text")
  }
}
