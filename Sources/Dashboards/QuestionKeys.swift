internal import Aggregation
internal import Events
internal import Segments

extension ActivityQuestion {
  static let keys = ["granularity", "by", "trailing", "where"]

  /// Reads the keys under `activity:`.
  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["granularity"] { granularity = try value.granularity() }
    if let value = keys["trailing"] { trailing = try value.int(in: 1...3650) }
    if let value = keys["where"] { filter = try value.filter(schema) }
    by =
      try keys["by"]?.list().map { element in
        let name = try element.string()
        guard name == "event" || name.hasPrefix("member.") || schema.dimensions.contains(name) else {
          let known = ["event"] + schema.dimensions
          throw element.error("'\(name)' is not a dimension", hint: "Known: \(known.joined(separator: ", ")).")
        }
        return name
      } ?? []
    if trailing != nil, granularity != .day {
      throw yaml.error("'trailing' counts by day", hint: "Leave out 'granularity'.")
    }
  }
}

extension RetentionQuestion {
  static let keys = ["cohort", "periods", "where"]

  /// Reads the keys under `retention:`.
  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["cohort"] { cohort = try value.granularity() }
    if let value = keys["periods"] { periods = try value.int(in: 0...RetentionQuestion.periodMax) }
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}

extension YAMLValue {
  fileprivate func granularity() throws -> Granularity {
    guard let known = Granularity(rawValue: try string()) else {
      throw error("'\(try string())' is not an interval", hint: "Write day, week or month.")
    }
    return known
  }

  fileprivate func filter(_ schema: EventSchema) throws -> Filter {
    do { return try Filter(try string(), dimensions: schema.dimensions) } catch let error as AggregationError {
      throw self.error(error.description)
    }
  }
}
