internal import Aggregation
internal import Events
internal import Segments

/// What a question of some days, events and a filter would read of the store, and what it would leave out and why.
struct StoreLayoutSurvey {
  let store: Store
  let days: ClosedRange<CommunityDay>?
  let conditions: [ColumnCondition]
  /// Columns that are decoded where a row group is read.
  let columns: [String]

  private struct Sum {
    var segments = 0
    var readSegments = 0
    var rowGroups = 0
    var readRowGroups = 0
    var extent = SegmentReader.Extent()
  }

  /// Costs the footers and page indexes of the segments of the days.
  func text() throws -> String {
    var sum = Sum()
    var lines: [String] = []
    for record in try store.snapshot().segments {
      sum.segments += 1
      if let days, !days.contains(record.day) {
        lines.append("\(record.file)  skipped: \(record.day) is outside the days asked for")
        continue
      }
      lines += try self.lines(record, &sum)
    }
    let extent = sum.extent
    lines.append(
      """
      columns read  \(columns.joined(separator: ", "))
      segments      \(grouped(sum.readSegments)) of \(grouped(sum.segments)) read
      row groups    \(grouped(sum.readRowGroups)) of \(grouped(sum.rowGroups)) read
      pages         \(grouped(extent.readPageCount)) of \(grouped(extent.pageCount)) may hold rows, \
      \(byteText(extent.readByteCount)) of \(byteText(extent.byteCount))
      """)
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(_ record: SegmentRecord, _ sum: inout Sum) throws -> [String] {
    let segment = try SegmentReader(record, of: store)
    var skipped: [String] = []
    var own = SegmentReader.Extent()
    for group in 0..<segment.rowGroupCount {
      sum.rowGroups += 1
      let reason = segment.reasonToSkip(rowGroup: group, conditions)
      let rows = reason == nil ? try segment.candidateRows(rowGroup: group, conditions) : []
      own.add(try segment.extent(rowGroup: group, columns: columns, rows: rows))
      if let reason = reason ?? (rows.isEmpty ? "no page may hold such rows" : nil) {
        skipped.append(segment.rowGroupCount == 1 ? reason : "row group \(group): \(reason)")
      }
    }
    let read = segment.rowGroupCount - skipped.count
    sum.readRowGroups += read
    sum.readSegments += read > 0 ? 1 : 0
    sum.extent.add(own)
    if read == 0 { return ["\(record.file)  skipped: \(skipped.joined(separator: "; "))"] }
    let head =
      "\(record.file)  read: \(grouped(read)) of \(grouped(segment.rowGroupCount)) row groups, "
      + "\(grouped(own.readPageCount)) of \(grouped(own.pageCount)) pages, \(byteText(own.readByteCount))"
    return [head] + skipped.map { "  skipped \($0)" }
  }
}

extension SegmentReader.Extent {
  fileprivate mutating func add(_ other: Self) {
    pageCount += other.pageCount
    byteCount += other.byteCount
    readPageCount += other.readPageCount
    readByteCount += other.readByteCount
  }
}
