package import Aggregation
internal import Columns
internal import Events
internal import Experiments

/// Where the effect lies: by segment, by day of the week, by week since entry, and after which push. Exploratory: it
/// raises questions for the next experiment and never sets a verdict.
extension ExperimentAnalysis {
  /// What the numbers mean.
  package static let explorationDefinition = "experiment.explore/1"
  /// More values of a segment than these are taken together.
  private static let groupCountMax = 24

  /// A way to part the units.
  private struct Partition: Sendable {
    var name: String
    /// By unit: a place in `groups`, or -1.
    var codes: [Int32]
    var groups: [String]
    /// Other arms and weights than the units' own: those of the push before.
    var arms: [UInt8]?
    var weights: [Double]?

    /// The unit whose arm a row's is.
    func source(of row: Int) -> Int { arms == nil ? row : row - 1 }
  }

  /// One arm against the control within one group.
  private struct Effect: Sendable {
    var group: String
    var arm: Int
    var comparison: Comparison
    var adjustedP = 1.0
    var shrunken: Double?
  }

  /// A row for each goal, segment, group and arm: the interaction test of a segment comes first, then the groups' p after
  /// Benjamini and Hochberg over all groups of the goal.
  package var exploration: Answer {
    var answer = Answer(
      metric: "experiment-exploration", definition: Self.explorationDefinition, asOf: frame.table.asOf,
      timeZone: frame.table.timeZone,
      columns: ["metric", "segment", "group", "arm"].map { AnswerColumn($0, .string) } + [AnswerColumn("units", .int)]
        + ["control_value", "difference", "diff_low", "diff_high", "p", "p_adjusted", "shrunken", "interaction_p"].map {
          AnswerColumn($0, .float)
        } + [AnswerColumn("finding", .string)])
    answer.statistics = frame.table.statistics
    answer.notes = ["Exploratory: what is found here is a question for the next experiment, not an answer."]
    let partitions = Self.partitions(frame)
    let goals = experiment.goals.indices.filter { experiment.goals[$0].quantile == nil }
    let jobs = goals.flatMap { goal in partitions.map { (goal, $0) } }
    let found = onAllCores(jobs.count) { Self.effects(frame, jobs[$0].0, jobs[$0].1) }
    for goal in goals {
      let places = jobs.indices.filter { jobs[$0].0 == goal }
      let p = Multiplicity.benjaminiHochberg(places.flatMap { found[$0].map(\.comparison.p) })
      var next = 0
      for place in places {
        let effects = found[place].map { effect in
          defer { next += 1 }
          var effect = effect
          effect.adjustedP = p[next]
          return effect
        }
        answer.rows += rows(goal, jobs[place].1.name, effects)
      }
    }
    let named = partitions.map(\.name)
    for names in experiment.segments where !named.contains(names.joined(separator: " × ")) {
      answer.notes.append("No unit has a value of \(names.joined(separator: ", ")).")
    }
    if answer.rows.isEmpty { answer.notes.append("No group has enough units in an arm and in the control.") }
    return answer
  }

  private func rows(_ goal: Int, _ segment: String, _ effects: [Effect]) -> [[Cell]] {
    var rows: [[Cell]] = []
    for arm in experiment.treatmentPlaces {
      let own = effects.filter { $0.arm == arm }
      let estimates = own.map {
        Estimate(
          value: $0.comparison.difference, standardError: $0.comparison.standardError, units: $0.comparison.units)
      }
      let interaction = try? Heterogeneity(estimates)
      let shrunken = try? ShrunkenCells(estimates)
      for (place, effect) in own.enumerated() {
        let comparison = effect.comparison
        // Before a group is believed, the groups must differ at all; one group alone has nothing to differ from.
        let differs = own.count < 2 || (interaction?.p ?? 1) < experiment.alpha
        let isFound = effect.adjustedP < experiment.alpha && (differs || segment == Self.previousPush)
        rows.append([
          .text(experiment.goals[goal].name), .text(segment), .text(effect.group), .text(experiment.arms[arm].name),
          .int(comparison.units), .init(comparison.control.value), .init(comparison.difference), .init(comparison.low),
          .init(comparison.high), .init(comparison.p), .init(effect.adjustedP),
          .init(shrunken?.cells[place].value), .init(interaction?.p),
          .text(isFound ? (comparison.difference > 0 ? "higher here" : "lower here") : Self.nothing),
        ])
      }
    }
    return rows
  }

  private static let nothing = "no evidence of a difference"
  private static let previousPush = "previous push"
  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  private static func effects(_ frame: UnitFrame, _ goal: Int, _ partition: Partition) -> [Effect] {
    let experiment = frame.experiment
    let reader = LookReader(
      frame, isAdjusted: !frame.table.outcomes[goal].past.isEmpty,
      isProportion: experiment.units.outcomes[goal].isProportion)
    let all = GroupSums(frame, goal, partition, keeping: nil)
    return experiment.treatmentPlaces.flatMap { arm -> [Effect] in
      let isComparable = frame.isComparable(arm, experiment.controlPlace)
      let sums = isComparable == nil ? all : GroupSums(frame, goal, partition, keeping: isComparable)
      return partition.groups.enumerated().compactMap { group, name in
        guard let sums, let pair = try? reader.estimates(arm, sums.totals[group], sums.parts[group]),
          let comparison = try? pair.comparison(looks: experiment.looks(arm: arm), level: 1 - experiment.alpha)
        else { return nil }
        return Effect(group: name, arm: arm, comparison: comparison)
      }
    }
  }

  /// The sums of each group, and of each plan version in it where versions are kept apart.
  private struct GroupSums {
    var totals: [MomentSums] = []
    var parts: [[MomentSums]] = []

    /// - Parameter isComparable: by unit; nil is all.
    init?(_ frame: UnitFrame, _ goal: Int, _ partition: Partition, keeping isComparable: [Bool]?) {
      var versionCount = 1
      if case .versions(let count) = frame.weighting { versionCount = count }
      var strata = partition.codes
      for row in strata.indices where (isComparable != nil || versionCount > 1) && strata[row] >= 0 {
        let unit = partition.source(of: row)
        let version = versionCount > 1 ? frame.table.versions.codes[unit] : 0
        let isLeftOut = isComparable?[unit] == false || version < 0
        strata[row] = isLeftOut ? -1 : strata[row] * Int32(versionCount) + version
      }
      let rows = frame.rows(goal, arms: partition.arms, weights: partition.weights, strata: strata)
      guard let moments = frame.wholeMoments(goal, rows, stratumCount: partition.groups.count * versionCount) else {
        return nil
      }
      for group in partition.groups.indices {
        let own = (0..<versionCount).map { moments.total(stratum: group * versionCount + $0) }
        totals.append(own.dropFirst().reduce(into: own[0]) { $0 += $1 })
        parts.append(versionCount > 1 ? own : [])
      }
    }
  }

  private static func partitions(_ frame: UnitFrame) -> [Partition] {
    // Planned units need not have a value of every column.
    var partitions = frame.experiment.segments.map { limited(crossed($0, frame)) }.filter { !$0.groups.isEmpty }
    guard !frame.experiment.units.assignment.isFact, frame.table.count > 0 else { return partitions }
    partitions.append(
      Partition(
        name: "weekday", codes: frame.table.days.map { Int32(CommunityDay($0).weekday - 1) }, groups: weekdays))
    partitions.append(byWeekSinceEntry(frame))
    if frame.experiment.design == .sendRandomised { partitions.append(byPreviousPush(frame)) }
    return partitions
  }

  /// Units by one column or several together.
  private static func crossed(_ names: [String], _ frame: UnitFrame) -> Partition {
    let columns = names.compactMap { name in
      frame.experiment.units.segments.firstIndex(of: name).map { frame.table.segments[$0] }
    }
    var result = Partition(name: names.joined(separator: " × "), codes: columns[0].codes, groups: columns[0].values)
    for column in columns.dropFirst() {
      let width = Int32(column.values.count)
      result.codes = zip(result.codes, column.codes).map { $0 < 0 || $1 < 0 ? -1 : $0 * width + $1 }
      result.groups = result.groups.flatMap { first in column.values.map { "\(first), \($0)" } }
    }
    return result
  }

  /// The largest groups, the others together.
  private static func limited(_ partition: Partition) -> Partition {
    guard partition.groups.count > groupCountMax else { return partition }
    var sizes = [Int](repeating: 0, count: partition.groups.count)
    for code in partition.codes where code >= 0 { sizes[Int(code)] += 1 }
    let kept = sizes.indices.sorted { (sizes[$1], partition.groups[$0]) < (sizes[$0], partition.groups[$1]) }
      .prefix(groupCountMax)
    var place = [Int32](repeating: Int32(kept.count), count: sizes.count)
    for (rank, code) in kept.enumerated() { place[code] = Int32(rank) }
    return Partition(
      name: partition.name, codes: partition.codes.map { $0 < 0 ? -1 : place[Int($0)] },
      groups: kept.map { partition.groups[$0] } + ["(others)"])
  }

  /// A fixed cohort, so that a change from week to week is not one of who is in it: where sends are drawn, members who
  /// entered in the first week, by week of the send; else members by the week in which they entered.
  private static func byWeekSinceEntry(_ frame: UnitFrame) -> Partition {
    let weeks = min(12, (frame.dayCount + 6) / 7)
    var codes = [Int32](repeating: -1, count: frame.table.count)
    var (cluster, isFirstWeek) = (Int32.min, false)
    for row in 0..<frame.table.count {
      if frame.table.clusters[row] != cluster {
        cluster = frame.table.clusters[row]
        isFirstWeek = frame.dayPlaces[row] < 7
      }
      let week = frame.dayPlaces[row] / 7
      if frame.experiment.design == .memberRandomised || isFirstWeek { codes[row] = week < weeks ? week : -1 }
    }
    return Partition(
      name: "week", codes: codes, groups: (0..<max(1, weeks)).map { "week \($0 + 1)" })
  }

  /// What the arm of a member's push before does to this one: arms and weights are those of the push before.
  private static func byPreviousPush(_ frame: UnitFrame) -> Partition {
    var codes = [Int32](repeating: -1, count: frame.table.count)
    var arms = [UInt8](repeating: 0, count: frame.table.count)
    var weights = [Double](repeating: 1, count: frame.weighting == .propensities ? frame.table.count : 0)
    for row in 1..<max(1, frame.table.count) where frame.table.clusters[row] == frame.table.clusters[row - 1] {
      codes[row] = 0
      arms[row] = frame.table.arms[row - 1]
      if !weights.isEmpty { weights[row] = 1 / frame.table.propensities[row - 1] }
    }
    return Partition(name: previousPush, codes: codes, groups: ["all"], arms: arms, weights: weights)
  }
}
