/// How long subjects lasted, by time: how many ended then, by cause, and how many were only seen until then.
/// Tables of disjoint subjects add.
package struct LifeTable: Sendable, Equatable {
  /// All subjects that left observation at one time.
  package struct Row: Sendable, Equatable {
    /// Since the subject's start, in any unit.
    package let time: Double
    /// Ends by cause.
    package let events: [Int]
    package let censored: Int

    /// - Precondition: time and counts are not negative.
    package init(time: Double, events: [Int], censored: Int) {
      precondition(time >= 0 && censored >= 0 && events.allSatisfy { $0 >= 0 }, "times and counts are not negative")
      self.time = time
      self.events = events
      self.censored = censored
    }

    /// Ends by any cause.
    package var eventCount: Int { events.reduce(0, +) }
  }

  /// Ascending by time, without repeats.
  package let rows: [Row]
  package let causes: Int

  /// Rows in any order; those of one time add.
  package init(causes: Int = 1, _ rows: some Sequence<Row>) {
    precondition(causes >= 1, "an end has a cause")
    self.causes = causes
    var merged: [Row] = []
    for row in rows.sorted(by: { $0.time < $1.time }) {
      precondition(row.events.count == causes, "each cause has a count")
      if let last = merged.last, last.time == row.time {
        merged[merged.count - 1] = Row(
          time: row.time, events: zip(last.events, row.events).map { $0 + $1 }, censored: last.censored + row.censored)
      } else {
        merged.append(row)
      }
    }
    self.rows = merged
  }

  /// One subject a duration, of one cause.
  package init(ended: some Sequence<Double>, censored: some Sequence<Double>) {
    self.init(
      ended.map { Row(time: $0, events: [1], censored: 0) } + censored.map { Row(time: $0, events: [0], censored: 1) })
  }

  /// The subjects of both.
  package static func + (a: LifeTable, b: LifeTable) -> LifeTable {
    precondition(a.causes == b.causes, "tables that add have the same causes")
    return LifeTable(causes: a.causes, a.rows + b.rows)
  }

  /// All that ended or were censored.
  package var subjects: Int { rows.reduce(0) { $0 + $1.eventCount + $1.censored } }

  /// Each row with the subjects still under observation just before it; at one time events come before censoring.
  var atRisk: [(row: Row, risk: Int)] {
    var risk = subjects
    return rows.map { row in
      defer { risk -= row.eventCount + row.censored }
      return (row, risk)
    }
  }
}
