internal import Events
internal import Segments

/// The SQL of what the risk of leaving is fitted on: weekly snapshots, members alike in their features together.
struct ChurnSQL {
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    let snapshots = ChurnInputs.snapshotDays(resolved, days)
    if snapshots.isEmpty {
      return "SELECT NULL AS period WHERE 1 = 0\n"
    }
    return """
      WITH \(source.tables),
      \(features(snapshots)),
      later AS (
        SELECT DISTINCT s.period, a.member FROM snapshots s JOIN active a
          ON a.number >= s.number AND a.number < s.number + \(ChurnInputs.labelDays)
      )
      SELECT f.period, f.recency, f.recent, f.before, f.tenure, count(*) AS members,
        \(source.sum("CASE WHEN l.member IS NULL THEN 1 ELSE 0 END")) AS churned
      FROM features f LEFT JOIN later l ON l.period = f.period AND l.member = f.member
      GROUP BY f.period, f.recency, f.recent, f.before, f.tenure
      ORDER BY 1, 2, 3, 4, 5

      """
  }

  /// `features (period, member, recency, recent, before, tenure)` at the starts of `snapshots`.
  func features(_ snapshots: [CommunityDay]) -> String {
    let data = resolved.dataDays ?? days
    let numbers = (data.lowerBound.number...data.upperBound.number).map {
      ["DATE '\(CommunityDay($0))'", String($0)]
    }
    let half = "a.number >= s.number - \(ChurnInputs.halfDays)"
    return """
      \(source.literalTable("days", ["day", "number"], numbers)),
      \(source.literalTable("snapshots", ["period", "number"], snapshots.map { ["DATE '\($0)'", String($0.number)] })),
      active AS (SELECT DISTINCT q.member, d.number FROM qualifying q JOIN days d ON d.day = q.day),
      firsts AS (
        SELECT q.member, min_by(d.number, q.ts) AS number FROM qualifying q JOIN days d ON d.day = q.day
        GROUP BY q.member
      ),
      features AS (
        SELECT s.period, a.member, s.number - max(a.number) AS recency,
          \(source.sum("CASE WHEN \(half) THEN 1 ELSE 0 END")) AS recent,
          \(source.sum("CASE WHEN \(half) THEN 0 ELSE 1 END")) AS before,
          s.number - min(f.number) AS tenure
        FROM snapshots s JOIN active a ON a.number >= s.number - \(ChurnInputs.windowDays) AND a.number < s.number
          JOIN firsts f ON f.member = a.member
        GROUP BY s.period, s.number, a.member
      )
      """
  }
}
