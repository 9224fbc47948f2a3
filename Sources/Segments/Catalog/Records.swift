internal import Columns
internal import Events
internal import GRDB

extension SegmentRecord {
  func insert(_ db: Database, batch: Int) throws {
    try db.execute(
      sql: """
        INSERT INTO segment (batch_id, day, file, row_count, byte_count, content, tail_offset, tail, ts_min, ts_max)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        batch, day.number, file, rowCount, byteCount, content, tailOffset, tail, timestamps.lowerBound,
        timestamps.upperBound,
      ])
  }
}

extension SourceRecord {
  init(_ row: Row) {
    self.init(
      dataset: row["dataset"], path: row["path"],
      content: ContentHash(row["content"] as String) ?? ContentHash(high: 0, low: 0), byteCount: row["byte_count"],
      head: ContentHash(row["head"] as String) ?? ContentHash(high: 0, low: 0),
      consumedByteCount: row["consumed_byte_count"], lineCount: row["line_count"])
  }

  func insert(_ db: Database, batch: Int) throws {
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO source (batch_id, dataset, path, content, byte_count, head, consumed_byte_count, line_count)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        batch, dataset, path, content.description, byteCount, head.description, consumedByteCount, lineCount,
      ])
  }

  /// What a segment's footer says of the source.
  var json: String {
    "{\"dataset\":\(jsonText(dataset)),\"path\":\(jsonText(path)),\"content\":\"\(content)\",\"bytes\":\(byteCount),"
      + "\"head\":\"\(head)\",\"consumed\":\(consumedByteCount),\"lines\":\(lineCount)}"
  }
}

extension DuplicateCheck.Committed {
  func write(_ db: Database, arrival: Timestamp) throws {
    try db.execute(
      sql: """
        INSERT INTO duplicate_day (day, record_count, byte_count, written_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (day) DO UPDATE SET record_count = excluded.record_count, byte_count = excluded.byte_count,
        written_at = excluded.written_at
        """, arguments: [day, recordCount, byteCount, arrival.microseconds])
  }
}
