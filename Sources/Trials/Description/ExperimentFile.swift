internal import Aggregation
package import Events
internal import Experiments
package import Segments

extension ExperimentDescription {
  static let keys = [
    "title", "design", "from", "to", "assignment", "where", "unit", "sent", "arms", "control", "holdout", "clock",
    "primary", "goals", "guardrails", "looks", "alpha", "planned-units", "reference-units", "segments", "in-two-arms",
    "past", "switchback", "plan",
  ]

  /// The experiment called `name` of a workspace.
  package init(named name: String, in workspace: Workspace) throws {
    let file = try workspace.existing(
      workspace.experimentFile(name), kind: "experiment", name: name, among: workspace.experiments)
    try self.init(YAMLValue(contentsOf: file), name: name, schema: workspace.settings.schema)
  }

  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(_ yaml: YAMLValue, name: String, schema: EventSchema) throws {
    let keys = try yaml.mapping(knowing: Self.keys)
    self.name = name
    file = yaml.file
    title = try keys["title"]?.string() ?? name
    design = try keys.require("design", of: yaml).choice(of: Design.self, "a design")
    days = DayRange(from: try keys["from"]?.day(), to: try keys["to"]?.day())
    if let from = days.from, let to = days.to, from > to {
      throw keys["to"]!.error("the experiment ends on \(to), before it starts on \(from)")
    }
    arms = try Self.arms(try keys.require("arms", of: yaml))
    control = try Self.arm(try keys.require("control", of: yaml), among: arms)
    holdout = try keys["holdout"].map { [arms] in try Self.arm($0, among: arms) }
    looks = try keys["looks"]?.choice(of: LookRule.self, "a rule of looks") ?? .sequential
    if design == .switchback {
      if let value = keys["looks"], looks == .sequential {
        throw value.error("a switchback is looked at once", hint: "Write looks: fixed, or leave the key out.")
      }
      looks = .fixed
    }
    alpha = try keys["alpha"]?.number(in: 0.0001...0.5) ?? 0.05
    plannedUnits = try keys["planned-units"]?.int(in: 2...1_000_000_000_000)
    referenceUnits = try keys["reference-units"]?.number(in: 100...1e12)
    switchback = design == .switchback ? try SwitchbackSettings(keys["switchback"]) : nil
    sendPlan = try keys["plan"].map { try SendPlanSettings($0, schema: schema) }
    units = UnitQuestion()
    units.experiment = name
    (goals, guardrails) = ([], [])
    try readClock(keys["clock"])
    try readUnits(keys, of: yaml, schema)
    try readOutcomes(keys, of: yaml, schema)
    try check(keys, of: yaml)
  }

  private static func arms(_ yaml: YAMLValue) throws -> [ExperimentArm] {
    let arms = try yaml.pairs().map { name, value in
      let keys = try value.mapping(knowing: ["weight", "at"])
      var arm = ExperimentArm(name: name, weight: try keys.require("weight", of: value).number(in: 0...1))
      if let at = keys["at"] {
        guard let minute = minuteOfDay(try at.string()) else {
          throw at.error("'\(try at.string())' is not a time of day", hint: "Write it like 20:20, in quotes.")
        }
        arm.minute = minute
      }
      return arm
    }
    guard arms.count(where: { $0.weight > 0 }) >= 2 else {
      throw yaml.error("an experiment compares two arms at least", hint: "Give two arms a weight above 0.")
    }
    guard arms.count <= 20 else { throw yaml.error("an experiment has at most 20 arms") }
    let sum = arms.reduce(0) { $0 + $1.weight }
    guard abs(sum - 1) < 1e-9 else {
      throw yaml.error(
        "the weights of the arms add to \(shortText(sum)), not to 1",
        hint: "Weights are shares: \(arms.map { "\($0.name) \(shortText($0.weight))" }.joined(separator: ", ")).")
    }
    return arms
  }

  private static func arm(_ yaml: YAMLValue, among arms: [ExperimentArm]) throws -> String {
    let name = try yaml.string()
    guard arms.contains(where: { $0.name == name }) else {
      let near = nearestWord(to: name, among: arms.map(\.name)).map { "Did you mean '\($0)'? " } ?? ""
      throw yaml.error(
        "no arm is called '\(name)'", hint: near + "Known: \(arms.map(\.name).joined(separator: ", ")).")
    }
    return name
  }

  private mutating func readClock(_ yaml: YAMLValue?) throws {
    guard let yaml else { return }
    switch try yaml.string() {
    case "community": break
    case "member": goesByMemberClock = true
    default: throw yaml.error("'\(try yaml.string())' is not a clock", hint: "Write community or member.")
    }
  }

  private mutating func readUnits(_ keys: [String: YAMLValue], of yaml: YAMLValue, _ schema: EventSchema) throws {
    units.scope.days = days
    units.arms = arms.map(\.name)
    if let value = keys["assignment"] {
      let text = try value.string()
      units.assignment = text.hasPrefix("member.") ? .fact(String(text.dropFirst(7))) : .event(text)
      if case .fact(let name) = units.assignment { factMentions.append(FactMention(name, at: value)) }
    }
    if let value = keys["where"] {
      units.scope.filter = try value.filter(schema)
      mention(factsOf: units.scope.filter, at: value)
    }
    if let value = keys["sent"] { units.sent = try value.string() }
    switch design {
    case .memberRandomised: units.unit = .member
    case .sendRandomised, .switchback: units.unit = .send
    case .communityRandomised:
      let value = keys["unit"]
      let name = try value?.string() ?? "community"
      guard schema.dimensions.contains(name) else {
        throw (value ?? yaml).error(
          "'\(name)' is not a dimension, and names no communities",
          hint: "Write unit: and one of \(schema.dimensions.joined(separator: ", ")).")
      }
      units.unit = .cluster(dimension: name)
    }
    if let value = keys["unit"], design != .communityRandomised {
      let word = design == .memberRandomised ? "member" : design == .sendRandomised ? "send" : "slot"
      guard try value.string() == word else {
        throw value.error("the unit of a \(design.rawValue) experiment is the \(word)")
      }
    }
    if case .fact = units.assignment, design != .memberRandomised {
      throw keys["assignment"]!.error(
        "an attribute of members gives arms to members, not to a \(design.rawValue) design")
    }
    if let value = keys["in-two-arms"] {
      switch try value.string() {
      case "exclude": break
      case "first-seen" where design == .memberRandomised: units.keepsFirstArm = true
      default:
        throw value.error("'\(try value.string())' is not a rule", hint: "Write exclude, or first-seen for members.")
      }
    }
    segments = try keys["segments"]?.list().map { try $0.breakdown(schema, others: [UnitQuestion.priorActivity]) } ?? []
    units.segments = Set(segments.joined()).sorted()
    for name in units.segments where name.hasPrefix("member.") {
      factMentions.append(FactMention(String(name.dropFirst(7)), at: keys["segments"]!))
    }
    mention(factsOf: sendPlan?.members, at: keys["plan"] ?? yaml)
    if let value = keys["past"] { units.readsPast = try value.bool() }
    if case .fact = units.assignment { units.readsPast = false }
    // A clock of members may lag the community's by a day; without times the day's end is the latest.
    let latest = arms.compactMap(\.minute).max().map { Int64($0) * 60 } ?? 86400
    units.latestSendSeconds = goesByMemberClock ? latest + 86400 : latest
  }

  /// Notes the attributes of members that a condition names.
  mutating func mention(factsOf filter: Filter?, at yaml: YAMLValue) {
    for name in filter?.columns.sorted() ?? [] where name.hasPrefix("member.") {
      factMentions.append(FactMention(String(name.dropFirst(7)), at: yaml))
    }
  }

  /// What contradicts itself between keys.
  private func check(_ keys: [String: YAMLValue], of yaml: YAMLValue) throws {
    if control == holdout {
      throw keys["holdout"]!.error("the holdout cannot be the control too", hint: "Give the control a push.")
    }
    guard !treatmentPlaces.isEmpty else {
      throw keys["control"]!.error("no arm is left to compare with the control")
    }
    if arms[controlPlace].weight == 0 { throw keys["control"]!.error("the control has the weight 0") }
    if let from = days.from, let to = days.to {
      for outcome in units.outcomes where !outcome.isOfPush && outcome.windowDays > 10 * (to - from + 1) + 365 {
        throw try Self.windowPlace(of: outcome.name, keys, yaml).error(
          "the window of '\(outcome.name)' is longer than the data can be: \(outcome.windowDays) days after sends of "
            + "\(to - from + 1) days", hint: "Write a shorter within:.")
      }
    }
  }

  /// Where the file says how long an outcome's window is.
  private static func windowPlace(
    of name: String, _ keys: [String: YAMLValue], _ yaml: YAMLValue
  ) throws -> YAMLValue {
    for list in [keys["goals"], keys["guardrails"]] {
      guard let outcome = try list?.pairs().first(where: { $0.key == name })?.value else { continue }
      return try outcome.pairs().first { $0.key == "within" }?.value ?? outcome
    }
    return yaml
  }
}

extension SwitchbackSettings {
  fileprivate init(_ yaml: YAMLValue?) throws {
    guard let yaml else { return }
    let keys = try yaml.mapping(knowing: ["burn-in", "burn-out", "seed"])
    if let value = keys["burn-in"] { burnIn = try value.int(in: 0...100_000) }
    if let value = keys["burn-out"] { burnOut = try value.int(in: 0...100_000) }
    if let value = keys["seed"] { seed = UInt64(try value.int(in: 0...Int.max)) }
  }
}
