internal import Events
internal import Segments

/// Each member's first qualifying event: from the member dictionary, which outlives expiry; under a filter by a scan.
struct FirstEvents {
  /// Microseconds of UTC by member key; `Int64.max` where there is none before as-of.
  let instants: [Int64]
  /// Numbers of days in the question's zone; 0 where there is no instant.
  let days: [Int32]

  init(_ resolved: ResolvedQuestion, data: ClosedRange<CommunityDay>, into answer: inout Answer) throws {
    let limit = resolved.asOf.microseconds
    var found: [Int64]
    if resolved.question.filter == nil {
      found = try resolved.firstInstants().map { $0 < limit ? $0 : .max }
    } else {
      var scan = try EventScan(resolved, days: data)
      scan.readsTimestamps = true
      found = [Int64](repeating: .max, count: resolved.snapshot.memberCount)
      let parts = try scan.fold(found, into: &answer) { firsts, block in
        for run in block.runs {
          block.forEachRow(of: run) { row in
            let member = Int(block.members[row])
            firsts[member] = min(firsts[member], block.timestamps[row])
          }
        }
      }
      for part in parts { for member in found.indices { found[member] = min(found[member], part[member]) } }
    }
    var clock = DayClock(resolved.zone)
    days = found.map { $0 == .max ? 0 : clock.day(of: $0).number }
    instants = found
  }
}
