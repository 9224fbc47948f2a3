internal import Events
internal import Segments

/// The SQL of members by lifecycle and value; where risk is asked for, that of what it is reckoned from.
struct MembersSQL {
  let question: MembersQuestion
  let resolved: ResolvedQuestion
  let day: CommunityDay
  let source: SourceSQL

  var text: String {
    if question.givesInputs || question.segments.contains(.risk) { return inputs }
    let words = question.segments.map(\.rawValue)
    let list = words.joined(separator: ", ")
    let hasValue = question.segments.contains(.value)
    let order = question.segments.map { segment in
      let whens = MembersRun.words(segment).enumerated().map { "WHEN '\($0.element)' THEN \($0.offset)" }
      return "CASE \(segment.rawValue) \(whens.joined(separator: " ")) ELSE 9 END"
    }
    return """
      WITH \(source.withPassiveEvents.tables),
      \(numbered),
      \(lifecycles),
      \(hasValue ? values + "," : "")
      told AS (
        SELECT l.member, l.lifecycle\(hasValue ? ", v.value" : "") FROM lifecycles l
        \(hasValue ? "LEFT JOIN bands v ON v.member = l.member" : "")
      )
      SELECT \(list), count(*) AS members, CAST(count(*) AS DOUBLE) / sum(count(*)) OVER () AS share
      FROM told GROUP BY \(list)
      ORDER BY \(order.joined(separator: ", "))

      """
  }

  private var inputs: String {
    let churn = ChurnSQL(resolved: resolved, days: day...day, source: source)
    let head =
      question.givesInputs ? "" : "-- Risk is fitted: these are the rows of --inputs, from which it comes.\n"
    return """
      \(head)WITH \(source.tables),
      \(churn.features([day + 1]))
      SELECT period, recency, recent, before, tenure, count(*) AS members
      FROM features GROUP BY period, recency, recent, before, tenure
      ORDER BY 1, 2, 3, 4, 5

      """
  }

  /// `active`: each active day of a member until the day, with its number.
  private var numbered: String {
    let data = resolved.dataDays ?? day...day
    let numbers = (data.lowerBound.number...max(data.upperBound.number, data.lowerBound.number)).map {
      ["DATE '\(CommunityDay($0))'", String($0)]
    }
    let passive = resolved.store.settings.schema.passiveEvents.sorted()
    return """
      \(source.literalTable("days", ["day", "number"], numbers)),
      active AS (
        SELECT DISTINCT q.member, d.number FROM qualifying q JOIN days d ON d.day = q.day
        WHERE NOT \(source.isAmong(passive, column: "q.event")) AND d.number <= \(day.number)
      ),
      firsts AS (
        SELECT q.member, min_by(d.number, q.ts) AS number FROM qualifying q JOIN days d ON d.day = q.day
        WHERE NOT \(source.isAmong(passive, column: "q.event")) GROUP BY q.member
      )
      """
  }

  private var lifecycles: String {
    let window = MembersQuestion.windowDays
    let now = "a.number > \(day.number - Int32(window))"
    let before = "a.number <= \(day.number - Int32(window)) AND a.number > \(day.number - 2 * Int32(window))"
    return """
      windows AS (
        SELECT f.member, f.number > \(day.number - Int32(window)) AS is_new,
          max(CASE WHEN \(now) THEN 1 ELSE 0 END) = 1 AS is_active,
          max(CASE WHEN \(before) THEN 1 ELSE 0 END) = 1 AS was_active
        FROM firsts f LEFT JOIN active a ON a.member = f.member
        WHERE f.number <= \(day.number) GROUP BY f.member, f.number
      ),
      lifecycles AS (
        SELECT member, CASE WHEN is_new THEN 'new' WHEN is_active AND was_active THEN 'returning'
          WHEN is_active THEN 'resurrected' WHEN was_active THEN 'dormant' ELSE 'lost' END AS lifecycle
        FROM windows
      )
      """
  }

  private var values: String {
    let settings = resolved.store.settings.community
    let first = day - (MembersQuestion.valueDays - 1)
    let weights = settings.valueWeights.list
    let names = ["last_day", "frequency", "contributions", "referrals"]
    let ranks = zip(names, weights).map { name, weight in
      "\(weight) * (2 * (rank() OVER (ORDER BY \(name)) - 1) + count(*) OVER (PARTITION BY \(name)))"
    }
    let whole = "(2 * n * \(weights.reduce(0, +)))"
    var links = FollowersQuestion()
    links.scope = question.scope
    let referral = ReferralSQL(question: links, resolved: resolved, days: first...day, source: source)
    return """
      \(referral.links),
      measures AS (
        SELECT a.member, max(a.number) AS last_day, count(*) AS frequency,
          min(coalesce(c.n, 0)) AS contributions, min(coalesce(r.n, 0)) AS referrals
        FROM active a LEFT JOIN (
          SELECT member, count(*) AS n FROM qualifying
          WHERE \(source.isAmong(settings.contributionEvents)) AND day BETWEEN DATE '\(first)' AND DATE '\(day)'
          GROUP BY member
        ) c ON c.member = a.member LEFT JOIN (
          SELECT inviter, count(*) AS n FROM links WHERE day BETWEEN DATE '\(first)' AND DATE '\(day)' GROUP BY inviter
        ) r ON r.inviter = a.member
        WHERE a.number >= \(first.number) GROUP BY a.member
      ),
      ranked AS (SELECT member, count(*) OVER () AS n, \(ranks.joined(separator: "\n      + ")) AS score FROM measures),
      bands AS (
        SELECT member, CASE WHEN 4 * score >= 3 * \(whole) THEN 'top' WHEN 4 * score >= 2 * \(whole) THEN 'upper'
          WHEN 4 * score >= \(whole) THEN 'lower' ELSE 'bottom' END AS value
        FROM ranked
      )
      """
  }
}
