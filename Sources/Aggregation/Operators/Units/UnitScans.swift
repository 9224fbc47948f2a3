internal import Columns
internal import Dispatch
internal import Events
internal import Segments

/// Fills the slots of a question that count whole days: one scan for those that read the same columns.
struct UnitScans {
  let question: UnitQuestion
  let resolved: ResolvedQuestion
  let facts: FactColumns
  let places: UnitPlaces
  /// Numbers of communities, where those are drawn.
  let clusters: KnownTexts
  let slots: UnitSlots

  /// A tally for each slot of whole days, by its place.
  func tallies(into answer: inout Answer) throws -> [Int: UnitTally] {
    var tallies: [Int: UnitTally] = [:]
    for scan in slots.scans(isClustered: question.clusterColumn != nil) where slots.slots[scan[0]].tapSpan == nil {
      for (place, tally) in zip(scan, try fill(scan.map { slots.slots[$0] }, into: &answer)) { tallies[place] = tally }
    }
    return tallies
  }

  private func fill(_ slots: [UnitSlot], into answer: inout Answer) throws -> [UnitTally] {
    let empty = { slots.map { UnitTally($0, placeCount: places.count) } }
    guard let data = resolved.dataDays, places.firstDay <= places.lastDay else { return empty() }
    let first = CommunityDay(places.firstDay) + Int(slots.map(\.firstDay).min()!)
    let last = CommunityDay(places.lastDay) + Int(slots.map { $0.firstDay + $0.dayCount - 1 }.max()!)
    guard (first...last).overlaps(data) else { return empty() }
    let days = (first...last).clamped(to: data)
    if ActivityDays.canFill(slots[0], isClustered: question.clusterColumn != nil) {
      let tallies = empty()
      try ActivityDays(resolved: resolved, places: places).fill(tallies, days: days, into: &answer)
      return tallies
    }
    let names = Array(Set(slots.flatMap(\.events))).sorted()
    let readsActivity = slots.contains { $0.events.isEmpty }
    var scan = EventScan(
      resolved, days: days, events: readsActivity ? .qualifyingAnd(names) : .named(names), facts: facts)
    scan.filter = slots[0].filter
    scan.readsTimestamps = slots[0].kind == .first
    scan.columns = (question.clusterColumn.map { [$0] } ?? []) + (slots[0].kind.property == nil ? [] : ["properties"])
    let choices = choices(of: slots, names: names)
    var states = try scan.fold(empty(), into: &answer) { tallies, block in
      add(block, to: tallies, choices: choices)
    }
    let total = states.removeFirst()
    for other in states { Self.merge(other, into: total, placeCount: places.count) }
    return total
  }

  /// Places of slots by place of a name, and behind them of other activity.
  private func choices(of slots: [UnitSlot], names: [String]) -> [[Int]] {
    let passive = resolved.passiveEvents
    return names.map { name in
      slots.indices.filter {
        slots[$0].events.isEmpty ? !passive.contains(name) : slots[$0].events.contains(name)
      }
    } + [slots.indices.filter { slots[$0].events.isEmpty }]
  }

  private func add(_ block: EventBlock, to tallies: [UnitTally], choices: [[Int]]) {
    let clusters = question.clusterColumn.map {
      self.clusters.numbers(of: block.columns[$0], rowCount: block.members.count)
    }
    let scan = UnitDayScan(units: places, day: block.storedDay.number, block: block, clusters: clusters ?? [])
    var values = tallies.map { $0.slot.kind.property.map { PropertyValues($0, of: block) } }
    for run in block.runs {
      for place in choices[run.place < 0 ? choices.count - 1 : run.place] {
        scan.add(run, to: tallies[place], values: &values[place])
      }
    }
  }

  /// Adds tallies of another core, each core a part of the places.
  private static func merge(_ other: [UnitTally], into total: [UnitTally], placeCount: Int) {
    let width = EngineLimits.coreCount
    for (mine, theirs) in zip(total, other) { mine.unusableCount += theirs.unusableCount }
    DispatchQueue.concurrentPerform(iterations: width) { core in
      let range = placeCount * core / width..<placeCount * (core + 1) / width
      for (mine, theirs) in zip(total, other) { mine.add(theirs, range) }
    }
  }
}

extension UnitSlot.Kind {
  /// The keys of the property that is summed.
  var property: [String]? {
    guard case .sum(let keys) = self else { return nil }
    return keys
  }
}
