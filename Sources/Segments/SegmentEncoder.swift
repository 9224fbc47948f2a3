internal import Columns
internal import Parquet

/// Turns the rows of one day into the bytes of a segment file.
struct SegmentEncoder: Sendable {
  let schema: SegmentSchema
  /// What the footer says of where the rows came from; enough to rebuild a lost catalog.
  var provenance: [(key: String, value: String)]

  struct Encoded {
    var bytes: [UInt8]
    var tailOffset: Int
    var timestamps: ClosedRange<Int64>
  }

  /// - Parameter sorted: at least one row, sorted.
  func encode(_ sorted: SegmentRows) -> Encoded {
    var writer = ParquetWriter(columns: columns, sortedBy: [0, 1, 2], metadata: provenance)
    var start = 0
    while start < sorted.count {
      let end = min(sorted.count, start + StoreLimits.rowGroupRowCountMax)
      writer.append(rowGroup(sorted, start..<end))
      start = end
    }
    let tailOffset = writer.tailOffset
    return Encoded(
      bytes: writer.finish(), tailOffset: tailOffset, timestamps: sorted.ts.min()!...sorted.ts.max()!)
  }

  private var columns: [ColumnDescription] {
    schema.columnNames.map { name in
      switch name {
      case "event": ColumnDescription(name: name, kind: .text, isOptional: false)
      case "member": ColumnDescription(name: name, kind: .int32, isOptional: false)
      case "ts": ColumnDescription(name: name, kind: .timestamp, isOptional: false)
      default: ColumnDescription(name: name, kind: .text, isOptional: true)
      }
    }
  }

  private func rowGroup(_ rows: SegmentRows, _ range: Range<Int>) -> [ColumnValues] {
    let isWhole = range == 0..<rows.count
    func text(_ column: TextColumn) -> ColumnValues {
      isWhole ? .text(column) : .text(TextColumn(codes: Array(column.codes[range]), values: column.values))
    }
    var values = [
      text(rows.event), .int32(isWhole ? rows.member : Array(rows.member[range])),
      .int64(isWhole ? rows.ts : Array(rows.ts[range])),
    ]
    values += rows.dimensions.map(text)
    values.append(text(rows.properties))
    if let ids = rows.eventIDs { values.append(text(ids)) }
    return values
  }
}
