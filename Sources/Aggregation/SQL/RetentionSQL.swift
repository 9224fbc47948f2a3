internal import Events

/// The SQL of a retention triangle and its pooled line.
struct RetentionSQL {
  let question: RetentionQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var starts: [CommunityDay] { resolved.periods(question.cohort) }

  var text: String {
    return """
      WITH \(source.tables),
      \(dayTable),
      \(periodTable),
      \(source.literalTable("steps", ["period"], (0...question.lastPeriod).map { [String($0)] })),
      active AS (
        SELECT DISTINCT q.member, d.place FROM qualifying q JOIN days d ON q.day = d.day
      ),
      starts AS (
        SELECT f.member, d.place
        FROM (SELECT member, min_by(day, ts) AS day FROM qualifying GROUP BY member) f JOIN days d ON f.day = d.day
        WHERE d.is_asked
      ),
      sizes AS (SELECT place, count(*) AS size FROM starts GROUP BY place),
      returns AS (
        SELECT s.place, a.place - s.place AS period, count(*) AS returned
        FROM starts s JOIN active a ON a.member = s.member
        WHERE a.place >= s.place AND a.place <= s.place + \(question.lastPeriod)
        GROUP BY s.place, a.place - s.place
      ),
      cells AS (
        SELECT c.start AS cohort, z.size, k.period, e.complete,
          CASE WHEN e.has_begun THEN coalesce(r.returned, 0) END AS returned
        FROM sizes z
        JOIN periods c ON c.place = z.place
        CROSS JOIN steps k
        JOIN periods e ON e.place = z.place + k.period
        LEFT JOIN returns r ON r.place = z.place AND r.period = k.period
      ),
      pooled AS (
        SELECT k.period, sum(size) AS size, sum(returned) AS returned, count(c.size) > 0 AS complete
        FROM (SELECT DISTINCT period FROM cells) k
        LEFT JOIN cells c ON c.period = k.period AND c.complete
        GROUP BY k.period
      ),
      lines AS (
        SELECT CAST(NULL AS DATE) AS cohort, size, period, returned, complete FROM pooled
        UNION ALL
        SELECT cohort, size, period, returned, complete FROM cells
      )
      SELECT cohort, CAST(size AS BIGINT) AS size, period, CAST(returned AS BIGINT) AS returned, complete,
        CAST(returned AS DOUBLE) / size AS rate,
        CASE WHEN returned = 0 THEN 0 ELSE \(wilson("-")) END AS low,
        CASE WHEN returned = size THEN 1 ELSE \(wilson("+")) END AS high
      FROM lines
      ORDER BY cohort NULLS FIRST, period

      """
  }

  /// An end of Wilson's 95 % interval of returned / size.
  private func wilson(_ sign: String) -> String {
    let z = WilsonInterval.z
    let p = "(CAST(returned AS DOUBLE) / size)"
    return """
      (\(p) + \(z * z) / (2 * size) \(sign) \(z) * sqrt(\(p) * (1 - \(p)) / size \
      + \(z * z) / (4.0 * size * size))) / (1 + \(z * z) / size)
      """
  }

  /// Data days with the place of their interval, 0 being that of the first cohort, and whether cohorts start in them.
  private var dayTable: String {
    let data = resolved.dataDays ?? days
    let first = resolved.calendar.start(of: question.cohort, holding: days.lowerBound)
    let rows = (data.lowerBound.number...data.upperBound.number).map { number in
      let day = CommunityDay(number)
      let start = resolved.calendar.start(of: question.cohort, holding: day)
      let place = resolved.calendar.distance(from: first, to: start, question.cohort)
      return ["DATE '\(day)'", String(place), String(days.contains(day))]
    }
    return source.literalTable("days", ["day", "place", "is_asked"], rows)
  }

  private var periodTable: String {
    let first = resolved.calendar.start(of: question.cohort, holding: days.lowerBound)
    let rows = (0..<starts.count + question.lastPeriod).map { place in
      let start = resolved.calendar.start(first, advancedBy: place, question.cohort)
      let end = resolved.calendar.start(start, advancedBy: 1, question.cohort)
      return [
        String(place), "DATE '\(start)'", String(resolved.hasBegun(start)), String(resolved.hasEnded(before: end)),
      ]
    }
    return source.literalTable("periods", ["place", "start", "has_begun", "complete"], rows)
  }
}
