internal import Events
internal import Segments

/// Tables of joins and leaves, and of followers at the start of each day.
extension SourceSQL {
  /// `moves (day, joins, leaves)`, `known (has_joins, has_leaves)` and `openings (day, opening)` of `days`, from the
  /// events of `table`.
  func followerTables(_ question: FollowersQuestion, _ resolved: ResolvedQuestion, from table: String) -> String {
    let events = question.events(resolved.store.settings.community)
    return """
      moves AS (
        SELECT day, \(sum("CASE WHEN \(isAmong(events.join)) THEN 1 ELSE 0 END")) AS joins,
          \(sum("CASE WHEN \(isAmong(events.leave)) THEN 1 ELSE 0 END")) AS leaves
        FROM \(table) WHERE \(isAmong(events.join + events.leave)) GROUP BY day
      ),
      known AS (
        SELECT coalesce(sum(joins), 0) > 0 AS has_joins, coalesce(sum(leaves), 0) > 0 AS has_leaves FROM moves
      ),
      openings AS (
      \(openings(resolved.store.settings.community.followersOpening, resolved.snapshot.expiredBefore))
      )
      """
  }

  /// Followers at the start of each day that is `kept`, null without an anchor among those.
  private func openings(_ anchor: CommunitySettings.FollowersOpening?, _ kept: CommunityDay?) -> String {
    guard let anchor, kept.map({ anchor.date >= $0 }) ?? true else {
      return "  SELECT day, CAST(NULL AS BIGINT) AS opening FROM days"
    }
    let date = "DATE '\(anchor.date)'"
    let net = """
      CASE WHEN m.day >= \(date) AND m.day < d.day THEN m.joins - m.leaves
          WHEN m.day < \(date) AND m.day >= d.day THEN m.leaves - m.joins ELSE 0 END
      """
    return """
        SELECT d.day, CASE WHEN k.has_joins AND k.has_leaves\(kept.map { " AND d.day >= DATE '\($0)'" } ?? "")
          THEN \(anchor.count) + coalesce(\(sum(net)), 0) END AS opening
        FROM days d CROSS JOIN known k LEFT JOIN moves m ON TRUE GROUP BY d.day, k.has_joins, k.has_leaves
      """
  }
}
