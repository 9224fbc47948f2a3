internal import Events
internal import Segments

extension UnitQuestion {
  /// The dimension that names arms, and the one that tells sends apart.
  static let armColumn = "arm"
  static let pushColumn = "push"

  /// Compares what is asked with what the store can tell.
  /// - Throws: ``AggregationError`` with what to declare, or what to write instead.
  func check(_ resolved: ResolvedQuestion) throws {
    guard !resolved.isForeign else {
      throw AggregationError(
        .usage, "units of an experiment lie on the store's own days, not on those of \(resolved.zone.name)",
        hint: "Leave out the zone.")
    }
    guard (1...255).contains(arms.count), Set(arms).count == arms.count else {
      throw AggregationError(.usage, "an experiment has 1 to 255 arms, each with a name of its own")
    }
    for outcome in outcomes where outcome.windowSeconds < 1 || outcome.windowDays > Self.windowDayCountMax {
      throw AggregationError(
        .usage, "the window of '\(outcome.name)' is not between a second and \(Self.windowDayCountMax) days")
    }
    switch assignment {
    case .fact: try checkFacts()
    case .event: try checkEvents(resolved.dimensions)
    }
  }

  /// A longer window is refused.
  static let windowDayCountMax = 3660

  private func checkFacts() throws {
    guard unit == .member else {
      throw AggregationError(.usage, "attributes give arms to members, not to sends or communities")
    }
    for outcome in outcomes {
      for measure in [outcome.measure] + (outcome.denominator.map { [$0] } ?? []) where measure.kind.factName == nil {
        throw AggregationError(
          .usage, "'\(outcome.name)' counts events, and the arms of this experiment have no days",
          hint: "Where arms are attributes of members, outcomes are attributes too.")
      }
    }
    for name in segments where !name.hasPrefix(FactColumns.prefix) {
      throw AggregationError(
        .usage, "'\(name)' is of events, and the arms of this experiment have none", hint: "Break down by member.X.")
    }
  }

  private func checkEvents(_ dimensions: [String]) throws {
    for measure in measures where measure.kind.factName != nil {
      throw AggregationError(.usage, "a fact is an outcome where arms are attributes of members, and nowhere else")
    }
    func require(_ name: String, _ what: String) throws {
      guard !dimensions.contains(name) else { return }
      throw AggregationError(
        .unknownName, "this store has no dimension '\(name)', which \(what)",
        hint: "Declare it in muster.yaml, dimensions: [\(name), …], and run muster store reindex.")
    }
    try require(Self.armColumn, "names the arm of a planned unit")
    if unit == .send || outcomes.contains(where: \.isOfPush) { try require(Self.pushColumn, "tells pushes apart") }
    if case .cluster(let name) = unit { try require(name, "names communities") }
    for name in segments where !dimensions.contains(name) && !name.hasPrefix(FactColumns.prefix) {
      if name == Self.priorActivity { continue }
      let known = dimensions + [Self.priorActivity]
      let near = nearestWord(to: name, among: known).map { "Did you mean '\($0)'? " } ?? ""
      throw AggregationError(
        .unknownName, "'\(name)' is not a dimension", hint: near + "Known: \(known.joined(separator: ", ")), member.X.")
    }
  }
}

extension UnitQuestion.Measure.Kind {
  /// The attribute of members that it is, without prefix.
  var factName: String? {
    guard case .fact(let name) = self else { return nil }
    return name
  }
}
