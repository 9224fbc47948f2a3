internal import Aggregation
internal import Segments
internal import Events

/// A question that a tile can ask: the key that it stands under, how its own keys are read, how its answer is drawn and
/// what of it is withheld.
protocol TileQuestion: Question {
  /// Reads the keys under its own key, which is the metric.
  init(_ yaml: YAMLValue, schema: EventSchema) throws
  /// How the page draws the answer where the tile does not say.
  var chart: TileDescription.Chart { get }
  /// Whether its rows are of one interval each, which lines and columns can be drawn of.
  var hasPeriods: Bool { get }
  /// How small cells are withheld.
  var suppression: SuppressionRule { get }
  /// What the page has to know besides the answer: members of the tile's JSON object, each with a comma behind it.
  var particulars: String { get }
  /// Its answer, as of an instant.
  func answer(_ engine: Engine, asOf: Timestamp) throws -> Answer
}

extension TileQuestion {
  var hasPeriods: Bool { chart == .line || chart == .bars }

  /// Whether the page can draw its answer so.
  func canBeDrawn(as chart: TileDescription.Chart) -> Bool {
    switch chart {
    case .line, .bars, .number: hasPeriods
    case .retention, .experiment: chart == self.chart
    case .table: true
    }
  }

  var particulars: String { "" }
  func answer(_ engine: Engine, asOf: Timestamp) throws -> Answer { try engine.answer(self, asOf: asOf) }
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
