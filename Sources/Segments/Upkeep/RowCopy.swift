internal import Columns
internal import Parquet

/// Copies rows of segments into ``SegmentRows``, column by column; each distinct text is looked up once a row group.
struct RowCopy {
  private(set) var rows: SegmentRows
  private let dimensions: [String]
  private let keepsProperties: Bool

  init(dimensions: [String], keepsEventID: Bool, keepsProperties: Bool = true) {
    (self.dimensions, self.keepsProperties) = (dimensions, keepsProperties)
    rows = SegmentRows(dimensionCount: dimensions.count, keepsEventID: keepsEventID)
  }

  /// Adds rows of one row group.
  /// - Parameter chosen: of the row group, ascending; nil is all.
  /// - Throws: what reading throws; ``StoreError`` `corrupt` where a column that every segment has is missing.
  mutating func append(_ segment: SegmentReader, rowGroup: Int, rows chosen: [Int]? = nil) throws {
    let count = segment.rowCount(ofGroup: rowGroup)
    rows.ts += Self.chosen(chosen, of: try segment.timestamps(rowGroup: rowGroup))
    rows.member += Self.chosen(chosen, of: try segment.members(rowGroup: rowGroup))
    Self.append(try segment.text("event", rowGroup: rowGroup), count, chosen, to: &rows.event)
    for (index, name) in dimensions.enumerated() {
      Self.append(try segment.text(name, rowGroup: rowGroup), count, chosen, to: &rows.dimensions[index])
    }
    if keepsProperties {
      Self.append(try segment.text("properties", rowGroup: rowGroup), count, chosen, to: &rows.properties)
    }
    if rows.eventIDs != nil {
      Self.append(try segment.text("event_id", rowGroup: rowGroup), count, chosen, to: &rows.eventIDs!)
    }
  }

  private static func chosen<Value>(_ rows: [Int]?, of values: [Value]) -> [Value] {
    rows.map { $0.map { values[$0] } } ?? values
  }

  /// A column that is absent has no values.
  private static func append(_ column: TextColumn?, _ count: Int, _ chosen: [Int]?, to target: inout TextColumn) {
    guard let column else {
      target.codes.append(contentsOf: repeatElement(TextColumn.null, count: chosen?.count ?? count))
      return
    }
    // `null` stands for "not looked up yet": a code that no text can have.
    var known = [UInt32](repeating: TextColumn.null, count: column.values.count)
    target.codes.reserveCapacity(target.codes.count + (chosen?.count ?? count))
    func copied(_ code: UInt32) -> UInt32 {
      if code == TextColumn.null { return code }
      if known[Int(code)] == TextColumn.null {
        known[Int(code)] = column.values.withBytes(of: code) { target.values.code(for: $0) }
      }
      return known[Int(code)]
    }
    if let chosen {
      for row in chosen { target.codes.append(copied(column.codes[row])) }
    } else {
      for code in column.codes { target.codes.append(copied(code)) }
    }
  }
}
