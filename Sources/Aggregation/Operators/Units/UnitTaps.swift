internal import Columns
internal import Events
internal import Segments

/// Taps of the units' own pushes: the figures of slots that count from the send on.
struct UnitTaps {
  /// One tap of a planned push.
  private struct Tap {
    var unit: Int32
    var day: Int32
    /// Microseconds after the anchor's midnight.
    var instant: Int64
    var value: Int128
  }

  /// What one core saw, by slot.
  private struct State {
    var taps: [[Tap]]
    var beforeSend = 0
    /// By slot, values of a sum that are no numbers.
    var unusable: [Int]
  }

  /// What was found: figures of each unit and values that are no numbers by slot, and taps before their send.
  struct Found {
    var figures: [[Double]]
    var unusable: [Int]
    var beforeSend = 0
  }

  let question: UnitQuestion
  let resolved: ResolvedQuestion
  let facts: FactColumns
  let units: PlannedUnits
  let midnights: Midnights
  let sent: SentPushes
  let pushes: KnownTexts
  let clusters: KnownTexts

  func find(_ slots: [UnitSlot], into answer: inout Answer) throws -> Found {
    var taps = [[Tap]](repeating: [], count: slots.count)
    var found = Found(figures: [], unusable: [Int](repeating: 0, count: slots.count))
    if let days = days(slots) {
      let names = Array(Set(slots.flatMap(\.events))).sorted()
      let readsActivity = slots.contains { $0.events.isEmpty }
      var scan = EventScan(
        resolved, days: days, events: readsActivity ? .qualifyingAnd(names) : .named(names), facts: facts)
      scan.filter = slots[0].filter
      scan.readsTimestamps = true
      scan.columns = [UnitQuestion.pushColumn] + (question.clusterColumn.map { [$0] } ?? [])
      if slots.contains(where: { $0.kind.property != nil }) { scan.columns.append("properties") }
      let states = try scan.fold(State(taps: taps, unusable: found.unusable), into: &answer) {
        add($1, of: slots, names: names, to: &$0)
      }
      for state in states {
        for slot in slots.indices {
          taps[slot] += state.taps[slot]
          found.unusable[slot] += state.unusable[slot]
        }
        found.beforeSend += state.beforeSend
      }
    }
    found.figures = slots.indices.map { figures(slots[$0].kind, taps[$0]) }
    return found
  }

  /// Days on which taps may lie: from the first anchor or send to the end of the last window.
  private func days(_ slots: [UnitSlot]) -> ClosedRange<CommunityDay>? {
    guard let data = resolved.dataDays, let firstAnchor = units.days.min() else { return nil }
    let instants = sent.instants.filter { $0 != .max }
    guard let first = instants.min(), let last = instants.max() else { return nil }
    let span = slots.compactMap(\.tapSpan).max() ?? 0
    let from = min(CommunityDay(firstAnchor), resolved.zone.day(of: Timestamp(microseconds: first)) - 1)
    let to = resolved.zone.day(of: Timestamp(microseconds: last + span)) + 1
    return (from...to).overlaps(data) ? (from...to).clamped(to: data) : nil
  }

  private func add(_ block: EventBlock, of slots: [UnitSlot], names: [String], to state: inout State) {
    let rowCount = block.members.count
    let numbers = pushes.numbers(of: block.columns[UnitQuestion.pushColumn], rowCount: rowCount)
    let clusters = question.clusterColumn.map { self.clusters.numbers(of: block.columns[$0], rowCount: rowCount) }
    var values = slots.map { $0.kind.property.map { PropertyValues($0, of: block) } }
    let passive = resolved.passiveEvents
    for run in block.runs {
      let counting = slots.indices.filter {
        slots[$0].events.isEmpty ? !passive.contains(run.name) : run.place >= 0 && slots[$0].events.contains(run.name)
      }
      if counting.isEmpty { continue }
      block.forEachRow(of: run) { row in
        guard numbers[row] >= 0 else { return }
        forEachSend(of: Int(block.members[row]), push: numbers[row]) { send, unit in
          if let clusters, clusters[row] != units.clusters[unit] { return }
          let (ts, sentAt) = (block.timestamps[row], sent.instants[send])
          let midnight = midnights.start(of: units.days[unit])
          if ts < sentAt, ts >= midnight { state.beforeSend += 1 }
          for slot in counting where ts >= sentAt && ts - sentAt < slots[slot].tapSpan ?? 0 {
            let value = values[slot]?.value(of: row)
            if values[slot]?.isUnusable(row) == true { state.unusable[slot] += 1 }
            state.taps[slot].append(
              Tap(unit: Int32(unit), day: block.storedDay.number, instant: max(0, ts - midnight), value: value ?? 0))
          }
        }
      }
    }
  }

  /// Calls `body` with each planned push of a member that is `push` and was sent, and its unit.
  @inline(__always)
  private func forEachSend(of member: Int, push: Int32, _ body: (Int, Int) -> Void) {
    guard member >= 0, member + 1 < units.sendStarts.count else { return }
    for send in Int(units.sendStarts[member])..<Int(units.sendStarts[member + 1])
    where units.sendPushes[send] == push && units.sendUnits[send] >= 0 && sent.instants[send] != .max {
      body(send, Int(units.sendUnits[send]))
    }
  }

  private func figures(_ kind: UnitSlot.Kind, _ taps: [Tap]) -> [Double] {
    var figures = [Double](repeating: kind == .first ? .nan : 0, count: units.count)
    switch kind {
    case .count: for tap in taps { figures[Int(tap.unit)] += 1 }
    case .days:
      for key in Set(taps.map { Int64($0.unit) << 32 | Int64(UInt32(bitPattern: $0.day)) }) {
        figures[Int(key >> 32)] += 1
      }
    case .sum:
      var sums: [Int32: Int128] = [:]
      for tap in taps { sums[tap.unit, default: 0] &+= tap.value }
      for (unit, sum) in sums { figures[Int(unit)] = FixedPoint.double(sum) }
    case .first:
      for tap in taps {
        let hours = Double(tap.instant) / 3.6e9
        let known = figures[Int(tap.unit)]
        figures[Int(tap.unit)] = known.isNaN ? hours : min(known, hours)
      }
    }
    return figures
  }
}
