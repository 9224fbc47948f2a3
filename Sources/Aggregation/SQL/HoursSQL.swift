internal import Events

/// The SQL of hours of the week.
struct HoursSQL {
  let question: HoursQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  var source: SourceSQL
  /// Of members with a zone of their own; nil where the community's clock tells.
  let zones: MemberZones?

  init(
    question: HoursQuestion, resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL,
    zones: MemberZones?
  ) {
    (self.question, self.resolved, self.days, self.source, self.zones) = (question, resolved, days, source, zones)
    if let fact = zones?.factName, !source.facts.contains(fact) { self.source.facts.append(fact) }
  }

  private var group: GroupSQL { GroupSQL(by: question.by, days: days, source: source) }

  var text: String {
    let dialect = source.dialect
    let hours = (0..<168).map { [String($0)] }
    let hour = dialect.quotient(source.localMicroseconds, "3600000000")
    let own = dialect.literal(resolved.zone.name)
    let known = zones?.zones ?? []
    let zone =
      zones?.factName.map { fact in
        let fact = dialect.identifier(fact)
        return known.isEmpty
          ? own : "CASE WHEN \(fact) IN (\(source.list(known.map(\.name)))) THEN \(fact) ELSE \(own) END"
      } ?? own
    let clocks = [resolved.zone] + known.filter { $0.name != resolved.zone.name }
    return """
      WITH \(group.tables),
      \(source.offsetTable("clocks", clocks)),
      \(source.literalTable("slots", ["slot"], hours)),
      events AS (
        SELECT member, ts, \(zone) AS zone_name FROM qualifying
        WHERE day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)'
      ),
      local AS (
        SELECT member, (\(hour) + 72) % 168 AS slot FROM events JOIN clocks ON zone = zone_name AND \(source.isWithinOffset)
      )
      SELECT \(group.values)CAST(\(dialect.quotient("s.slot", "24")) + 1 AS BIGINT) AS weekday,
        CAST(s.slot % 24 AS BIGINT) AS hour,
        count(l.member) AS events, count(DISTINCT l.member) AS active_members
      FROM slots s\(group.crossJoin) LEFT JOIN local l ON l.slot = s.slot\(group.isMember("l.member"))
      GROUP BY \(group.values)\(group.numbers)s.slot ORDER BY \(group.numbers)s.slot

      """
  }
}
