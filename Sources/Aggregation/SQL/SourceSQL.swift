internal import Events

/// The common part of every statement: qualifying events of the files of one snapshot.
package struct SourceSQL {
  let dialect: SQLDialect
  let files: [(day: CommunityDay, path: String)]
  /// Further columns that the question needs.
  let columns: [String]
  /// Attributes of members, as `member.X`, and the file that holds them.
  var facts: [String] = []
  var factsFile: String?
  let passiveEvents: [String]
  let filter: Filter?
  let asOf: Timestamp
  /// Days of another zone than the store's; nil where the stored days serve.
  var foreignZone: TimeZoneRules?

  /// `segments AS (…), qualifying AS (…)`
  var tables: String { tables(naming: []) }

  /// The same, where events of `names` are in `qualifying` be they passive.
  func tables(naming names: [String] = [], as table: String = "qualifying") -> String {
    """
    \(foreignZone == nil ? "segments AS (\n\(segments)\n)" : foreignSegments),
    \(factTable)\(table) AS (
      SELECT * FROM segments\(factTable.isEmpty ? "" : " LEFT JOIN facts USING (member)")
      WHERE \(conditions(naming: names).joined(separator: "\n    AND "))
    )
    """
  }

  /// A condition on `event` that holds for activity of the member.
  var isActive: String {
    passiveEvents.isEmpty ? "TRUE" : "event NOT IN (\(list(passiveEvents)))"
  }

  /// Text literals with commas.
  func list(_ texts: [String]) -> String { texts.map(dialect.literal).joined(separator: ", ") }

  /// Every event before as-of, whatever the filter of the question.
  func allEvents(as table: String) -> String { "\(table) AS (SELECT * FROM segments WHERE \(isBeforeAsOf))" }

  private var isBeforeAsOf: String { "ts < \(dialect == .duckdb ? "TIMESTAMPTZ" : "TIMESTAMP") '\(asOf)'" }

  private func conditions(naming names: [String]) -> [String] {
    var conditions = [isBeforeAsOf]
    if !passiveEvents.isEmpty {
      conditions.append(names.isEmpty ? isActive : "(\(isActive) OR event IN (\(list(names))))")
    }
    if let filter { conditions.append("(\(filter.sql(dialect)))") }
    return conditions
  }

  private var segments: String {
    let names = (["event", "member", "ts"] + columns).map(dialect.identifier).joined(separator: ", ")
    switch dialect {
    case .duckdb:
      let list = files.map { "    " + dialect.literal($0.path) }.joined(separator: ",\n")
      return """
          SELECT day, \(names)
          FROM read_parquet([
        \(list)
          ], hive_partitioning = true, hive_types = {'day': DATE}, union_by_name = true)
        """
    case .spark:
      // One relation of all files: a union of one each takes Spark far longer to plan.
      return """
          SELECT CAST(regexp_extract(_metadata.file_path, '/day=([0-9-]+)/[^/]*$', 1) AS DATE) AS day, \(names)
          FROM parquet.\(dialect.identifier(Self.pattern(of: files.map(\.path))))
        """
    }
  }

  /// A pattern of Hadoop that matches these paths and no others: `/folder/{a,b}`.
  private static func pattern(of paths: [String]) -> String {
    let special: Set<Character> = ["{", "}", "[", "]", "*", "?", ",", "\\"]
    func plain(_ text: some StringProtocol) -> String {
      text.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
    let shared = paths.dropFirst().reduce(paths.first ?? "") { shared, path in
      String(zip(shared, path).prefix { $0 == $1 }.map(\.0))
    }
    let folder = shared.prefix(through: shared.lastIndex(of: "/") ?? shared.startIndex)
    return plain(folder) + "{" + paths.map { plain($0.dropFirst(folder.count)) }.joined(separator: ",") + "}"
  }

  /// The segments with days of the foreign zone instead of the stored ones.
  private var foreignSegments: String {
    guard let zone = foreignZone else { return "" }
    let names = (["event", "member", "ts"] + columns).map(dialect.identifier).joined(separator: ", ")
    return """
      stored AS (
      \(segments)
      ),
      \(offsetTable("offsets", [zone])),
      segments AS (
        SELECT \(localDay) AS day, \(names)
        FROM stored JOIN offsets ON \(isWithinOffset)
      )
      """
  }

  /// `name (zone, begins, ends, shift) AS (VALUES …)`: from which to which microsecond a zone has which offset. Engines
  /// disagree about the rules of some zones, so those of this machine are written out.
  func offsetTable(_ name: String, _ zones: [TimeZoneRules]) -> String {
    let first = (files.map(\.day).min() ?? CommunityDay(0)) - 2
    let last = asOf.microseconds
    let rows = zones.flatMap { zone -> [[String]] in
      var rows: [[String]] = []
      var begin = Int64(first.number) * 86_400_000_000
      repeat {
        let (span, offset) = zone.constantSpan(around: Timestamp(microseconds: begin))
        rows.append([dialect.literal(zone.name), "\(begin)", "\(min(span.upperBound, max(last, begin)))", "\(offset)"])
        begin = span.upperBound
      } while begin < last
      return rows
    }
    return literalTable(name, ["zone", "begins", "ends", "shift"], rows)
  }

  /// Joins events with their offset.
  var isWithinOffset: String {
    let ts = dialect.microseconds("ts")
    return "\(ts) >= begins AND \(ts) < ends"
  }

  /// What a wall clock shows at an event joined with its offset, in microseconds.
  var localMicroseconds: String { "(\(dialect.microseconds("ts")) + shift)" }

  /// The day that it shows.
  var localDay: String { dialect.date(dialect.quotient(localMicroseconds, "86400000000")) }

  /// `name (columns) AS (VALUES …)`, split over lines.
  func literalTable(_ name: String, _ columns: [String], _ rows: [[String]]) -> String {
    let list = rows.map { "  (" + $0.joined(separator: ", ") + ")" }.joined(separator: ",\n")
    return "\(name) (\(columns.joined(separator: ", "))) AS (\n  VALUES\n\(list)\n)"
  }
}
