internal import Columns
internal import Events

/// Counts events of whole community days for the units of their members.
///
/// ```
/// run of an event, day 9     m1 m1 m4 m7 …         members ascend
/// anchors                    m1: 8   m4: –   m7: 3
/// window of 3 days           m1 is within (9 − 8 < 3), m4 no unit, m7 out
/// ```
struct UnitDayScan {
  let units: UnitPlaces
  let day: Int32
  let block: EventBlock
  /// The number of each row's community, where communities are drawn.
  let clusters: [Int32]

  /// Adds the rows of a run to a tally; `values` is what a sum adds of a row.
  func add(_ run: EventRun, to tally: UnitTally, values: inout PropertyValues?) {
    guard units.mayReach(day, tally.slot) else { return }
    let isAnywhere = clusters.isEmpty || tally.slot.isAnywhere
    switch tally.slot.kind {
    case .count, .days:
      if !isAnywhere {
        forEachUnit(run, tally) { Self.count(tally, $1, $2) }
      } else if units.isDense {
        addByMember(run, to: tally)
      } else {
        addByUnit(run, to: tally)
      }
    case .sum:
      forEachUnit(run, tally) { row, place, _ in
        if let value = values?.value(of: row) {
          tally.sums[place] &+= value
        } else if values?.isUnusable(row) == true {
          tally.unusableCount += 1
        }
      }
    case .first:
      let midnights = units.midnights
      forEachUnit(run, tally) { row, place, age in
        tally.note(max(0, block.timestamps[row] - midnights.start(of: day - age)), at: place)
      }
    }
  }

  /// `age` is the number of days from the anchor.
  @inline(__always)
  private static func count(_ tally: UnitTally, _ place: Int, _ age: Int32) {
    if tally.slot.kind == .count {
      tally.words[place] &+= 1
    } else {
      let bit = Int(age - tally.slot.firstDay)
      tally.words[place * tally.slot.wordCount + bit >> 5] |= 1 << UInt32(bit & 31)
    }
  }

  /// Where places are member keys: one look at the anchor a row.
  private func addByMember(_ run: EventRun, to tally: UnitTally) {
    let (newest, width) = (day &- tally.slot.firstDay, UInt32(tally.slot.dayCount))
    let (words, wordCount, memberCount) = (tally.words, tally.slot.wordCount, units.memberCount)
    let isCount = tally.slot.kind == .count
    units.withPointers { anchors, _, _ in
      block.members.withUnsafeBufferPointer { members in
        @inline(__always)
        func add(_ row: Int) {
          let member = Int(members[row])
          guard UInt(bitPattern: member) < UInt(memberCount) else { return }
          let bit = UInt32(bitPattern: newest &- anchors[member])
          guard bit < width else { return }
          if isCount { words[member] &+= 1 } else { words[member &* wordCount &+ Int(bit >> 5)] |= 1 << (bit & 31) }
        }
        guard let selection = block.selection else {
          for row in run.rows { add(row) }
          return
        }
        selection.withUnsafeBufferPointer { selection in
          for row in run.rows where selection[row] == 1 { add(row) }
        }
      }
    }
  }

  /// Where a member has several units: its rows, which lie together, are counted first.
  private func addByUnit(_ run: EventRun, to tally: UnitTally) {
    let (newest, width) = (day &- tally.slot.firstDay, UInt32(tally.slot.dayCount))
    let (words, wordCount, memberCount) = (tally.words, tally.slot.wordCount, units.memberCount)
    let isCount = tally.slot.kind == .count
    units.withPointers { _, starts, days in
      block.members.withUnsafeBufferPointer { members in
        var row = run.rows.lowerBound
        while row < run.rows.upperBound {
          let member = Int(members[row])
          var count: UInt32 = 0
          while row < run.rows.upperBound, Int(members[row]) == member {
            if block.selection == nil || block.selection![row] == 1 { count += 1 }
            row += 1
          }
          guard count > 0, UInt(bitPattern: member) < UInt(memberCount) else { continue }
          for unit in Int(starts[member])..<Int(starts[member &+ 1]) {
            let bit = UInt32(bitPattern: newest &- days[unit])
            guard bit < width else { continue }
            if isCount { words[unit] &+= count } else { words[unit &* wordCount &+ Int(bit >> 5)] |= 1 << (bit & 31) }
          }
        }
      }
    }
  }

  /// Calls `body` with each row that counts, the place of each unit that it counts for, and its age in days.
  @inline(__always)
  private func forEachUnit(_ run: EventRun, _ tally: UnitTally, _ body: (Int, Int, Int32) -> Void) {
    let (first, width) = (tally.slot.firstDay, UInt32(tally.slot.dayCount))
    let isAnywhere = clusters.isEmpty || tally.slot.isAnywhere
    block.forEachRow(of: run) { row in
      units.forEachUnit(of: block.members[row]) { unit, place, anchor in
        let age = day &- anchor
        guard UInt32(bitPattern: age &- first) < width else { return }
        if !isAnywhere, clusters[row] != units.cluster(of: unit) { return }
        body(row, place, age)
      }
    }
  }
}
