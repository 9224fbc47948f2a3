internal import Aggregation
internal import Events
internal import Experiments
internal import Segments

extension ExperimentDescription {
  private static let outcomeKeys = [
    "event", "count", "sum", "days", "fact", "share", "hours-to-first", "per", "quantile", "of", "within", "where",
  ]

  /// Reads goals and guardrails; the primary goal comes first.
  mutating func readOutcomes(_ keys: [String: YAMLValue], of yaml: YAMLValue, _ schema: EventSchema) throws {
    let primary = try keys.require("primary", of: yaml)
    var pairs = try keys.require("goals", of: yaml).pairs()
    guard let place = pairs.firstIndex(where: { $0.key == (try? primary.string()) }) else {
      let names = pairs.map(\.key)
      let near = nearestWord(to: try primary.string(), among: names).map { "Did you mean '\($0)'? " } ?? ""
      throw primary.error(
        "no goal is called '\(try primary.string())'", hint: near + "Known: \(names.joined(separator: ", ")).")
    }
    pairs.insert(pairs.remove(at: place), at: 0)
    for (name, value) in pairs {
      let keys = try value.mapping(knowing: Self.outcomeKeys)
      let quantile = try keys["quantile"]?.number(in: 0.001...0.999)
      units.outcomes.append(try outcome(name, keys, of: value, schema))
      goals.append(ExperimentGoal(name: name, quantile: quantile))
    }
    for (name, value) in try keys["guardrails"]?.pairs() ?? [] {
      let keys = try value.mapping(knowing: Self.outcomeKeys + ["harm", "margin"])
      if let key = keys["quantile"] { throw key.error("a guardrail is a share, a mean or a ratio") }
      let word = try keys["harm"]?.string() ?? "increase"
      guard let harm = NonInferiority.Harm(rawValue: word) else {
        throw keys["harm"]!.error("'\(word)' is no direction", hint: "Write increase or decrease: what does harm.")
      }
      let margin = try keys.require("margin", of: value).number(in: 0...1e12)
      units.outcomes.append(try outcome(name, keys, of: value, schema))
      guardrails.append(ExperimentGuardrail(name: name, harm: harm, margin: margin))
    }
    var seen: Set<String> = []
    for outcome in units.outcomes where !seen.insert(outcome.name).inserted {
      throw yaml.error("'\(outcome.name)' stands twice among goals and guardrails", hint: "Give each its own name.")
    }
  }

  private mutating func outcome(
    _ name: String, _ keys: [String: YAMLValue], of yaml: YAMLValue, _ schema: EventSchema
  ) throws -> UnitQuestion.Outcome {
    let (measure, isProportion) = try Self.measure(keys, of: yaml, schema)
    mention(factsOf: measure.filter, at: keys["where"] ?? yaml)
    if case .fact(let fact) = measure.kind {
      factMentions.append(FactMention(fact, at: keys["fact"] ?? keys["share"] ?? yaml))
      guard units.assignment.isFact else { throw yaml.error("a fact is an outcome of an experiment on facts alone") }
      return UnitQuestion.Outcome(name, measure, windowSeconds: 86400, isProportion: isProportion)
    }
    if units.assignment.isFact {
      throw yaml.error(
        "'\(name)' counts events, and the arms of this experiment have no days",
        hint: "Write share: or fact: and an attribute.")
    }
    let isOfPush = try keys["of"].map { value in
      guard try value.string() == "push" else { throw value.error("an event can be of the push alone: of: push") }
      return true
    }
    let within = try keys.require("within", of: yaml)
    let seconds = try within.duration()
    let denominator = try keys["per"].map { value in
      value.isMapping
        ? try Self.measure(try value.mapping(knowing: Self.outcomeKeys), of: value, schema).measure
        : UnitQuestion.Measure(.count, events: try Self.events(value))
    }
    if isOfPush != true, seconds % 86400 != 0 {
      throw within.error(
        "a window is of whole days from the day of the send on, the same for all arms",
        hint: "Write days, or of: push for taps, whose window starts at the send.")
    }
    if isOfPush == true, units.unit == .member, denominator != nil {
      throw yaml.error("taps of a push are not a ratio")
    }
    return UnitQuestion.Outcome(
      name, measure, denominator: denominator, windowSeconds: seconds, isOfPush: isOfPush ?? false,
      isProportion: isProportion && denominator == nil)
  }

  private static func measure(
    _ keys: [String: YAMLValue], of yaml: YAMLValue, _ schema: EventSchema
  ) throws -> (measure: UnitQuestion.Measure, isProportion: Bool) {
    let filter = try keys["where"]?.filter(schema)
    let kinds = ["event", "count", "sum", "days", "fact", "share", "hours-to-first"].filter { keys[$0] != nil }
    if kinds == ["fact"] || kinds == ["share"] {
      return (.init(.fact(try factName(keys[kinds[0]]!))), kinds == ["share"])
    }
    if kinds == ["event", "sum"] {
      let property = try keys["sum"]!.string()
      guard property.hasPrefix("properties."), property.count > 11 else {
        throw keys["sum"]!.error("'\(property)' is not a property", hint: "Write it like properties.amount.")
      }
      return (.init(.sum(of: property), events: try events(keys["event"]!), filter: filter), false)
    }
    guard kinds.count == 1 else {
      throw yaml.error(
        "an outcome has one kind",
        hint: "Write event: (whether it occurs), count:, days: or hours-to-first: with names of events, event: with "
          + "sum: and a property, or fact: or share: with an attribute.")
    }
    let kind: UnitQuestion.Measure.Kind =
      switch kinds[0] {
      case "event": .occurred
      case "count": .count
      case "days": .days
      case "hours-to-first": .hoursToFirst
      default: throw keys["sum"]!.error("a sum is of events", hint: "Write event: beside sum:.")
      }
    return (.init(kind, events: try events(keys[kinds[0]]!), filter: filter), kind == .occurred)
  }

  private static func factName(_ yaml: YAMLValue) throws -> String {
    let name = try yaml.string()
    return name.hasPrefix("member.") ? String(name.dropFirst(7)) : name
  }

  /// `activity` is all of it: no names.
  private static func events(_ yaml: YAMLValue) throws -> [String] {
    let names = try yaml.strings()
    if names == ["activity"] { return [] }
    guard !names.isEmpty, !names.contains("activity") else {
      throw yaml.error("expected names of events, or activity for all that count as such")
    }
    return names
  }
}

extension UnitQuestion.Assignment {
  /// Whether arms are attributes of members.
  package var isFact: Bool {
    if case .fact = self { return true }
    return false
  }
}
