internal import Aggregation
internal import Events
internal import Segments

extension RetentionQuestion: TileQuestion {
  static let keys = [
    "cohort", "periods", "mode", "brackets", "clock", "start", "return", "pool", "where", "start-where", "return-where",
  ]
  var chart: TileDescription.Chart { .retention }
  var suppression: SuppressionRule { .cohorts(canPool: pool == .pooled && !isRecurring) }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["cohort"] { cohort = try value.granularity() }
    if let value = keys["periods"] { periods = try value.int(in: 0...RetentionQuestion.periodMax) }
    if let value = keys["brackets"] {
      brackets = try value.list().map(Self.bracket)
      mode = .bracket
    }
    if let value = keys["mode"] { mode = try value.choice(of: Mode.self, "a mode of retention") }
    if let value = keys["clock"] { clock = try value.choice(of: Clock.self, "a clock") }
    if let value = keys["pool"] { pool = try value.choice(of: Pool.self, "a way to pool") }
    if let value = keys["start"] { start = Start(word: try value.string()) }
    if let value = keys["return"] { returns = try value.strings() }
    if let value = keys["where"] { filter = try value.filter(schema) }
    if let value = keys["start-where"] { startFilter = try value.filter(schema) }
    if let value = keys["return-where"] { returnFilter = try value.filter(schema) }
    if let problem { throw yaml.error(problem) }
  }

  private static func bracket(_ yaml: YAMLValue) throws -> ClosedRange<Int> {
    let ends = try yaml.string().split(separator: "-").map { Int($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
      throw yaml.error("'\(try yaml.string())' is no range of periods", hint: "Write [1-3, 4-7].")
    }
    return first...last
  }
}
