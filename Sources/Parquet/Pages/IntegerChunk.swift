/// Appends a chunk of integers to `file`: DELTA_BINARY_PACKED pages.
func appendIntegerChunk<Value: FixedWidthInteger & SignedInteger>(
  _ values: [Value], isOptional: Bool, pages: inout PageWriter, to file: inout [UInt8]
) -> (ColumnChunk, PageIndex) {
  var chunk = ChunkInProgress(at: file.count)
  for start in stride(from: 0, to: values.count, by: Limits.pageRowCount) {
    let rows = start..<min(start + Limits.pageRowCount, values.count)
    pages.begin()
    if isOptional { appendLevelsAllPresent(count: rows.count, into: &pages.page) }
    let bounds = values.withUnsafeBufferPointer { all in
      let slice = UnsafeBufferPointer(rebasing: all[rows])
      encodeDelta(slice, into: &pages.page)
      return integerBounds(slice)
    }
    // Instants are wide, and may be one for many rows of one page and differ in all others.
    chunk.appendData(
      &pages, .deltaBinaryPacked, holdsNumbers: Value.bitWidth <= 32, rows: rows, bounds: bounds, to: &file)
  }
  return chunk.finish(at: file.count)
}

/// The bounds of `values`, none of them missing.
func integerBounds<Value: FixedWidthInteger & SignedInteger>(_ values: UnsafeBufferPointer<Value>) -> Bounds {
  guard var low = values.first else { return Bounds(nullCount: 0) }
  var high = low
  for value in values {
    low = min(low, value)
    high = max(high, value)
  }
  return Bounds(nullCount: 0, minimum: .integer(Int64(low)), maximum: .integer(Int64(high)))
}

/// Decodes a chunk of integers of `rowCount` rows, whatever encoding its pages have.
///
/// Throws `unsupported` where a value is missing: `ColumnValues` has no way to say so.
func readIntegerChunk<Value: FixedWidthInteger & SignedInteger>(
  _: Value.Type, isOptional: Bool, rowCount: Int, pages: inout PageReader
) throws -> [Value] {
  var dictionary: [Value] = []
  return try [Value](unsafeUninitializedCapacity: rowCount) { values, filled in
    while let header = try pages.next() {
      let count = header.valueCount
      var cursor = ByteCursor(pages.bytes)
      if header.kind == .dictionary {
        guard count <= cursor.left else { throw ParquetError(.corruptPage, "a dictionary holds fewer values") }
        dictionary = [Value](repeating: 0, count: count)
        try dictionary.withUnsafeMutableBufferPointer {
          if let output = $0.baseAddress { try decodePlain(pages.bytes, count: count, into: output) }
        }
        continue
      }
      guard count <= rowCount - filled else {
        throw ParquetError(.corruptPage, "the pages hold more rows than the chunk")
      }
      if isOptional, try DefinitionLevels(&cursor, count: count).presentCount < count {
        throw ParquetError(.unsupported, "missing values in a column of integers are not read")
      }
      let section = try cursor.take(cursor.left)
      if let output = values.baseAddress.map({ $0 + filled }) {
        try decodeIntegers(section, header, dictionary: dictionary, into: output)
      }
      filled += count
    }
    guard filled == rowCount else { throw ParquetError(.corruptPage, "the pages hold \(filled) of \(rowCount) rows") }
  }
}

private func decodeIntegers<Value: FixedWidthInteger & SignedInteger>(
  _ section: UnsafeRawBufferPointer, _ header: PageHeader, dictionary: [Value],
  into output: UnsafeMutablePointer<Value>
) throws {
  let count = header.valueCount
  switch header.encoding {
  case .plain: try decodePlain(section, count: count, into: output)
  case .deltaBinaryPacked: try decodeDelta(section, count: count, into: output)
  case .rleDictionary, .plainDictionary:
    var indices = [UInt32](repeating: 0, count: count)
    try indices.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      try decodeIndices(section, count: count, dictionaryCount: dictionary.count, into: base)
    }
    for row in 0..<count { output[row] = dictionary[Int(indices[row])] }
  default: throw ParquetError(.unsupported, "encoding \(header.encoding) is not read for integers")
  }
}
