internal import Columns
internal import Events
internal import Segments

/// Answers how many events and members each hour of the week has: one scan, a bitmap of members an hour.
struct HoursRun: QuestionPlan {
  let question: HoursQuestion
  let resolved: ResolvedQuestion
  let zones: MemberZones

  private struct Tally {
    var events = [Int](repeating: 0, count: 168)
    var members: [Bitmap]

    init(memberCount: Int) { members = (0..<168).map { _ in Bitmap(capacity: memberCount) } }
  }

  func run(into answer: inout Answer) throws {
    answer.columns = [
      AnswerColumn("weekday", .int), AnswerColumn("hour", .int), AnswerColumn("events", .int),
      AnswerColumn("active_members", .int),
    ]
    guard let days = resolved.days else { return }
    var scan = try EventScan(resolved, days: days)
    scan.readsTimestamps = true
    let zone = resolved.zone
    let memberCount = resolved.snapshot.memberCount
    var tallies = try scan.fold(Tally(memberCount: memberCount), into: &answer) { tally, block in
      var clock = DayClock(zone)
      var clocks = zones.zones.map(DayClock.init)
      for run in block.runs {
        block.forEachRow(of: run) { row in
          let place = zones.places.isEmpty ? -1 : Int(zones.places[Int(block.members[row])])
          let ts = block.timestamps[row]
          let local = place < 0 ? clock.localMicroseconds(of: ts) : clocks[place].localMicroseconds(of: ts)
          let slot = Self.hourOfWeek(local)
          tally.events[slot] += 1
          tally.members[slot].insert(UInt32(bitPattern: block.members[row]))
        }
      }
    }
    var total = tallies.removeFirst()
    for tally in tallies {
      for slot in 0..<168 {
        total.events[slot] += tally.events[slot]
        total.members[slot].formUnion(tally.members[slot])
      }
    }
    for slot in 0..<168 {
      answer.rows.append([
        .int(slot / 24 + 1), .int(slot % 24), .int(total.events[slot]), .int(total.members[slot].count),
      ])
    }
    addNotes(to: &answer)
  }

  private func addNotes(to answer: inout Answer) {
    switch question.clock {
    case .community: answer.notes.append("Hours are those of \(resolved.zone.name).")
    case .member:
      guard let fact = zones.factName else {
        answer.notes.append("No facts of members name a zone: hours are those of \(resolved.zone.name).")
        return
      }
      answer.notes.append(
        "Hours are those of \(fact) for \(zones.memberCount) members, for others those of \(resolved.zone.name).")
      for name in zones.unknownNames.prefix(5) { answer.notes.append("'\(name)' is no time zone.") }
    }
  }

  /// 0 is the hour after midnight of Monday; 1970-01-01 was a Thursday.
  private static func hourOfWeek(_ local: Int64) -> Int {
    let hour = local.flooredDivision(by: 3_600_000_000).quotient
    return Int((hour + 3 * 24).flooredDivision(by: 168).remainder)
  }
}
