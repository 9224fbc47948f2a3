/// Where a data page lies, and its rows.
package struct PageLocation: Sendable, Equatable {
  /// The page in the file, its header included.
  package var byteRange: Range<Int>
  /// The rows of the row group that it holds.
  package var rows: Range<Int>
}

/// The data pages of a chunk: where they are and what bounds their values have.
package struct PageIndex: Sendable, Equatable {
  /// The data pages in the order of their rows.
  package var locations: [PageLocation]
  /// A page's bounds, page by page; empty where the file has none.
  package var bounds: [Bounds]

  /// The offset index: a place a page.
  func encodedLocations() -> [UInt8] {
    var writer = ThriftWriter()
    writer.structure { index in
      index.list(1, of: .structure, locations) { writer, page in
        writer.structure {
          $0.int64(1, page.byteRange.lowerBound)
          $0.int32(2, page.byteRange.count)
          $0.int64(3, page.rows.lowerBound)
        }
      }
    }
    return writer.bytes
  }

  /// The column index: the bounds of each page. A page of nulls has empty ones, which mean nothing.
  func encodedBounds(of kind: ColumnDescription.Kind) -> [UInt8] {
    var writer = ThriftWriter()
    writer.structure { index in
      index.list(1, of: .yes, bounds) { $0.bool($1.minimum == nil) }
      index.list(2, of: .binary, bounds) { $0.binary($1.minimum?.bytes(of: kind) ?? []) }
      index.list(3, of: .binary, bounds) { $0.binary($1.maximum?.bytes(of: kind) ?? []) }
      index.int32(4, boundaryOrder)
      index.list(5, of: .int64, bounds) { $0.zigzag($1.nullCount ?? 0) }
    }
    return writer.bytes
  }

  /// Whether minima and maxima both ascend (1), both descend (2), or neither (0).
  private var boundaryOrder: Int {
    let lows = bounds.compactMap(\.minimum)
    let highs = bounds.compactMap(\.maximum)
    func isOrdered(_ values: [BoundValue], _ precedes: (BoundValue, BoundValue) -> Bool) -> Bool {
      zip(values, values.dropFirst()).allSatisfy { !precedes($1, $0) }
    }
    if isOrdered(lows, { $0.precedes($1) }) && isOrdered(highs, { $0.precedes($1) }) { return 1 }
    if isOrdered(lows, { $1.precedes($0) }) && isOrdered(highs, { $1.precedes($0) }) { return 2 }
    return 0
  }

  init(locations: [PageLocation] = [], bounds: [Bounds] = []) {
    self.locations = locations
    self.bounds = bounds
  }

  /// Reads what `encodedLocations` and (nil: the file has none) `encodedBounds` give, for a chunk that lies
  /// in `byteRange` with `rowCount` rows.
  init(
    locations: [UInt8], bounds: [UInt8]?, kind: ColumnDescription.Kind, byteRange: Range<Int>, rowCount: Int
  ) throws {
    self.init(locations: try readLocations(locations, within: byteRange, rowCount: rowCount))
    guard let bounds else { return }
    self.bounds = try readBounds(bounds, of: kind)
    guard self.bounds.count == self.locations.count else {
      throw ParquetError(.corruptFooter, "a page index has bounds of \(bounds.count) pages of \(locations.count)")
    }
  }
}

private func readLocations(_ bytes: [UInt8], within chunk: Range<Int>, rowCount: Int) throws -> [PageLocation] {
  var reader = ThriftReader(bytes, failingWith: .corruptFooter)
  var raw: [(offset: Int, count: Int, firstRow: Int)] = []
  try reader.structure { field, reader in
    guard field.id == 1 else { return try reader.skip(field) }
    raw = try reader.list(field, of: .structure) { reader in
      var page = (offset: -1, count: -1, firstRow: -1)
      try reader.structure { field, reader in
        switch field.id {
        case 1: page.offset = try reader.int64(field)
        case 2: page.count = try reader.int32(field)
        case 3: page.firstRow = try reader.int64(field)
        default: try reader.skip(field)
        }
      }
      return page
    }
  }
  var rowEnds = raw.dropFirst().map(\.firstRow)
  rowEnds.append(rowCount)
  var offset = chunk.lowerBound
  var row = 0
  return try zip(raw, rowEnds).map { page, rowEnd in
    guard page.offset >= offset, page.offset <= chunk.upperBound, page.count >= 0,
      page.count <= chunk.upperBound - page.offset, page.firstRow == row, rowEnd >= row
    else { throw reader.failure("a page index names places or rows that its chunk has not") }
    offset = page.offset + page.count
    row = rowEnd
    return PageLocation(byteRange: page.offset..<offset, rows: page.firstRow..<rowEnd)
  }
}

private func readBounds(_ bytes: [UInt8], of kind: ColumnDescription.Kind) throws -> [Bounds] {
  var reader = ThriftReader(bytes, failingWith: .corruptFooter)
  var isNull: [Bool] = []
  var lows: [[UInt8]] = []
  var highs: [[UInt8]] = []
  var nullCounts: [Int]?
  try reader.structure { field, reader in
    switch field.id {
    case 1: isNull = try reader.list(field, of: .yes) { try $0.bool() }
    case 2: lows = try reader.list(field, of: .binary) { try $0.binary() }
    case 3: highs = try reader.list(field, of: .binary) { try $0.binary() }
    case 5: nullCounts = try reader.list(field, of: .int64) { try $0.integer(Int64.self) }
    default: try reader.skip(field)
    }
  }
  guard lows.count == isNull.count, highs.count == isNull.count, nullCounts.map({ $0.count == isNull.count }) ?? true
  else { throw reader.failure("a page index has lists of different lengths") }
  return try isNull.indices.map { page in
    let nullCount = nullCounts?[page]
    var bounds = Bounds(nullCount: nullCount)
    bounds.isMinimumExact = false  // a page index does not say
    bounds.isMaximumExact = false
    if isNull[page] { return bounds }
    bounds.minimum = try BoundValue(lows[page], of: kind)
    bounds.maximum = try BoundValue(highs[page], of: kind)
    return bounds
  }
}
