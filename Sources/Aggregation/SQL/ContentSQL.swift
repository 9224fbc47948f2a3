internal import Events
internal import Segments

/// The SQL of the leaderboard, of the curve by age and of preferences.
struct ContentSQL {
  let question: ContentQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var dialect: SQLDialect { source.dialect }
  private var isByFollowers: Bool { question.denominator == .followers }
  private var view: String { dialect.literal(question.event) }
  private var reactions: [String] { question.reactions.map(dialect.literal) }

  /// Interactions with an item in the days asked for.
  private var items: String {
    """
    \(source.tables(naming: question.eventNames)),
    items AS (
      SELECT \(dialect.identifier(question.item)) AS item, member, event AS name, day
      FROM qualifying
      WHERE event IN (\(source.list(question.eventNames))) AND \(dialect.identifier(question.item)) IS NOT NULL
        AND day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)'
    )\(isByFollowers ? followers : "")
    """
  }

  /// Followers of the whole community at the start of each day, where they are known.
  private var followers: String {
    """
    ,
    \(source.dayTable(days, asked: days, .day, resolved)),
    \(source.allEvents(as: "everything")),
    \(source.followerTables(FollowersQuestion(), resolved, from: "everything")),
    followers AS (SELECT day, opening AS followers FROM openings WHERE opening >= 0)
    """
  }

  /// The leaderboard and what it rests on, without order.
  private var counted: String {
    let flags =
      (["viewed": view, "delivered": dialect.literal(question.delivery)] as KeyValuePairs).map {
        "max(CASE WHEN name = \($1) THEN 1 ELSE 0 END) AS \($0)"
      } + reactions.enumerated().map { "sum(CASE WHEN name = \($1) THEN 1 ELSE 0 END) AS n\($0)" }
    let isInBase =
      switch question.denominator {
      case .viewers: "viewed"
      case .delivered: "delivered"
      case .followers: "1"
      }
    let reactions = (0..<3).map {
      "sum(n\($0)) AS n\($0), sum(CASE WHEN n\($0) > 0 THEN \(isInBase) ELSE 0 END) AS r\($0)"
    }
    return """
      each AS (
        SELECT item, member, sum(CASE WHEN name = \(view) THEN 1 ELSE 0 END) AS views,
          min(CASE WHEN name = \(view) THEN day END) AS born,
          \(flags.joined(separator: ",\n    "))
        FROM items GROUP BY item, member
      ),
      counted AS (
        SELECT item, sum(views) AS views, sum(viewed) AS viewers, min(born) AS born,
          \(isByFollowers ? "" : "sum(\(isInBase)) AS base, ")\
          \(reactions.joined(separator: ",\n    "))
        FROM each GROUP BY item HAVING sum(viewed) > 0
      ),
      figures AS (
        SELECT *, \(low) AS low FROM \(isByFollowers ? Self.withFollowers : "counted")
      )
      """
  }

  private static let withFollowers =
    "(SELECT c.*, f.followers AS base FROM counted c LEFT JOIN followers f ON f.day = c.born) based"

  /// The lower end of the interval of the rate that the rank names, else of likes; of followers no more than there are.
  private var low: String {
    let successes = question.rank == .reachRate ? "viewers" : "r\(question.rank.reaction ?? 0)"
    return source.wilson(isByFollowers ? "least(\(successes), base)" : successes, of: "base", "-")
  }

  private var order: String {
    switch question.rank {
    case .viewers: "viewers DESC, item"
    case .views: "views DESC, viewers DESC, item"
    default: "coalesce(low, -1) DESC, viewers DESC, item"
    }
  }

  /// Rows of items.
  var leaderboard: String {
    let name = dialect.identifier(question.item)
    let rates = zip(0..<3, ["like_rate", "comment_rate", "share_rate"]).map {
      "CAST(r\($0) AS DOUBLE) / nullif(base, 0) AS \($1)"
    }
    return """
      WITH \(items),
      \(counted)
      SELECT item AS \(name), CAST(views AS BIGINT) AS views, CAST(viewers AS BIGINT) AS viewers,
        CAST(n0 AS BIGINT) AS likes, CAST(n1 AS BIGINT) AS comments, CAST(n2 AS BIGINT) AS shares,
        \(rates.joined(separator: ", ")), CAST(low AS DOUBLE) AS low\(reach(viewers: "viewers", of: "base"))
      FROM figures
      ORDER BY \(order)
      LIMIT \(question.top)

      """
  }

  /// The columns of followers, each with a comma before it.
  private func reach(viewers: String, of followers: String) -> String {
    isByFollowers
      ? ", CAST(\(followers) AS BIGINT) AS followers, \(source.ratio(viewers, of: followers)) AS reach_rate" : ""
  }

  /// Rows of items and their ages.
  var ages: String {
    let last = min(days.upperBound, resolved.dataDays?.upperBound ?? days.upperBound)
    let rows = (days.lowerBound.number...max(days.lowerBound, last).number).map { number in
      ["DATE '\(CommunityDay(number))'", String(number), String(resolved.hasEnded(before: CommunityDay(number) + 1))]
    }
    let sums = zip(["views", "likes", "comments", "shares"], [view] + reactions).map {
      "count(CASE WHEN i.name = \($1) THEN 1 END) AS \($0)"
    }
    let viewers = "count(DISTINCT CASE WHEN i.name = \(view) THEN i.member END)"
    return """
      WITH \(items),
      \(counted),
      shown AS (SELECT item, row_number() OVER (ORDER BY \(order)) AS place FROM figures),
      \(source.literalTable("calendar", ["day", "number", "complete"], rows)),
      births AS (
        SELECT i.item, min(c.number) AS born FROM items i JOIN calendar c ON c.day = i.day WHERE i.name = \(view)
        GROUP BY i.item
      )
      SELECT s.item AS \(dialect.identifier(question.item)), c.number - b.born AS age, \(sums[0]),
        \(viewers) AS viewers, \(sums[1...].joined(separator: ", "))\(reach(viewers: viewers, of: "f.followers")),
        c.complete
      FROM shown s JOIN births b ON b.item = s.item JOIN calendar c ON c.number >= b.born
      LEFT JOIN items i ON i.item = s.item AND i.day = c.day
      \(isByFollowers ? "LEFT JOIN followers f ON f.day = c.day" : "")
      WHERE s.place <= \(question.top)
      GROUP BY s.item, s.place, c.number, b.born, c.complete\(isByFollowers ? ", f.followers" : "")
      ORDER BY s.place, age

      """
  }

  /// Rows of segments and topics.
  var preferences: String {
    let topic = dialect.identifier(question.preference ?? "")
    let by = question.by.map { dialect.identifier($0) + ", " }.joined()
    let segment =
      question.by.isEmpty ? "" : "PARTITION BY \(question.by.map(dialect.identifier).joined(separator: ", "))"
    let order = (question.by.map { "\(dialect.identifier($0)) NULLS LAST" } + [topic]).joined(separator: ", ")
    return """
      WITH \(source.tables(naming: question.eventNames)),
      topics AS (
        SELECT \(by)\(topic), count(*) AS interactions, count(DISTINCT member) AS members
        FROM qualifying
        WHERE event IN (\(source.list(question.eventNames))) AND \(topic) IS NOT NULL
          AND day BETWEEN DATE '\(days.lowerBound)' AND DATE '\(days.upperBound)'
        GROUP BY \(by)\(topic)
      ),
      shares AS (
        SELECT *, CAST(interactions AS DOUBLE) / sum(interactions) OVER (\(segment)) AS share,
          CAST(sum(interactions) OVER (PARTITION BY \(topic)) AS DOUBLE) / sum(interactions) OVER () AS share_of_all
        FROM topics
      )
      SELECT \(by)\(topic), interactions, members, share, share_of_all, share / share_of_all AS lift
      FROM shares ORDER BY \(order)

      """
  }
}
