internal import Events

/// The SQL of stickiness and of its distribution.
struct StickinessSQL {
  let question: StickinessQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var group: GroupSQL { GroupSQL(by: question.by, days: days, source: source) }

  /// Rows of days.
  var ratio: String {
    let first = resolved.dataDays.map { $0.lowerBound + (question.window - 1) }
    let rows = (days.lowerBound.number...days.upperBound.number).map { number in
      let day = CommunityDay(number)
      return [
        "DATE '\(day)'", String(number), String(resolved.hasBegun(day)), String(resolved.hasEnded(before: day + 1)),
        String(first.map { day >= $0 } ?? false),
      ]
    }
    let scanned = (days.lowerBound.number - Int32(question.window) + 1...days.upperBound.number).map {
      ["DATE '\(CommunityDay($0))'", String($0)]
    }
    return """
      WITH \(group.tables),
      \(source.literalTable("numbers", ["day", "number"], scanned)),
      \(source.literalTable("periods", ["period", "number", "has_begun", "complete", "has_ratio"], rows)),
      active AS (SELECT DISTINCT q.member, n.number FROM qualifying q JOIN numbers n ON q.day = n.day),
      counts AS (
        SELECT p.number\(group.column(of: "a.member")),
          count(DISTINCT CASE WHEN a.number = p.number THEN a.member END) AS active,
          count(DISTINCT a.member) AS trailing
        FROM periods p JOIN active a ON a.number BETWEEN p.number - \(question.window - 1) AND p.number
        GROUP BY p.number\(group.key)
      )
      SELECT p.period, \(group.values)CASE WHEN p.has_begun THEN coalesce(c.active, 0) END AS active,
        CASE WHEN p.has_begun THEN coalesce(c.trailing, 0) END AS trailing,
        CASE WHEN p.has_begun AND p.has_ratio AND c.trailing > 0 THEN CAST(c.active AS DOUBLE) / c.trailing END AS ratio,
        p.complete
      FROM periods p\(group.crossJoin) LEFT JOIN counts c ON c.number = p.number\(group.isSame(in: "c"))
      ORDER BY p.period\(group.order)

      """
  }

  /// Rows of numbers of days.
  var distribution: String {
    let begun = (days.lowerBound.number...days.upperBound.number).count { resolved.hasBegun(CommunityDay($0)) }
    let numbers = begun > 0 ? (1...begun).map { [String($0)] } : [["0"]]
    return """
      WITH \(group.tables),
      \(source.literalTable("numbers", ["number"], numbers)),
      counts AS (
        SELECT member, count(DISTINCT day) AS day_count FROM qualifying
        WHERE day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)' GROUP BY member
      )
      SELECT \(group.values)n.number AS days, count(CASE WHEN c.day_count = n.number THEN 1 END) AS exactly,
        count(CASE WHEN c.day_count >= n.number THEN 1 END) AS at_least
      FROM numbers n\(group.crossJoin) LEFT JOIN counts c ON c.day_count >= n.number\(group.isMember("c.member"))
      WHERE n.number > 0
      GROUP BY \(group.values)\(group.numbers)n.number ORDER BY \(group.numbers)n.number

      """
  }
}
