internal import Events

/// The SQL of activity and of its trailing form.
struct ActivitySQL {
  let question: ActivityQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var groups: [String] { question.by.map(source.dialect.identifier) }

  /// Rows of intervals.
  var periods: String {
    if question.by.isEmpty { return whole }
    let names = groups.joined(separator: ", ")
    let qualified = groups.map { "q.\($0)" }.joined(separator: ", ")
    let order = groups.map { "\($0) NULLS LAST" }.joined(separator: ", ")
    return """
      WITH \(source.tables),
      \(dayTable),
      \(periodTable)
      SELECT p.period, \(names), a.events, a.active_members, p.complete
      FROM periods p JOIN (
        SELECT d.period, \(qualified), count(*) AS events, count(DISTINCT q.member) AS active_members
        FROM qualifying q JOIN days d ON q.day = d.day
        GROUP BY d.period, \(qualified)
      ) a ON a.period = p.period
      ORDER BY p.period, \(order)

      """
  }

  private var whole: String {
    let countsNew = question.filter == nil
    let newColumn = countsNew ? "\n  CASE WHEN p.has_begun THEN coalesce(n.new_members, 0) END AS new_members," : ""
    let newJoin = """
      LEFT JOIN (
        SELECT d.period, count(*) AS new_members
        FROM (SELECT member, min_by(day, ts) AS day FROM qualifying GROUP BY member) f JOIN days d ON f.day = d.day
        GROUP BY d.period
      ) n ON n.period = p.period

      """
    return """
      WITH \(source.tables),
      \(dayTable),
      \(periodTable)
      SELECT p.period,
        CASE WHEN p.has_begun THEN coalesce(a.events, 0) END AS events,
        CASE WHEN p.has_begun THEN coalesce(a.active_members, 0) END AS active_members,\(newColumn)
        p.complete
      FROM periods p
      LEFT JOIN (
        SELECT d.period, count(*) AS events, count(DISTINCT q.member) AS active_members
        FROM qualifying q JOIN days d ON q.day = d.day
        GROUP BY d.period
      ) a ON a.period = p.period
      \(countsNew ? newJoin : "")ORDER BY p.period

      """
  }

  /// Rows of days, each over the N days that end with it.
  var trailing: String {
    let groupList = groups.isEmpty ? "" : ", " + groups.joined(separator: ", ")
    let qualified = groups.map { ", q.\($0)" }.joined()
    let order = groups.map { ", \($0) NULLS LAST" }.joined()
    let count = "count(DISTINCT a.member)"
    let value = groups.isEmpty ? "CASE WHEN p.has_begun THEN \(count) END" : count
    return """
      WITH \(source.tables),
      \(source.literalTable("numbers", ["day", "number"], scannedDays.map { ["DATE '\($0)'", String($0.number)] })),
      \(source.literalTable("periods", ["period", "number", "has_begun", "complete"], askedDays)),
      active AS (
        SELECT DISTINCT q.member, n.number\(qualified) FROM qualifying q JOIN numbers n ON q.day = n.day
      )
      SELECT p.period\(groupList), \(value) AS active_members, p.complete
      FROM periods p \(groups.isEmpty ? "LEFT " : "")JOIN active a
        ON a.number BETWEEN p.number - \((question.trailing ?? 1) - 1) AND p.number
      \(groups.isEmpty ? "" : "WHERE p.has_begun\n")GROUP BY p.period, p.has_begun, p.complete\(groupList)
      ORDER BY p.period\(order)

      """
  }

  private var scannedDays: [CommunityDay] {
    let first = days.lowerBound - ((question.trailing ?? 1) - 1)
    return (first.number...days.upperBound.number).map { CommunityDay($0) }
  }

  private var askedDays: [[String]] {
    (days.lowerBound.number...days.upperBound.number).map { number in
      let day = CommunityDay(number)
      return [
        "DATE '\(day)'", String(number), String(resolved.hasBegun(day)), String(resolved.hasEnded(before: day + 1)),
      ]
    }
  }

  private var dayTable: String { source.dayTable(days, asked: days, question.granularity, resolved) }

  private var periodTable: String {
    let rows = resolved.periods(question.granularity).map { period in
      let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
      return ["DATE '\(period)'", String(resolved.hasBegun(period)), String(resolved.hasEnded(before: end))]
    }
    return source.literalTable("periods", ["period", "has_begun", "complete"], rows)
  }
}
