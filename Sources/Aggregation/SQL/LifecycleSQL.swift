internal import Events

/// The SQL of lifecycle.
struct LifecycleSQL {
  let question: LifecycleQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var group: GroupSQL { GroupSQL(by: question.by, days: days, source: source) }

  var text: String {
    let data = resolved.dataDays ?? days
    let read = min(data.lowerBound, days.lowerBound)...max(data.upperBound, days.upperBound)
    let count = resolved.periods(question.granularity).count
    return """
      WITH \(group.tables),
      \(source.dayTable(read, asked: days, question.granularity, resolved)),
      \(source.periodTable(count: count, asked: days, question.granularity, resolved)),
      history AS (SELECT \(historyPlace(data)) AS first_place),
      firsts AS (
        SELECT f.member, d.place AS first_place
        FROM (SELECT member, min_by(day, ts) AS day FROM qualifying GROUP BY member) f JOIN days d ON f.day = d.day
      ),
      active AS (
        SELECT q.member, d.place, max(CASE WHEN d.is_asked THEN 1 ELSE 0 END) AS is_asked
        FROM qualifying q JOIN days d ON q.day = d.day GROUP BY q.member, d.place
      ),
      present AS (
        SELECT a.place\(group.column(of: "a.member")), count(*) AS all_of_them,
          sum(CASE WHEN f.first_place >= a.place THEN 1 ELSE 0 END) AS new,
          sum(CASE WHEN f.first_place < a.place AND b.member IS NOT NULL THEN 1 ELSE 0 END) AS kept,
          sum(CASE WHEN f.first_place < a.place AND b.member IS NULL THEN 1 ELSE 0 END) AS resurrected,
          sum(CASE WHEN b.member IS NOT NULL THEN 1 ELSE 0 END) AS back
        FROM active a JOIN firsts f ON f.member = a.member
        LEFT JOIN active b ON b.member = a.member AND b.place = a.place - 1
        WHERE a.is_asked = 1 GROUP BY a.place\(group.key)
      ),
      earlier AS (
        SELECT place + 1 AS place\(group.column(of: "member")), count(*) AS members FROM active
        GROUP BY active.place\(group.key)
      ),
      figures AS (
        SELECT p.start, \(group.numbers)p.complete, p.has_begun AND p.place > h.first_place AS known,
          coalesce(a.new, 0) AS new, coalesce(a.kept, 0) AS kept, coalesce(a.resurrected, 0) AS resurrected,
          coalesce(e.members, 0) - coalesce(a.back, 0) AS dormant
        FROM periods p CROSS JOIN history h\(group.crossJoin)
        LEFT JOIN present a ON a.place = p.place\(group.isSame(in: "a"))
        LEFT JOIN earlier e ON e.place = p.place\(group.isSame(in: "e"))
      )
      SELECT start AS period, \(group.values)CAST(CASE WHEN known THEN new END AS BIGINT) AS new,
        CAST(CASE WHEN known THEN kept END AS BIGINT) AS \(source.dialect.identifier("returning")),
        CAST(CASE WHEN known THEN resurrected END AS BIGINT) AS resurrected,
        CAST(CASE WHEN known AND complete THEN dormant END AS BIGINT) AS dormant,
        CASE WHEN known AND complete AND dormant > 0 THEN CAST(new + resurrected AS DOUBLE) / dormant END AS pulse,
        complete
      FROM figures f\(group.join(with: "f")) ORDER BY period\(group.order)

      """
  }

  /// The place of the interval that holds the first day with data.
  private func historyPlace(_ data: ClosedRange<CommunityDay>) -> Int {
    let first = resolved.calendar.start(of: question.granularity, holding: days.lowerBound)
    let start = resolved.calendar.start(of: question.granularity, holding: data.lowerBound)
    return resolved.calendar.distance(from: first, to: start, question.granularity)
  }
}
