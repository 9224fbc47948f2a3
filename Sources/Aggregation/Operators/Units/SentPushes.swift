internal import Columns
internal import Dispatch
internal import Events
internal import Segments

/// When each planned push was sent, and which sends nobody planned.
struct SentPushes {
  /// By planned push of ``PlannedUnits``: microseconds of UTC; `Int64.max` where it was not sent.
  private(set) var instants: [Int64]
  /// By unit: whether a push planned for its anchor day was sent; where pushes have no names, whether any was that day.
  private(set) var isDelivered: [Bool]
  /// Sends by member and push on the days asked for that are not planned.
  private(set) var unplannedCount = 0

  /// By unit: whether a push was planned for its anchor day by name.
  private let hasPush: [Bool]

  /// What one core saw.
  private struct State {
    var instants: [Int64]
    var isDelivered: [Bool]
    /// A member in the upper half and a push, which is not planned for it, in the lower.
    var unplanned: [UInt64] = []
  }

  init(
    _ units: PlannedUnits, _ question: UnitQuestion, _ resolved: ResolvedQuestion, pushes: KnownTexts,
    facts: FactColumns, into answer: inout Answer
  ) throws {
    instants = [Int64](repeating: .max, count: units.sendUnits.count)
    isDelivered = [Bool](repeating: false, count: units.count)
    var hasPush = isDelivered
    for unit in units.sendUnits where unit >= 0 { hasPush[Int(unit)] = true }
    self.hasPush = hasPush
    guard let data = resolved.dataDays, let asked = resolved.days else { return }
    // A member's own clock may be ahead of the community's by a day.
    let first = max(data.lowerBound, units.days.min().map { CommunityDay($0) - 1 } ?? asked.lowerBound)
    guard first <= data.upperBound else { return }
    var scan = EventScan(resolved, days: first...data.upperBound, events: .named([question.sent]), facts: facts)
    scan.filter = nil
    scan.readsTimestamps = true
    scan.columns = resolved.dimensions.contains(UnitQuestion.pushColumn) ? [UnitQuestion.pushColumn] : []
    let others = SharedTexts()
    let states = try scan.fold(State(instants: instants, isDelivered: isDelivered), into: &answer) { state, block in
      let numbers = pushes.numbers(of: block.columns[UnitQuestion.pushColumn], rowCount: block.members.count)
      let isAsked = question.unit == .send && asked.contains(block.storedDay)
      for run in block.runs {
        var unplanned: [Int] = []
        Self.withLookup(units, hasPush, &state) { lookup in
          block.forEachRow(of: run) { row in
            let isPlanned = lookup.add(
              member: Int(block.members[row]), push: numbers[row], day: block.storedDay.number,
              at: block.timestamps[row])
            if isAsked, !isPlanned { unplanned.append(row) }
          }
        }
        if unplanned.isEmpty { continue }
        for (row, push) in zip(unplanned, others.numbers(of: block.columns[UnitQuestion.pushColumn], rows: unplanned))
        where push != TextColumn.null {
          state.unplanned.append(UInt64(UInt32(bitPattern: block.members[row])) << 32 | UInt64(push))
        }
      }
    }
    settle(states, units)
  }

  /// Looks up the sends of one block.
  private struct Lookup {
    let starts: UnsafeBufferPointer<Int32>
    let days: UnsafeBufferPointer<Int32>
    let sendStarts: UnsafeBufferPointer<Int32>
    let sendUnits: UnsafeBufferPointer<Int32>
    let sendPushes: UnsafeBufferPointer<Int32>
    let hasPush: UnsafeBufferPointer<Bool>
    let instants: UnsafeMutableBufferPointer<Int64>
    let isDelivered: UnsafeMutableBufferPointer<Bool>

    /// Notes a send; whether it was planned.
    @inline(__always)
    func add(member: Int, push: Int32, day: Int32, at instant: Int64) -> Bool {
      guard member >= 0, member + 1 < starts.count else { return false }
      var isPlanned = false
      for send in Int(sendStarts[member])..<Int(sendStarts[member + 1]) where push >= 0 && sendPushes[send] == push {
        isPlanned = true
        let unit = Int(sendUnits[send])
        if unit >= 0, day >= days[unit] - 1 { instants[send] = min(instants[send], instant) }
      }
      for unit in Int(starts[member])..<Int(starts[member + 1]) where !hasPush[unit] && days[unit] == day {
        isDelivered[unit] = true
      }
      return isPlanned
    }
  }

  /// Calls `body` with what looks up sends and notes them in `state`.
  private static func withLookup(
    _ units: PlannedUnits, _ hasPush: [Bool], _ state: inout State, _ body: (Lookup) -> Void
  ) {
    state.instants.withUnsafeMutableBufferPointer { instants in
      state.isDelivered.withUnsafeMutableBufferPointer { isDelivered in
        units.starts.withUnsafeBufferPointer { starts in
          units.days.withUnsafeBufferPointer { days in
            units.sendStarts.withUnsafeBufferPointer { sendStarts in
              units.sendUnits.withUnsafeBufferPointer { sendUnits in
                units.sendPushes.withUnsafeBufferPointer { sendPushes in
                  hasPush.withUnsafeBufferPointer { hasPush in
                    body(
                      Lookup(
                        starts: starts, days: days, sendStarts: sendStarts, sendUnits: sendUnits,
                        sendPushes: sendPushes, hasPush: hasPush, instants: instants, isDelivered: isDelivered))
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private mutating func settle(_ states: [State], _ units: PlannedUnits) {
    var unplanned: Set<UInt64> = []
    for state in states {
      for send in instants.indices { instants[send] = min(instants[send], state.instants[send]) }
      for unit in isDelivered.indices where state.isDelivered[unit] { isDelivered[unit] = true }
      unplanned.formUnion(state.unplanned)
    }
    for send in instants.indices where instants[send] != .max && units.sendUnits[send] >= 0 {
      isDelivered[Int(units.sendUnits[send])] = true
    }
    unplannedCount = unplanned.count
  }
}
