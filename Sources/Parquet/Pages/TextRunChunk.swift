package import Columns

extension ParquetReader {
  /// Reads a whole chunk of text run by run: where it is written in runs, that takes no time by row.
  ///
  /// Throws what `read(column:rowGroup:)` throws.
  package func readRuns(column: Int, rowGroup: Int) throws -> TextRuns {
    let group = rowGroups[rowGroup]
    precondition(columns[column].kind == .text, "runs are of text")
    return try withPages(column: column, rowGroup: rowGroup, group.chunks[column].byteRange) { pages in
      try readTextRuns(
        isOptional: columns[column].isOptional, rowCount: group.rowCount, isDistinct: isOwn, pages: &pages)
    }
  }
}

private func readTextRuns(
  isOptional: Bool, rowCount: Int, isDistinct: Bool, pages: inout PageReader
) throws -> TextRuns {
  var runs = TextRuns()
  var dictionary = DecodedDictionary()
  while let header = try pages.next() {
    let count = header.valueCount
    if header.kind == .dictionary {
      dictionary = try DecodedDictionary(pages.bytes, count: count, isDistinct: isDistinct)
      continue
    }
    guard count <= rowCount - runs.count else {
      throw ParquetError(.corruptPage, "the pages hold more rows than the chunk")
    }
    var cursor = ByteCursor(pages.bytes)
    let levels = isOptional ? try DefinitionLevels(&cursor, count: count) : DefinitionLevels(allPresent: count)
    let section = try cursor.take(cursor.left)
    if levels.presentCount == count, header.encoding == .rleDictionary, count > 0 {
      try appendRuns(section, count: count, dictionary, to: &runs)
      continue
    }
    try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { codes in
      guard let output = codes.baseAddress else { return }
      try decodeTexts(section, header.encoding, count: levels.presentCount, &dictionary, into: output)
      levels.spread(output, null: TextColumn.null)
      for row in 0..<count { runs.append(output[row], count: 1) }
    }
  }
  guard runs.count == rowCount else {
    throw ParquetError(.corruptPage, "the pages hold \(runs.count) of \(rowCount) rows")
  }
  runs.values = dictionary.values
  return runs
}

/// Adds the indices that fill `section`, which begins with their width.
private func appendRuns(
  _ section: UnsafeRawBufferPointer, count: Int, _ dictionary: DecodedDictionary, to runs: inout TextRuns
) throws {
  var cursor = ByteCursor(section)
  let width = Int(try cursor.byte())
  func code(_ index: UInt32) throws -> UInt32 {
    guard Int(index) < dictionary.count else {
      throw ParquetError(.corruptPage, "index \(index) into a dictionary of \(dictionary.count) values")
    }
    return dictionary.codes.isEmpty ? index : dictionary.codes[Int(index)]
  }
  try forEachHybridRun(try cursor.take(cursor.left), count: count, width: width) { part in
    switch part {
    case .run(let index, let count): runs.append(try code(index), count: count)
    case .packed(let bytes, let count):
      try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { indices in
        guard let output = indices.baseAddress else { return }
        if let base = bytes.baseAddress {
          unpackBits(base, count: count, width: width, into: output)
        } else {
          output.update(repeating: 0, count: count)
        }
        for row in 0..<count { runs.append(try code(output[row]), count: 1) }
      }
    }
  }
}
