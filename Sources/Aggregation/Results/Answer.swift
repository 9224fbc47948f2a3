package import Events

/// One value of an answer.
package enum Cell: Sendable, Hashable {
  case null
  case int(Int)
  case float(Double)
  case text(String)
  case day(CommunityDay)
  case bool(Bool)

  /// `null` where there is no value.
  package static func ratio(_ numerator: Int, of denominator: Int) -> Cell {
    denominator == 0 ? .null : .float(Double(numerator) / Double(denominator))
  }
}

/// A column of an answer.
package struct AnswerColumn: Sendable, Equatable {
  /// The type of a column's values, as the JSON contract names it.
  package enum Kind: String, Sendable { case date, string, int, float, bool, instant }

  package var name: String
  package var kind: Kind

  package init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// What answering cost.
package struct AnswerStatistics: Sendable, Equatable {
  package var segmentsRead = 0
  package var rowsScanned = 0
  package var fromIndex = false
  /// Columns of segments that a scan read, and facts of members that it took.
  package var columnsRead: Set<String> = []
  package var elapsedMilliseconds = 0.0

  package init() {}

  /// Adds what another part of the work cost, its time left out.
  mutating func add(_ other: AnswerStatistics) {
    segmentsRead += other.segmentsRead
    rowsScanned += other.rowsScanned
    columnsRead.formUnion(other.columnsRead)
  }
}

/// An answer: what was asked, as of when, in which zone, and the rows in order.
///
/// The same records and the same `asOf` give the same answer, except for `statistics`.
package struct Answer: Sendable, Equatable {
  package var metric: String
  /// The stable id of the definition, such as `activity.active_members/1`.
  package var definition: String
  package var asOf: Timestamp
  package var timeZone: String
  package var columns: [AnswerColumn]
  package var rows: [[Cell]]
  package var notes: [String]
  package var statistics: AnswerStatistics

  package init(
    metric: String, definition: String, asOf: Timestamp, timeZone: String, columns: [AnswerColumn],
    rows: [[Cell]] = [], notes: [String] = [], statistics: AnswerStatistics = AnswerStatistics()
  ) {
    self.metric = metric
    self.definition = definition
    self.asOf = asOf
    self.timeZone = timeZone
    self.columns = columns
    self.rows = rows
    self.notes = notes
    self.statistics = statistics
  }
}
