internal import Events

/// The SQL of what pushes did: a row a unit and outcome, then its sums by group.
struct PushSQL {
  let question: PushQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var dialect: SQLDialect { source.dialect }
  private var isGuarded: Bool { !question.guardrails.isEmpty }
  private var needsSessions: Bool { question.attribution != .direct && !isGuarded }
  private var groups: [String] { question.fatigue ? ["g1"] : question.by.indices.map { "g\($0 + 1)" } }
  var sendSpan: String {
    let start = resolved.zone.start(of: days.lowerBound).microseconds
    return "t >= \(start) AND t < \(resolved.zone.start(of: days.upperBound + 1).microseconds)"
  }
  private func literal(_ text: String) -> String { dialect.literal(text) }
  private var unplanned: String { question.triangle ? " AND event <> \(literal(question.planned))" : "" }

  /// Names and microseconds, by outcome; the first is the open where there are no guardrails.
  private var outcomes: [(name: String, window: Int64)] {
    let guardrails = isGuarded ? question.guardrails : question.triangle ? [] : [question.leave]
    return (isGuarded ? [] : [(question.open, question.windowSeconds * 1_000_000)])
      + guardrails.map { ($0.event, $0.windowSeconds * 1_000_000) }
  }

  var text: String {
    let parts =
      [source.tables(naming: question.eventNames), events] + (needsSessions ? [sessions] : [])
      + [units, latest] + outcomes.indices.map(each) + [figures(over: outcomes.indices.map { "each\($0)" }), sent]
    return "WITH \(parts.joined(separator: ",\n"))\n" + (isGuarded ? guardrails : opens)
  }

  /// The events that the question asks for; planned pushes are no activity.
  var events: String {
    let by = question.fatigue ? "" : zip(groups, question.by).map { ", \(dialect.identifier($1)) AS \($0)" }.joined()
    return """
      events AS (
        SELECT member, event AS name, \(dialect.microseconds("ts")) AS t, \(dialect.identifier(PushQuestion.pushColumn)) AS push,
          CASE WHEN \(source.isActive) AND event <> \(literal(question.send))\(unplanned) THEN 1 ELSE 0 END AS is_active\(by)
        FROM qualifying
      ),
      sends AS (SELECT * FROM events WHERE name = \(literal(question.send)) AND push IS NOT NULL)
      """
  }

  /// The instants at which sessions begin, and whether a tap is among their first events.
  var sessions: String {
    """
    instants AS (
      SELECT member, t, max(CASE WHEN name = \(literal(question.open)) THEN 1 ELSE 0 END) AS tap
      FROM events WHERE is_active = 1 GROUP BY member, t
    ),
    starts AS (
      SELECT member, t, tap
      FROM (SELECT *, t - lag(t) OVER (PARTITION BY member ORDER BY t) AS gap FROM instants) i
      WHERE gap IS NULL OR gap > \(PushQuestion.sessionGapSeconds * 1_000_000)
    )
    """
  }

  /// The first send of each push to each member, with its group and its window.
  var units: String {
    let order = ["t"] + (question.fatigue ? [] : groups.map { "\($0) NULLS LAST" })
    let window = question.windowSeconds * 1_000_000
    let list = question.fatigue ? "" : groups.map { ", f.\($0)" }.joined()
    var text = """
      firsts AS (
        SELECT *, row_number() OVER (PARTITION BY member, push ORDER BY \(order.joined(separator: ", "))) AS nth
        FROM sends WHERE \(sendSpan)
      )
      """
    let received = question.fatigue ? ", count(DISTINCT v.push) AS g1" : ""
    let before =
      question.fatigue
      ? " LEFT JOIN sends v ON v.member = f.member AND v.t < f.t AND v.t >= f.t - \(PushQuestion.fatigueSeconds * 1_000_000)"
      : ""
    let grouping = question.fatigue ? " GROUP BY f.member, f.push, f.t" : ""
    text += """
      ,
      grouped AS (
        SELECT f.member, f.push, f.t\(list)\(received) FROM firsts f\(before) WHERE f.nth = 1\(grouping)
      )
      """
    guard question.attribution == .braze, !isGuarded else {
      return text + ",\nunits AS (SELECT *, \(window) AS w FROM grouped)"
    }
    let half = dialect.quotient("(max(s.t) - min(s.t))", "(2 * (count(s.t) - 1))")
    let names = groups.map { ", g.\($0)" }.joined()
    return text + """
      ,
      units AS (
        SELECT g.member, g.push, g.t\(names),
          CASE WHEN count(s.t) < 2 THEN \(window) ELSE greatest(\(window), \(half)) END AS w
        FROM grouped g LEFT JOIN starts s ON s.member = g.member AND s.t < g.t
        GROUP BY g.member, g.push, g.t\(names)
      )
      """
  }

  /// When the windows of a push have closed for all.
  var latest: String {
    let isOwn = question.attribution == .braze && !isGuarded
    let ends = outcomes.indices.map { outcome in
      "max(t\(isOwn && outcome == 0 ? " + w" : "")) + \(isOwn && outcome == 0 ? 0 : outcomes[outcome].window) AS ends\(outcome)"
    }
    return "latest AS (SELECT push, \(ends.joined(separator: ", ")) FROM \(isOwn ? "units" : "firsts") GROUP BY push)"
  }

  /// Mature units and whether they had an outcome.
  func each(_ outcome: Int) -> String {
    let key = (["member", "push", "t", "w"] + groups).map { "u.\($0)" }.joined(separator: ", ")
    let list = (["member", "push"] + groups).map { "u.\($0)" }.joined(separator: ", ")
    let mature = "JOIN latest l ON l.push = u.push AND l.ends\(outcome) <= \(resolved.asOf.microseconds)"
    if outcome == 0, !isGuarded {
      switch question.attribution {
      case .direct: break
      case .window, .braze: return influenced(list, key, mature)
      case .baselineAdjusted: return beyondBaseline(list, key, mature)
      }
    }
    let isOpen = outcome == 0 && !isGuarded
    let end = isOpen ? "u.w" : String(outcomes[outcome].window)
    return """
      each\(outcome) AS (
        SELECT \(list), CASE WHEN count(e.t) > 0 THEN 1 ELSE 0 END AS x\(question.triangle ? ", min(e.t) AS s" : "")
        FROM units u \(mature)
        LEFT JOIN events e ON e.member = u.member AND e.name = \(literal(outcomes[outcome].name))
          AND e.t >= u.t AND e.t < u.t + \(end)\(isOpen ? " AND e.push = u.push" : "")
        GROUP BY \(key)
      )
      """
  }

  private func influenced(_ list: String, _ key: String, _ mature: String) -> String {
    let later = """
      LEFT JOIN sends v ON v.member = u.member AND v.push <> u.push AND v.t <= u.s
          AND (v.t > u.t OR v.t = u.t AND v.push < u.push)
      """
    let isLast = question.attribution == .window
    return """
      visited AS (
        SELECT \(key), min(CASE WHEN s.tap = 0 THEN s.t END) AS s
        FROM units u \(mature)
        LEFT JOIN starts s ON s.member = u.member AND s.t >= u.t AND s.t < u.t + u.w
        GROUP BY \(key)
      ),
      untapped AS (
        SELECT \(key), u.s, count(e.t) AS taps
        FROM visited u
        LEFT JOIN events e ON e.member = u.member AND e.name = \(literal(question.open)) AND e.push = u.push
          AND e.t >= u.t AND e.t < u.t + u.w
        GROUP BY \(key), u.s
      ),
      each0 AS (
        SELECT \(list), CASE WHEN u.taps = 0 AND u.s IS NOT NULL\(isLast ? " AND count(v.t) = 0" : "") THEN 1 ELSE 0 END AS x,
          u.s AS s
        FROM untapped u
        \(isLast ? later : "")
        GROUP BY \(key), u.s, u.taps
      )
      """
  }

  private func beyondBaseline(_ list: String, _ key: String, _ mature: String) -> String {
    let week: Int64 = 7 * 86400 * 1_000_000
    let backs = (1...PushQuestion.baselineWeekMax).map { [String($0)] }
    let first = (resolved.dataDays ?? days).lowerBound
    return """
      \(source.literalTable("backs", ["back"], backs)),
      spans AS (
        SELECT u.member, u.push, u.w, b.back, u.t - b.back * \(week) AS s
        FROM units u CROSS JOIN backs b
        WHERE u.t - b.back * \(week) >= \(resolved.zone.start(of: first).microseconds)
      ),
      free AS (
        SELECT p.member, p.push, p.w, p.s, row_number() OVER (PARTITION BY p.member, p.push ORDER BY p.back) AS nth
        FROM (
          SELECT p.member, p.push, p.w, p.back, p.s FROM spans p
          LEFT JOIN events v ON v.member = p.member AND v.name = \(literal(question.send)) AND v.t >= p.s AND v.t < p.s + p.w
          GROUP BY p.member, p.push, p.w, p.back, p.s HAVING count(v.t) = 0
        ) p
      ),
      usual AS (
        SELECT f.member, f.push, CAST(count(s.t) AS DOUBLE) / count(DISTINCT f.nth) AS mean
        FROM free f LEFT JOIN starts s ON s.member = f.member AND s.t >= f.s AND s.t < f.s + f.w
        WHERE f.nth <= \(PushQuestion.baselineWeekCount) GROUP BY f.member, f.push
      ),
      each0 AS (
        SELECT \(list), count(s.t) - b.mean AS x, CAST(NULL AS BIGINT) AS s
        FROM units u \(mature)
        JOIN usual b ON b.member = u.member AND b.push = u.push
        LEFT JOIN starts s ON s.member = u.member AND s.t >= u.t AND s.t < u.t + u.w
        GROUP BY \(key), b.mean
      )
      """
  }

  /// Sums by group and outcome, with the interval clustered by member.
  /// - Parameter tables: the units of each outcome.
  func figures(over tables: [String]) -> String {
    let by = groups.joined(separator: ", ")
    func same(_ a: String, _ b: String) -> String {
      (groups.map { "\(a).\($0) IS NOT DISTINCT FROM \(b).\($0)" } + ["\(a).outcome = \(b).outcome"]).joined(
        separator: " AND ")
    }
    let all = tables.enumerated().map { "SELECT \($0) AS outcome, member, \(by), x FROM \($1)" }
    let quantile = StudentQuantile.expansion.enumerated().reduce("\(WilsonInterval.z)") { text, term in
      "\(text) + \(term.element) / power(s.g - 1, \(term.offset + 1))"
    }
    return """
      members AS (
        SELECT outcome, \(by), member, count(*) AS n, sum(x) AS x
        FROM (\(all.joined(separator: " UNION ALL "))) a GROUP BY outcome, \(by), member
      ),
      sums AS (
        SELECT outcome, \(by), sum(n) AS n, sum(x) AS x, CAST(sum(x) AS DOUBLE) / sum(n) AS rate, count(*) AS g
        FROM members GROUP BY outcome, \(by)
      ),
      spread AS (
        SELECT m.outcome, \(groups.map { "m.\($0)" }.joined(separator: ", ")), CAST(count(*) AS DOUBLE) AS g,
          sqrt(CAST(count(*) AS DOUBLE) / (count(*) - 1) * sum((m.x - t.rate * m.n) * (m.x - t.rate * m.n))) / sum(m.n)
            AS error
        FROM members m JOIN sums t ON \(same("t", "m"))
        GROUP BY m.outcome, \(groups.map { "m.\($0)" }.joined(separator: ", "))
        HAVING count(*) >= \(ClusterSums.memberCountMin)
      ),
      figures AS (
        SELECT t.*, CASE WHEN t.rate > 0 AND t.rate < 1 THEN (\(quantile)) * s.error / (t.rate * (1 - t.rate)) END AS half,
          CASE WHEN t.rate > 0 AND t.rate < 1 THEN ln(t.rate / (1 - t.rate)) END AS logit
        FROM sums t LEFT JOIN spread s ON \(same("s", "t"))
      )
      """
  }

  private var sent: String {
    let by = groups.joined(separator: ", ")
    return "sent AS (SELECT \(by), count(*) AS sent FROM units GROUP BY \(by))"
  }

  private func join(_ alias: String, outcome: String) -> String {
    let same = groups.map { "\(alias).\($0) IS NOT DISTINCT FROM s.\($0)" } + ["\(alias).outcome = \(outcome)"]
    return "LEFT JOIN figures \(alias) ON \(same.joined(separator: " AND "))"
  }

  private var head: String {
    let names = question.fatigue ? ["received"] : question.by
    return zip(groups, names).map { "s.\($0) AS \(dialect.identifier($1)), " }.joined() + "s.sent"
  }

  private var order: String { groups.map { "s.\($0) NULLS LAST" }.joined(separator: ", ") }
  private func end(_ sign: String, _ alias: String) -> String { "1 / (1 + exp(\(sign)\(alias).half - \(alias).logit))" }

  private var opens: String {
    let isBaseline = question.attribution == .baselineAdjusted
    let opened =
      isBaseline ? "CAST(coalesce(o.x, 0) AS DOUBLE)" : "CAST(coalesce(o.x, 0) AS BIGINT)"
    let low = isBaseline ? "CAST(NULL AS DOUBLE)" : end("", "o")
    let high = isBaseline ? "CAST(NULL AS DOUBLE)" : end("-", "o")
    return """
      SELECT \(head), CAST(coalesce(o.n, 0) AS BIGINT) AS matured, \(opened) AS opened, o.rate AS open_rate,
        \(low) AS low, \(high) AS high, CAST(coalesce(l.n, 0) AS BIGINT) AS left_matured,
        CAST(coalesce(l.x, 0) AS BIGINT) AS \(dialect.identifier("left")), l.rate AS left_rate
      FROM sent s \(join("o", outcome: "0")) \(join("l", outcome: "1"))
      ORDER BY \(order)

      """
  }

  private var guardrails: String {
    let rows = question.guardrails.enumerated().map { [String($0), literal($1.event)] }
    let names = zip(groups, question.fatigue ? ["received"] : question.by).map {
      "s.\($0) AS \(dialect.identifier($1)), "
    }
    return """
      SELECT \(names.joined())r.name AS guardrail, s.sent, CAST(coalesce(o.n, 0) AS BIGINT) AS matured,
        CAST(coalesce(o.x, 0) AS BIGINT) AS affected, o.rate, \(end("", "o")) AS low, \(end("-", "o")) AS high
      FROM sent s CROSS JOIN (SELECT * FROM (VALUES \(rows.map { "(\($0.joined(separator: ", ")))" }.joined(separator: ", "))) v (nth, name)) r
      \(join("o", outcome: "r.nth"))
      ORDER BY \(order), r.nth

      """
  }
}
