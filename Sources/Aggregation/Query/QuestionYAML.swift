package import Events
package import Segments

extension YAMLValue {
  /// A length of time, in seconds: `30m`, `24h`, `7d`.
  package func duration() throws -> Int64 {
    guard let seconds = durationSeconds(try string()) else {
      throw error("'\(try string())' is not a length of time", hint: "Write 30m, 24h or 7d.")
    }
    return seconds
  }

  /// An interval: day, week or month.
  package func granularity() throws -> Granularity {
    guard let known = Granularity(rawValue: try string()) else {
      throw error("'\(try string())' is not an interval", hint: "Write day, week or month.")
    }
    return known
  }

  /// One of the words of `Choice`.
  package func choice<Choice: CaseIterable & RawRepresentable<String>>(
    of _: Choice.Type, _ what: String
  ) throws -> Choice {
    guard let known = Choice(rawValue: try string()) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("'\(try string())' is not \(what)", hint: "Known: \(words).")
    }
    return known
  }

  /// A condition on events.
  package func filter(_ schema: EventSchema) throws -> Filter {
    do { return try Filter(try string(), dimensions: schema.dimensions) } catch let error as AggregationError {
      throw self.error(error.description)
    }
  }

  /// A calendar day.
  package func day() throws -> CommunityDay {
    guard let day = CommunityDay(try string()) else {
      throw error("'\(try string())' is not a day", hint: "Write it like 2026-08-31.")
    }
    return day
  }

  /// Columns to break down by, besides `others`.
  package func breakdown(_ schema: EventSchema, others: [String] = ["event"]) throws -> [String] {
    try list().map { element in
      let name = try element.string()
      guard others.contains(name) || name.hasPrefix("member.") || schema.dimensions.contains(name) else {
        let known = others + schema.dimensions
        throw element.error("'\(name)' is not a dimension", hint: "Known: \(known.joined(separator: ", ")).")
      }
      return name
    }
  }
}
