internal import Aggregation
internal import Segments
internal import Events

/// A question that a tile can ask: the key that it stands under, how its own keys are read, how its answer is drawn and
/// what of it is withheld.
protocol TileQuestion: Question {
  /// Reads the keys under its own key, which is the metric.
  init(_ yaml: YAMLValue, schema: EventSchema) throws
  /// How the page draws the answer where the tile does not say.
  static var chart: TileDescription.Chart { get }
  /// How small cells are withheld.
  var suppression: SuppressionRule { get }
}

/// The questions that a tile can ask.
enum TileQuestions {
  static let kinds: [any TileQuestion.Type] = [
    ActivityQuestion.self, RetentionQuestion.self, LifecycleQuestion.self, StickinessQuestion.self,
    HoursQuestion.self, SessionsQuestion.self, FunnelQuestion.self, StatesQuestion.self, ContentQuestion.self,
    FollowersQuestion.self, PushQuestion.self, HealthQuestion.self, MembersQuestion.self,
  ]

  /// The keys that they stand under.
  static var keys: [String] { kinds.map { $0.metric } }

  /// The one question of a tile.
  static func question(_ keys: [String: YAMLValue], of tile: YAMLValue, schema: EventSchema) throws -> any TileQuestion
  {
    let asked = kinds.filter { keys[$0.metric] != nil }
    guard asked.count == 1, let kind = asked.first, let yaml = keys[kind.metric] else {
      let list = Self.keys.map { "'\($0)'" }.joined(separator: ", ")
      throw tile.error("a tile asks one question", hint: "Give it one of the keys \(list).")
    }
    return try kind.init(yaml, schema: schema)
  }
}

extension YAMLValue {
  /// An interval: day, week or month.
  func granularity() throws -> Granularity {
    guard let known = Granularity(rawValue: try string()) else {
      throw error("'\(try string())' is not an interval", hint: "Write day, week or month.")
    }
    return known
  }

  /// One of the words of `Choice`.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(of _: Choice.Type, _ what: String) throws -> Choice {
    guard let known = Choice(rawValue: try string()) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("'\(try string())' is not \(what)", hint: "Known: \(words).")
    }
    return known
  }

  /// A condition on events.
  func filter(_ schema: EventSchema) throws -> Filter {
    do { return try Filter(try string(), dimensions: schema.dimensions) } catch let error as AggregationError {
      throw self.error(error.description)
    }
  }

  /// Columns to break down by.
  func breakdown(_ schema: EventSchema) throws -> [String] {
    try list().map { element in
      let name = try element.string()
      guard name == "event" || name.hasPrefix("member.") || schema.dimensions.contains(name) else {
        let known = ["event"] + schema.dimensions
        throw element.error("'\(name)' is not a dimension", hint: "Known: \(known.joined(separator: ", ")).")
      }
      return name
    }
  }
}
