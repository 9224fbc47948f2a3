internal import Columns
internal import Events
internal import Segments

/// Which members were active on each day: one scan, a bitmap a day.
///
/// Memory: members × days / 8 bytes.
struct ActiveDays {
  private var days: [Int32: Bitmap] = [:]

  init(_ resolved: ResolvedQuestion, days asked: ClosedRange<CommunityDay>, into answer: inout Answer) throws {
    guard let data = resolved.dataDays, data.overlaps(asked) else { return }
    let memberCount = resolved.snapshot.memberCount
    let scan = try EventScan(resolved, days: asked.clamped(to: data))
    let parts = try scan.fold([Int32: Bitmap](), into: &answer) { days, block in
      for run in block.runs {
        if block.foreignDays == nil {
          var members = days.removeValue(forKey: block.storedDay.number) ?? Bitmap(capacity: memberCount)
          block.forEachRow(of: run) { members.insert(UInt32(bitPattern: block.members[$0])) }
          days[block.storedDay.number] = members
        } else {
          block.forEachRow(of: run) { row in
            days[block.day(of: row), default: Bitmap(capacity: memberCount)]
              .insert(UInt32(bitPattern: block.members[row]))
          }
        }
      }
    }
    for part in parts {
      for (day, members) in part {
        if days[day] == nil { days[day] = members } else { days[day]!.formUnion(members) }
      }
    }
  }

  /// Calls `body` with each member who was active on `day`, ascending.
  func forEachMember(on day: CommunityDay, _ body: (Int) -> Void) {
    days[day.number]?.forEach { body(Int($0)) }
  }

  /// On how many days of `range` each member was active, and the last of them as a day number.
  func tally(_ range: ClosedRange<CommunityDay>, memberCount: Int) -> (counts: [Int32], last: [Int32]) {
    var counts = [Int32](repeating: 0, count: memberCount)
    var last = [Int32](repeating: .min, count: memberCount)
    for number in range.lowerBound.number...range.upperBound.number {
      forEachMember(on: CommunityDay(number)) { member in
        counts[member] += 1
        last[member] = number
      }
    }
    return (counts, last)
  }
}
