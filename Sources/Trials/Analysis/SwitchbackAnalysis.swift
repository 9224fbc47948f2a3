package import Aggregation
internal import Events
package import Experiments

/// What a switchback has shown: one mass send a slot reaches all, so that slots are what is drawn, and the draw alone is
/// what the test rests on.
///
/// ```
/// slots of one weekday   Tue 4.  Tue 11.  Tue 18. │ Tue 25.  Tue 1.  Tue 8. │ …
///                        └──────── block ────────┘ └──────── block ───────┘    each arm once
/// ```
package struct SwitchbackAnalysis: Sendable {
  /// One mass send.
  package struct Slot: Sendable, Equatable {
    var day: Int32
    var push: String
    var arm: Int
    /// Mean of the goal over the members reached.
    var value: Double
    var units: Int
  }

  let experiment: ExperimentDescription
  private let table: UnitTable
  /// By goal, in order of time, burn-in and burn-out cut.
  package let slots: [[Slot]]
  /// Slots that are in no whole block.
  private var spare = 0

  /// Cost: one pass over the units for each goal.
  package init(_ experiment: ExperimentDescription, _ table: UnitTable) {
    (self.experiment, self.table) = (experiment, table)
    slots = experiment.goals.indices.map { Self.slots(experiment, table, goal: $0) }
  }

  private static func slots(_ experiment: ExperimentDescription, _ table: UnitTable, goal: Int) -> [Slot] {
    struct Sums {
      var day = Int32.max
      var arm = 0
      var (y, d, n) = (0.0, 0.0, 0)
    }
    var sums = [Sums](repeating: Sums(), count: table.pushes.values.count)
    let outcome = table.outcomes[goal]
    let last = outcome.lastMatureDay?.number ?? .min
    for row in 0..<table.count
    where table.days[row] <= last && table.pushes.codes[row] >= 0 && !outcome.values[row].isNaN {
      let push = Int(table.pushes.codes[row])
      sums[push].day = min(sums[push].day, table.days[row])
      sums[push].arm = Int(table.arms[row])
      sums[push].y += outcome.values[row]
      sums[push].d += outcome.denominators.isEmpty ? 1 : outcome.denominators[row]
      sums[push].n += 1
    }
    let slots = sums.indices.filter { sums[$0].d > 0 && sums[$0].arm != experiment.holdoutPlace }.map {
      Slot(
        day: sums[$0].day, push: table.pushes.values[$0], arm: sums[$0].arm, value: sums[$0].y / sums[$0].d,
        units: sums[$0].n)
    }
    let ordered = slots.sorted {
      ($0.day, experiment.arms[$0.arm].minute ?? 0, $0.push) < ($1.day, experiment.arms[$1.arm].minute ?? 0, $1.push)
    }
    let cut = experiment.switchback ?? SwitchbackSettings()
    return Array(ordered.dropFirst(cut.burnIn).dropLast(cut.burnOut))
  }

  /// Blocks: of each weekday the next slots until every arm had its turn; a slot whose arm the open block has begins the
  /// next one. Only whole blocks count.
  package static func blocks(_ slots: [Slot], arms: [Int]) -> [SwitchbackSlots.Slot] {
    var blocks: [(weekday: Int, slots: [Int])] = []
    var open: [Int: [Int]] = [:]
    for place in slots.indices {
      let weekday = CommunityDay(slots[place].day).weekday
      var block = open[weekday] ?? []
      if block.contains(where: { slots[$0].arm == slots[place].arm }) { block = [] }
      block.append(place)
      if block.count == arms.count {
        blocks.append((weekday, block))
        block = []
      }
      open[weekday] = block
    }
    var blockOfSlot = [Int?](repeating: nil, count: slots.count)
    for (number, block) in blocks.enumerated() { for place in block.slots { blockOfSlot[place] = number } }
    return slots.indices.compactMap { place in
      blockOfSlot[place].map { SwitchbackSlots.Slot(block: $0, arm: slots[place].arm, value: slots[place].value) }
    }
  }

  /// The columns of every analysis; units are slots.
  package var answer: Answer {
    var answer = Answer(
      metric: "experiment", definition: ExperimentDescription.definition, asOf: table.asOf, timeZone: table.timeZone,
      columns: ExperimentAnalysis.columns)
    answer.statistics = table.statistics
    answer.notes = ["One look, fixed before; p of all orders that the draw could have given."]
    var texts: [String] = []
    for goal in experiment.goals.indices {
      let blocks = SwitchbackSlots(Self.blocks(slots[goal], arms: Array(experiment.activePlaces)))
      let p = experiment.treatmentPlaces.map { test(blocks, $0) }
      let adjusted = Multiplicity.holm(p.map { (try? $0.get())?.p ?? 1 })
      for arm in experiment.activePlaces {
        let own = blocks.slots.filter { $0.arm == arm }
        let mean = own.isEmpty ? nil : own.reduce(0) { $0 + $1.value } / Double(own.count)
        var row: [Cell] = [
          .text(experiment.goals[goal].name), .text(experiment.arms[arm].name), .int(own.count), .init(mean), .null,
          .null,
        ]
        if let place = experiment.treatmentPlaces.firstIndex(of: arm) {
          row += cells(p[place], adjusted[place], blocks, arm)
          if goal == 0 { texts.append(verdict(p[place], adjusted[place], arm)) }
          if let over = carryOver(blocks, arm) { answer.notes.append("\(experiment.goals[goal].name): \(over)") }
        } else {
          row += [Cell](repeating: .null, count: 7)
        }
        answer.rows.append(row)
      }
      let spare = slots[goal].count - blocks.slots.count
      if spare > 0 { answer.notes.append("\(experiment.goals[goal].name): \(spare) slots are in no whole block.") }
    }
    var first = [Cell](repeating: .null, count: answer.columns.count)
    (first[0], first[2]) = (.text("verdict"), .int(slots.first?.count ?? 0))
    first[first.count - 1] = .text(table.count == 0 ? "no units are planned yet" : texts.joined(separator: "; "))
    answer.rows.insert(first, at: 0)
    return answer
  }

  private func test(_ blocks: SwitchbackSlots, _ arm: Int) -> Result<RandomisationTest, InsufficientData> {
    do throws(InsufficientData) {
      return .success(
        try RandomisationTest(
          differences: blocks.differences(treatment: arm, control: experiment.controlPlace),
          level: 1 - experiment.alpha / Double(experiment.treatmentPlaces.count), seed: experiment.switchback?.seed ?? 1
        ))
    } catch { return .failure(error) }
  }

  private func cells(
    _ result: Result<RandomisationTest, InsufficientData>, _ adjusted: Double, _ blocks: SwitchbackSlots, _ arm: Int
  ) -> [Cell] {
    switch result {
    case .failure(let missing): return [Cell](repeating: .null, count: 6) + [.text(missing.description)]
    case .success(let test):
      let control = blocks.slots.filter { $0.arm == experiment.controlPlace }
      let mean = control.reduce(0) { $0 + $1.value } / Double(max(1, control.count))
      return [
        .init(test.difference), .init(test.low), .init(test.high), .init(mean == 0 ? nil : test.difference / mean),
        .init(test.p), .init(adjusted), .text(words(test, adjusted)),
      ]
    }
  }

  private func words(_ test: RandomisationTest, _ adjusted: Double) -> String {
    guard adjusted <= experiment.alpha else { return "no difference shown" }
    return test.difference > 0 ? "higher" : "lower"
  }

  private func verdict(
    _ result: Result<RandomisationTest, InsufficientData>, _ adjusted: Double, _ arm: Int
  ) -> String {
    let name = experiment.arms[arm].name
    switch result {
    case .failure(let missing): return "\(name): \(missing)"
    case .success(let test):
      if adjusted > experiment.alpha { return "\(name): no difference shown" }
      return test.difference > 0 ? "ship \(name)" : "\(name) is worse"
    }
  }

  /// What a slot's arm does to the slot after it.
  private func carryOver(_ blocks: SwitchbackSlots, _ arm: Int) -> String? {
    guard
      let over = try? blocks.carryOver(treatment: arm, control: experiment.controlPlace, level: 1 - experiment.alpha)
    else { return nil }
    return "the slot after \(experiment.arms[arm].name) differs from one after \(experiment.control) by "
      + "\(shortP(over.difference)) (\(shortP(over.low)) to \(shortP(over.high)))."
  }
}

extension ExperimentDescription {
  /// Places of the arms that send.
  var activePlaces: [Int] { arms.indices.filter { arms[$0].weight > 0 && $0 != holdoutPlace } }
}
