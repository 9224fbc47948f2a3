internal import Events

internal import Segments

extension Cell {
  /// The value as JSON; dates are text.
  package var json: String {
    switch self {
    case .null: "null"
    case .int(let value): String(value)
    case .float(let value): value.isFinite ? String(describing: value) : "null"
    case .text(let value): jsonText(value)
    case .day(let value): "\"\(value)\""
    case .bool(let value): String(value)
    }
  }
}

extension Answer {
  /// One object: metric, definition, as_of, time_zone, columns, rows, notes, stats.
  package var json: String {
    """
    {"metric":\(jsonText(metric)),"definition":\(jsonText(definition)),"as_of":"\(asOf)",\
    "time_zone":\(jsonText(timeZone)),"columns":\(columnsJSON),"rows":\(rowsJSON),\
    "notes":[\(notes.map(jsonText).joined(separator: ","))],"stats":\(statistics.json)}
    """
  }

  /// `[{"name":"period","type":"date"},…]`
  package var columnsJSON: String {
    "[" + columns.map { "{\"name\":\(jsonText($0.name)),\"type\":\"\($0.kind.rawValue)\"}" }.joined(separator: ",")
      + "]"
  }

  /// `[[…],…]`
  package var rowsJSON: String {
    "[" + rows.map { "[" + $0.map(\.json).joined(separator: ",") + "]" }.joined(separator: ",") + "]"
  }
}

extension AnswerStatistics {
  var json: String {
    """
    {"segments_read":\(segmentsRead),"rows_scanned":\(rowsScanned),"from_index":\(fromIndex),\
    "elapsed_ms":\((elapsedMilliseconds * 1000).rounded() / 1000)}
    """
  }
}
