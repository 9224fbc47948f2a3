internal import Events
internal import Segments

/// The SQL of a funnel: for each step a table of paths so far, then the best path of each member.
///
/// In order, the earliest event that can follow is joined; in strict order each event that can; in any order the
/// earliest of each step that is left. Instants are microseconds, and events of one instant are one row with their
/// number, so that a path takes no more of them than there are.
struct FunnelSQL {
  let question: FunnelQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var dialect: SQLDialect { source.dialect }
  private var count: Int { question.steps.count }
  private var window: Int64 { question.windowSeconds * 1_000_000 }
  private var isUnordered: Bool { question.order == .any }
  private var held: [String] { question.hold == nil ? [] : ["held"] }
  private var groups: [String] { question.by.indices.map { "g\($0 + 1)" } }
  private func instants(_ last: Int) -> [String] { (1...last).map { "t\($0)" } }

  var text: String {
    let parts =
      [source.tables(naming: question.eventNames), places, events, first] + (2...count).map(path)
      + [grouped, chosen, counted, figures]
    let by = zip(groups, question.by).map { "\($0) AS \(dialect.identifier($1)), " }.joined()
    let within = groups.isEmpty ? "" : "PARTITION BY \(groups.joined(separator: ", ")) "
    return """
      WITH \(parts.filter { !$0.isEmpty }.joined(separator: ",\n"))
      SELECT \(by)step, event, members,
        CAST(members AS DOUBLE) / nullif(first_value(members) OVER (\(within)ORDER BY step), 0) AS from_start,
        CAST(members AS DOUBLE) / nullif(lag(members) OVER (\(within)ORDER BY step), 0) AS from_previous,
        median_seconds, p90_seconds
      FROM figures
      ORDER BY \((groups.map { "\($0) NULLS LAST" } + ["step"]).joined(separator: ", "))

      """
  }

  /// The number of each instant of a member, for strict order.
  private var places: String {
    guard question.order == .strict else { return "" }
    return """
      places AS (
        SELECT member, t, row_number() OVER (PARTITION BY member ORDER BY t) AS place
        FROM (SELECT DISTINCT member, \(dialect.microseconds("ts")) AS t FROM qualifying) i
      )
      """
  }

  /// Events of the steps, and those that exclude.
  private var events: String {
    let held = question.hold.flatMap { try? HeldColumn($0, dimensions: resolved.store.settings.schema.dimensions) }
    let hold = held.map { ", \($0.sql(dialect)) AS held" } ?? ""
    let by = zip(groups, question.by).map { ", \(dialect.identifier($1)) AS \($0)" }.joined()
    let place = question.order == .strict ? ", p.place" : ""
    let join = place.isEmpty ? "" : " JOIN places p ON p.member = r.member AND p.t = r.t"
    return """
      plain AS (
        SELECT member, event AS name, \(dialect.microseconds("ts")) AS t\(hold)\(by)
        FROM qualifying WHERE event IN (\(source.list(question.eventNames)))
      ),
      events AS (
        SELECT r.member, r.name, r.t\(columns(self.held, of: "r"))\(place), count(*) AS n
        FROM plain r\(join) GROUP BY r.member, r.name, r.t\(columns(self.held, of: "r"))\(place)
      )
      """
  }

  /// Paths of one event: n1 is its name; in any order `mask` has a bit for each step that is taken.
  private var first: String {
    let start = resolved.zone.start(of: days.lowerBound).microseconds
    let end = resolved.zone.start(of: days.upperBound + 1).microseconds
    let steps = isUnordered ? " JOIN steps s ON s.name = e.name" : ""
    let isStep = isUnordered ? "" : "e.name = \(dialect.literal(question.steps[0])) AND "
    let isHeld = held.isEmpty ? "" : " AND e.held IS NOT NULL"
    let table = """
      entries AS (
        SELECT DISTINCT e.member, e.t AS t1, e.name AS n1\(columns(held, of: "e"))\(isUnordered ? ", s.bit AS mask" : "")
          \(question.order == .strict ? ", e.place AS p1" : "")
        FROM events e\(steps) WHERE \(isStep)e.t >= \(start) AND e.t < \(end)\(isHeld)
      )
      """
    let firsts =
      question.entry == .first
      ? "SELECT e.* FROM entries e JOIN (SELECT member, min(t1) AS t FROM entries GROUP BY member) f "
        + "ON f.member = e.member AND f.t = e.t1" : "SELECT * FROM entries"
    let numbered = isUnordered ? stepTable + ",\n" : ""
    return "\(numbered)\(table),\npath1 AS (\(firsts))"
  }

  private var stepTable: String {
    let rows = question.steps.enumerated().map { [dialect.literal($1), String(1 << $0)] }
    return source.literalTable("steps", ["name", "bit"], rows)
  }

  /// Paths of `step` events, or fewer where none can follow.
  private func path(_ step: Int) -> String {
    let before = step - 1
    let kept = ["member"] + instants(before) + (1...before).map { "n\($0)" } + held
    let keptOfPath = kept.map { "p.\($0)" }.joined(separator: ", ")
    // How many of the events of an instant the path has used.
    let used = (1...before).map { "CASE WHEN p.t\($0) = e.t AND p.n\($0) = e.name THEN 1 ELSE 0 END" }
    let follows =
      question.ties == .either
      ? "(e.t > p.t\(before) OR e.t = p.t\(before) AND e.n > \(used.joined(separator: " + ")))"
      : "e.t > p.t\(before)"
    var conditions = ["e.member = p.member", follows, "e.t < p.t1 + \(window)"]
    if !held.isEmpty { conditions.append("e.held = p.held") }
    if !isUnordered { conditions.append("e.name = \(dialect.literal(question.steps[step - 1]))") }
    switch question.order {
    case .ordered:
      return """
        path\(step) AS (
          SELECT \(keptOfPath), min(e.t) AS t\(step), min(e.name) AS n\(step)
          FROM path\(before) p LEFT JOIN events e ON \(conditions.joined(separator: " AND "))
          GROUP BY \(keptOfPath)
        )
        """
    case .strict:
      conditions.append("e.place <= p.p\(before) + 1")
      return """
        path\(step) AS (
          SELECT p.*, e.t AS t\(step), e.name AS n\(step), e.place AS p\(step)
          FROM path\(before) p LEFT JOIN events e ON \(conditions.joined(separator: " AND "))
        )
        """
    case .any:
      conditions.append("(p.mask & e.bit) = 0")
      return """
        path\(step) AS (
          SELECT \(keptOfPath), p.mask | coalesce(e.bit, 0) AS mask, min(e.t) AS t\(step), min(e.name) AS n\(step)
          FROM path\(before) p LEFT JOIN (SELECT v.*, s.bit FROM events v JOIN steps s ON s.name = v.name) e
            ON \(conditions.joined(separator: " AND "))
          GROUP BY \(keptOfPath), p.mask, e.bit
        )
        """
    }
  }

  private var depth: String {
    instants(count).map { "CASE WHEN \($0) IS NULL THEN 0 ELSE 1 END" }.joined(separator: " + ")
  }

  /// Paths with the values of their first or last event; of events that are alike in all else, the least.
  private var grouped: String {
    if groups.isEmpty { return "" }
    let list = groups.joined(separator: ", ")
    let order = groups.map { "\($0) NULLS LAST" }.joined(separator: ", ")
    let isSteps = isUnordered ? " WHERE name IN (\(source.list(question.steps)))" : ""
    let key = ["member", "t"] + (isUnordered ? [] : ["name"]) + held
    let isFirst = question.attribution == .first
    let instant = isFirst ? "p.t1" : "coalesce(\((1...count).reversed().map { "p.t\($0)" }.joined(separator: ", ")))"
    let name = isFirst ? "p.n1" : "coalesce(\((1...count).reversed().map { "p.n\($0)" }.joined(separator: ", ")))"
    let isName = isUnordered ? "" : " AND g.name = \(name)"
    let isHeld = held.isEmpty ? "" : " AND g.held = p.held"
    return """
      grouping_rows AS (
        SELECT \(key.joined(separator: ", ")), \(list),
          row_number() OVER (PARTITION BY \(key.joined(separator: ", ")) ORDER BY \(order)) AS nth
        FROM plain\(isSteps)
      ),
      grouped AS (
        SELECT p.*\(columns(groups, of: "g"))
        FROM path\(count) p JOIN grouping_rows g
          ON g.nth = 1 AND g.member = p.member AND g.t = \(instant)\(isName)\(isHeld)
      )
      """
  }

  /// The best path of each member.
  private var chosen: String {
    let order = (instants(count) + groups).map { "\($0) NULLS LAST" }.joined(separator: ", ")
    return """
      ranked AS (
        SELECT member, \((instants(count) + groups).joined(separator: ", ")), \(depth) AS depth,
          row_number() OVER (PARTITION BY member ORDER BY \(depth) DESC, \(order)) AS nth
        FROM \(groups.isEmpty ? "path\(count)" : "grouped")
      )
      """
  }

  /// Members whose window is open or who did what excludes are out.
  private var counted: String {
    var conditions = ["c.nth = 1"]
    if question.openWindows == .leaveOut {
      conditions.append("c.t1 + \(window) <= \(resolved.asOf.microseconds)")
    }
    if !question.exclude.isEmpty {
      conditions.append(
        """
        NOT EXISTS (
            SELECT 1 FROM events x
            WHERE x.member = c.member AND x.name IN (\(source.list(question.exclude))) AND x.t > c.t1
              AND x.t < coalesce(c.t\(count), c.t1 + \(window))
          )
        """)
    }
    return "counted AS (\n  SELECT c.* FROM ranked c\n  WHERE \(conditions.joined(separator: "\n    AND "))\n)"
  }

  private var figures: String {
    let by = groups.isEmpty ? "" : groups.joined(separator: ", ") + ", "
    let grouping = groups.isEmpty ? "" : " GROUP BY \(groups.joined(separator: ", "))"
    let rows = (1...count).map { step in
      let gap = "CASE WHEN depth >= \(step) THEN t\(step) - \(step == 1 ? "NULL" : "t\(step - 1)") END"
      func seconds(_ p: Double) -> String {
        step == 1 ? "CAST(NULL AS DOUBLE)" : "\(dialect.quantile(p, of: gap)) / 1e6"
      }
      let event =
        isUnordered
        ? "CAST(NULL AS \(dialect == .duckdb ? "VARCHAR" : "STRING"))" : dialect.literal(question.steps[step - 1])
      return """
          SELECT \(by)\(step) AS step, \(event) AS event, count(CASE WHEN depth >= \(step) THEN 1 END) AS members,
            \(seconds(0.5)) AS median_seconds, \(seconds(0.9)) AS p90_seconds
          FROM counted\(grouping)
        """
    }
    return "figures AS (\n\(rows.joined(separator: "\n  UNION ALL\n"))\n)"
  }

  private func columns(_ names: [String], of table: String) -> String {
    names.map { ", \(table).\($0)" }.joined()
  }
}
