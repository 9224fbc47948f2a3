internal import Events
internal import Segments

/// The SQL of invites and of the joins that came of them.
struct ReferralSQL {
  let question: FollowersQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    let rows =
      switch question.view {
      case .growth, .referral: periods
      case .tree: tree
      case .inviters: inviters
      }
    return "WITH \(question.view == .tree ? "RECURSIVE " : "")\(source.withPassiveEvents.tables),\n\(links),\n\(rows)"
  }

  private var window: Int64 { FollowersQuestion.windowMicroseconds }

  /// `outcomes`: invites with what became of them; `links`: joins with their inviters.
  var links: String {
    let events = question.events(resolved.store.settings.community)
    let link = source.property(events.link)
    return """
      kept AS (
        SELECT member, day, \(source.dialect.microseconds("ts")) AS instant, \(source.isAmong(events.invite)) AS is_invite,
          \(link) AS link
        FROM qualifying WHERE \(source.isAmong(events.invite + events.join))
      ),
      invites AS (
        SELECT member, instant, link, min(day) AS day, count(*) AS n FROM kept WHERE is_invite GROUP BY member, instant, link
      ),
      joins AS (SELECT * FROM kept WHERE NOT is_invite),
      known AS (SELECT count(link) > 0 AS is_linked FROM joins),
      first_joins AS (
        SELECT j.member, j.instant, min(j.day) AS day, min(j.link) AS link
        FROM joins j JOIN (SELECT member, min(instant) AS instant FROM joins GROUP BY member) f
          ON f.member = j.member AND f.instant = j.instant
        GROUP BY j.member, j.instant
      ),
      candidates AS (
        SELECT j.member AS joiner, j.instant AS joined_at, j.day, j.link, i.instant, min(i.member) AS inviter,
          max(i.member) AS other
        FROM first_joins j JOIN invites i ON i.link = j.link AND i.member <> j.member
          AND i.instant <= j.instant AND j.instant < i.instant + \(window)
        GROUP BY j.member, j.instant, j.day, j.link, i.instant
      ),
      links AS (
        SELECT c.* FROM candidates c JOIN (SELECT joiner, max(instant) AS instant FROM candidates GROUP BY joiner) l
          ON l.joiner = c.joiner AND l.instant = c.instant
        WHERE c.inviter = c.other
      ),
      outcomes AS (
        SELECT i.member, i.day, i.n, i.instant + \(window) <= \(resolved.asOf.microseconds) AS is_mature,
          coalesce(c.joined, 0) AS joined, least(i.n, coalesce(c.joined, 0)) AS converted
        FROM invites i LEFT JOIN (
          SELECT inviter, instant, link, count(*) AS joined FROM links GROUP BY inviter, instant, link
        ) c ON c.inviter = i.member AND c.instant = i.instant AND c.link = i.link
        WHERE i.day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)'
      )
      """
  }

  private var inviters: String {
    """
    ranked AS (
      SELECT member, \(source.sum("n")) AS invites, \(source.sum("converted")) AS converted,
        \(source.sum("joined")) AS joined
      FROM outcomes WHERE is_mature GROUP BY member
    )
    SELECT row_number() OVER (ORDER BY r.converted DESC, r.joined DESC, r.invites DESC) AS rank, r.invites,
      CASE WHEN k.is_linked THEN r.converted END AS converted, CASE WHEN k.is_linked THEN r.joined END AS joined
    FROM ranked r CROSS JOIN known k ORDER BY rank LIMIT \(question.top)

    """
  }

  private var tree: String {
    """
    asked AS (
      SELECT joiner, inviter, joined_at FROM links
      WHERE day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)'
    ),
    depths AS (
      SELECT l.joiner, l.joined_at, 1 AS depth FROM asked l LEFT JOIN asked p
        ON p.joiner = l.inviter AND p.joined_at < l.joined_at
      WHERE p.joiner IS NULL
      UNION ALL
      SELECT l.joiner, l.joined_at, d.depth + 1 FROM asked l JOIN depths d
        ON d.joiner = l.inviter AND d.joined_at < l.joined_at
    )
    SELECT 0 AS depth, count(DISTINCT a.inviter) AS members FROM asked a LEFT JOIN asked p ON p.joiner = a.inviter
    WHERE p.joiner IS NULL HAVING count(DISTINCT a.inviter) > 0
    UNION ALL
    SELECT depth, count(*) AS members FROM depths GROUP BY depth
    ORDER BY depth

    """
  }

  private var periods: String {
    """
    \(periodTable),
    \(source.dayTable(days, asked: days, question.granularity, resolved)),
    lines AS (
      SELECT CAST(NULL AS DATE) AS period, \(sums) FROM outcomes
      UNION ALL
      SELECT d.period, \(sums) FROM days d LEFT JOIN outcomes o ON o.day = d.day GROUP BY d.period
    )
    SELECT p.period, \(begun("l.invites")) AS invites, \(begun("l.matured")) AS matured,
      \(begun("l.inviters")) AS inviters, \(linked("l.converted")) AS converted, \(linked("l.joined")) AS joined,
      \(begun(source.ratio("l.matured", of: "l.inviters"))) AS per_inviter,
      \(linked(source.ratio("l.converted", of: "l.matured"))) AS rate,
      \(linked(source.ratio("l.converted", of: "l.inviters"))) AS k, p.complete
    FROM periods p JOIN lines l ON l.period IS NOT DISTINCT FROM p.period CROSS JOIN known k
    ORDER BY p.period NULLS FIRST

    """
  }

  private func begun(_ value: String) -> String { "CASE WHEN p.has_begun THEN \(value) END" }
  private func linked(_ value: String) -> String { "CASE WHEN p.has_begun AND k.is_linked THEN \(value) END" }

  private var sums: String {
    func mature(_ column: String) -> String { "CASE WHEN is_mature THEN \(column) ELSE 0 END" }
    return """
      coalesce(\(source.sum("n")), 0) AS invites, coalesce(\(source.sum(mature("n"))), 0) AS matured,
        count(DISTINCT CASE WHEN is_mature THEN member END) AS inviters,
        coalesce(\(source.sum(mature("converted"))), 0) AS converted,
        coalesce(\(source.sum(mature("joined"))), 0) AS joined
      """
  }

  private var periodTable: String {
    func isMature(before day: CommunityDay) -> String {
      String(resolved.zone.start(of: day).microseconds + window <= resolved.asOf.microseconds)
    }
    let range = ["CAST(NULL AS DATE)", "true", isMature(before: days.upperBound + 1)]
    let rows = resolved.periods(question.granularity).map { period in
      let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
      return ["DATE '\(period)'", String(resolved.hasBegun(period)), isMature(before: end)]
    }
    return source.literalTable("periods", ["period", "has_begun", "complete"], [range] + rows)
  }
}
