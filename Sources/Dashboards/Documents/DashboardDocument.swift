package import Aggregation
package import Events
internal import Segments

/// A published dashboard: everything that the page draws, with no instant but as-of, so that the same records
/// give the same bytes.
package struct DashboardDocument: Sendable {
  package static let schema = "muster.dashboard/1"

  package var name: String
  package var title: String
  package var asOf: Timestamp
  package var timeZone: String
  /// k of k-anonymity that withheld cells follow.
  package var publishedCellMinimum: Int
  package var tiles: [Tile]
  /// The first community day that a tile rests on; nil where nobody said. Not part of the document.
  package var firstDay: CommunityDay?
  /// The last batch of the snapshot that it was made from. Not part of the document.
  package var batch = 0

  /// A tile with its answer, small cells withheld.
  package struct Tile: Sendable {
    package var description: TileDescription
    package var answer: Answer
    /// Cells withheld for privacy, as (row, column).
    package var suppressed: [SuppressedCell]
  }

  package init(
    name: String, title: String, asOf: Timestamp, timeZone: String, publishedCellMinimum: Int, tiles: [Tile]
  ) {
    self.name = name
    self.title = title
    self.asOf = asOf
    self.timeZone = timeZone
    self.publishedCellMinimum = publishedCellMinimum
    self.tiles = tiles
  }

  /// The document as JSON.
  package var json: String {
    """
    {"schema":"\(Self.schema)","name":\(jsonText(name)),"title":\(jsonText(title)),"as_of":"\(asOf)",\
    "time_zone":\(jsonText(timeZone)),"published_cell_minimum":\(publishedCellMinimum),\
    "tiles":[\(tiles.map(\.json).joined(separator: ","))]}
    """
  }
}

extension DashboardDocument.Tile {
  var json: String {
    let text = description.text.map { "\"description\":\(jsonText($0))," } ?? ""
    let cells = suppressed.map { "[\($0.row),\($0.column)]" }.joined(separator: ",")
    return """
      {"id":\(jsonText(description.id)),"title":\(jsonText(description.title)),\(text)\
      "chart":"\(description.chart.rawValue)","metric":"\(answer.metric)","definition":"\(answer.definition)",\
      "question":\(jsonText(description.question.commandLine)),\(description.tileQuestion.particulars)\
      "series":[\(description.series.map(jsonText).joined(separator: ","))],"columns":\(answer.columnsJSON),\
      "rows":\(answer.rowsJSON),"suppressed":[\(cells)],\
      "notes":[\(answer.notes.map(jsonText).joined(separator: ","))]}
      """
  }
}
