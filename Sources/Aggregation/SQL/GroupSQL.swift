internal import Events

/// What a breakdown adds to a statement about members: a member of a group is a unit of its own in `qualifying`, so
/// that whatever is said of members is said of members in a group.
///
/// ```
/// groups (grp, platform)      0 ios   1 web   2 –          those with events on the days asked for
/// qualifying.member           member · 1000000 + grp
/// ```
/// Without a breakdown it adds nothing.
struct GroupSQL {
  let by: [String]
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private static let factor = 1_000_000
  /// Attributes of members that the statement reads besides those of the breakdown.
  private var facts: String { source.facts.map { ", e.\(source.dialect.identifier($0))" }.joined() }
  private var names: [String] { by.map(source.dialect.identifier) }

  /// The tables of the source, and `groups`.
  var tables: String {
    if by.isEmpty { return source.tables }
    let list = names.joined(separator: ", ")
    let order = names.map { "\($0) NULLS LAST" }.joined(separator: ", ")
    let isSame = names.map { "g.\($0) IS NOT DISTINCT FROM e.\($0)" }.joined(separator: " AND ")
    return """
      \(source.tables(as: "events_of_all")),
      groups AS (
        SELECT row_number() OVER (ORDER BY \(order)) - 1 AS grp, \(list)
        FROM (
          SELECT DISTINCT \(list) FROM events_of_all
          WHERE day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)'
        )
      ),
      qualifying AS (
        SELECT CAST(e.member AS BIGINT) * \(Self.factor) + g.grp AS member, e.day, e.ts\(facts)
        FROM events_of_all e JOIN groups g ON \(isSame)
      )
      """
  }

  /// `, … AS grp` of a row that has a member; to be grouped by.
  func column(of member: String) -> String { by.isEmpty ? "" : ", \(member) % \(Self.factor) AS grp" }

  /// `, grp`
  var key: String { by.isEmpty ? "" : ", grp" }

  /// Every row once a group.
  var crossJoin: String { by.isEmpty ? "" : " CROSS JOIN groups g" }

  /// A join with figures of the same group.
  func isSame(in table: String) -> String { by.isEmpty ? "" : " AND \(table).grp = g.grp" }

  /// A join with rows that have a member.
  func isMember(_ member: String) -> String { by.isEmpty ? "" : " AND \(member) % \(Self.factor) = g.grp" }

  /// The groups of rows that have their number.
  func join(with table: String) -> String { by.isEmpty ? "" : " JOIN groups g ON g.grp = \(table).grp" }

  /// The number of the group, with a comma behind it.
  var numbers: String { by.isEmpty ? "" : "g.grp, " }

  /// The values of the group, each with a comma behind it.
  var values: String { names.map { "g.\($0), " }.joined() }

  /// An order by group within other things.
  var order: String { by.isEmpty ? "" : ", g.grp" }
}
