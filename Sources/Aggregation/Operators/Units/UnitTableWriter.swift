internal import Columns
internal import Events
internal import Segments

/// Writes units out as the columns of a table, in their order.
struct UnitTableWriter {
  let question: UnitQuestion
  let resolved: ResolvedQuestion
  let rows: PlannedRows
  let units: PlannedUnits
  let sent: SentPushes
  let slots: UnitSlots
  let figures: UnitFigures
  /// By member key: the day of the first activity; empty where nobody asks.
  let firstDays: [Int32]
  let facts: FactColumns

  /// The table, with what is not in it.
  func table(_ exclusions: UnitTable.Exclusions) -> UnitTable {
    var table = UnitTable(asOf: resolved.asOf, timeZone: resolved.zone.name)
    let order = order
    func pick<Value>(_ column: [Value]) -> [Value] { order.map { column[Int($0)] } }
    table.exclusions = exclusions
    table.members = pick(units.members)
    table.clusters = question.clusterColumn == nil ? table.members : pick(units.clusters)
    table.arms = pick(units.arms)
    table.days = pick(units.days)
    table.pushes = UnitTable.Labels(pick(units.pushes), of: rows.pushes)
    let terms = pick(units.terms)
    table.propensities = terms.map { rows.terms[Int($0)].propensity }
    table.versions = versions(terms)
    table.isDelivered = pick(sent.isDelivered)
    let isNew = isNew(order)
    let outcomes = onAllCores(question.outcomes.count) { outcome($0, order, isNew) }
    for (outcome, (column, unusable)) in zip(question.outcomes, outcomes) {
      table.outcomes.append(column)
      if unusable > 0 { table.exclusions.unusableValues[outcome.name, default: 0] += unusable }
    }
    table.segments = segments(order, pick(units.rows), isNew, members: table.members)
    return table
  }

  /// Units by cluster, anchor and push; those of a member lie so already.
  private var order: [Int32] {
    let all = (0..<units.count).map { Int32($0) }
    if question.clusterColumn == nil { return all }
    return all.sorted { a, b in
      let (a, b) = (Int(a), Int(b))
      if units.clusters[a] != units.clusters[b] { return units.clusters[a] < units.clusters[b] }
      if units.days[a] != units.days[b] { return units.days[a] < units.days[b] }
      let (left, right) = (UInt32(bitPattern: units.pushes[a]), UInt32(bitPattern: units.pushes[b]))
      return left != right ? left < right : a < b
    }
  }

  /// Plan versions in the order of their bytes.
  private func versions(_ terms: [Int32]) -> UnitTable.Labels {
    let texts = rows.terms.map(\.version)
    let sorted = Set(texts.compactMap { $0.map { Array($0.utf8) } }).sorted { $0.lexicographicallyPrecedes($1) }
    let codes = texts.map { text in
      text.map { text in Int32(sorted.firstIndex { $0.elementsEqual(text.utf8) }!) } ?? -1
    }
    return UnitTable.Labels(terms.map { codes[Int($0)] }, of: sorted.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Whether a unit's member had not been active before the anchor.
  private func isNew(_ order: [Int32]) -> [Bool] {
    if firstDays.isEmpty { return [] }
    return order.map { unit in
      let (member, day) = (Int(units.members[Int(unit)]), units.days[Int(unit)])
      guard member < firstDays.count, firstDays[member] != FirstDays.none else { return true }
      return firstDays[member] >= day
    }
  }

  /// The column of an outcome, and how many of its values are of no use.
  private func outcome(_ place: Int, _ order: [Int32], _ isNew: [Bool]) -> (UnitTable.Outcome, Int) {
    let (outcome, places) = (question.outcomes[place], slots.outcomes[place])
    var values = figures.values(places.value, order)
    if outcome.measure.kind == .occurred { values.occur() }
    var unusable = outcome.isProportion ? values.keepProportions() : 0
    unusable += figures.unusableCount(places.value)
    var result = UnitTable.Outcome(values: values, lastMatureDay: UnitMaturity(question, resolved).lastDay(outcome))
    if let denominator = places.denominator {
      result.denominators = figures.values(denominator, order)
      if outcome.denominator?.kind == .occurred { result.denominators.occur() }
    }
    func past(_ slot: Int, _ measure: UnitQuestion.Measure?) -> [Double] {
      var values = figures.values(slot, order)
      if measure?.kind == .occurred { values.occur() }
      for unit in values.indices where isNew[unit] { values[unit] = .nan }
      return values
    }
    result.past = places.past.map { past($0, outcome.measure) } ?? []
    result.pastDenominators = places.pastDenominator.map { past($0, outcome.denominator) } ?? []
    return (result, unusable)
  }

  private func segments(
    _ order: [Int32], _ numbers: [Int32], _ isNew: [Bool], members: [Int32]
  ) -> [UnitTable.Labels] {
    let dimensions = question.segmentDimensions
    return onAllCores(question.segments.count) { place in
      let name = question.segments[place]
      if name == UnitQuestion.priorActivity {
        return .priorActivity(figures.values(slots.priorActivity!, order), isNew: isNew)
      }
      if name.hasPrefix(FactColumns.prefix) { return UnitTable.Labels(facts.column(name, of: members)) }
      let column = dimensions.firstIndex(of: name)!
      return UnitTable.Labels(rows.segments[column], rows: numbers)
    }
  }
}

extension [Double] {
  /// Turns counts into whether there was one.
  mutating func occur() { for index in indices where self[index] > 1 { self[index] = 1 } }

  /// Makes NaN of what is neither 0 nor 1, and says of how many.
  mutating func keepProportions() -> Int {
    var count = 0
    for index in indices where self[index] != 0 && self[index] != 1 && !self[index].isNaN {
      self[index] = .nan
      count += 1
    }
    return count
  }
}
