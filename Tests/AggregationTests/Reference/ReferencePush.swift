import Aggregation

/// The slow, obvious counts of pushes: each unit on its own, straight from the definitions. Item is the push, segment
/// the arm.
struct ReferencePush {
  let question: PushQuestion
  let events: [PlainEvent]
  let asOf: Int64
  /// Where sends may lie, and the first instant of the first day of data.
  let span: Range<Int64>
  let dataStart: Int64

  struct Unit {
    var member: String
    var push: String
    var arm: String?
    var ts: Int64
  }

  private static let minute: Int64 = 60_000_000
  private var window: Int64 { question.windowSeconds * 1_000_000 }

  var units: [Unit] {
    let sends = events.filter { $0.name == question.send && $0.item != nil && span.contains($0.ts) }
    return Dictionary(grouping: sends) { "\($0.member) \($0.item!)" }.values.map { same in
      let first = same.map(\.ts).min()!
      let arms = same.filter { $0.ts == first }.map(\.segment).sorted { ($0 ?? "\u{10FFFF}") < ($1 ?? "\u{10FFFF}") }
      return Unit(member: same[0].member, push: same[0].item!, arm: arms[0], ts: first)
    }
  }

  /// Instants at which a member's sessions begin, and whether with a tap.
  private func sessions(_ member: String) -> [(ts: Int64, isTapped: Bool)] {
    let active = events.filter { $0.member == member && $0.name != question.send }
    return Set(active.map(\.ts)).sorted().filter { ts in
      !active.contains { $0.ts < ts && ts - $0.ts <= 30 * Self.minute }
    }.map { ts in (ts, active.contains { $0.ts == ts && $0.name == question.open }) }
  }

  func window(of unit: Unit) -> Int64 {
    guard question.attribution == .braze else { return window }
    let before = sessions(unit.member).map(\.ts).filter { $0 < unit.ts }
    guard before.count >= 2 else { return window }
    return max(window, (before.last! - before.first!) / Int64(2 * (before.count - 1)))
  }

  /// The session of a unit's credited open: of a tap the last that began by then.
  func session(creditedTo unit: Unit) -> Int64? {
    guard opened(unit) == 1 else { return nil }
    let span = unit.ts..<unit.ts + window(of: unit)
    if question.attribution != .direct {
      return sessions(unit.member).first { span.contains($0.ts) && !$0.isTapped }?.ts
    }
    let taps = events.filter {
      $0.member == unit.member && $0.name == question.open && $0.item == unit.push && span.contains($0.ts)
    }
    let tap = taps.map(\.ts).min()!
    return sessions(unit.member).last { $0.ts <= tap }?.ts ?? tap
  }

  /// How much a unit opened; nil where it does not count.
  private func opened(_ unit: Unit) -> Double? {
    let span = unit.ts..<unit.ts + window(of: unit)
    let own = events.filter { $0.member == unit.member }
    let isTapped = own.contains { $0.name == question.open && $0.item == unit.push && span.contains($0.ts) }
    let starts = sessions(unit.member)
    switch question.attribution {
    case .direct: return isTapped ? 1 : 0
    case .window, .braze:
      guard !isTapped, let session = starts.first(where: { span.contains($0.ts) && !$0.isTapped }) else { return 0 }
      let isTouchedLater = own.contains { event in
        guard event.name == question.send, let push = event.item, push != unit.push, event.ts <= session.ts else {
          return false
        }
        return event.ts > unit.ts || event.ts == unit.ts && push < unit.push
      }
      return question.attribution == .braze || !isTouchedLater ? 1 : 0
    case .baselineAdjusted:
      let weeks = (1...26).map { span.lowerBound - Int64($0) * 7 * 1440 * Self.minute }.filter { start in
        start >= dataStart && !own.contains { $0.name == question.send && $0.ts >= start && $0.ts < start + window }
      }.prefix(4)
      if weeks.isEmpty { return nil }
      let usual = weeks.map { start in starts.count { $0.ts >= start && $0.ts < start + window } }
      return Double(starts.count { span.contains($0.ts) }) - Double(usual.reduce(0, +)) / Double(weeks.count)
    }
  }

  /// Once the last window of the push has closed: of its last send, or where windows are the member's own, of units.
  func isMature(_ unit: Unit, _ window: (Unit) -> Int64) -> Bool {
    if question.attribution == .braze {
      return units.filter { $0.push == unit.push }.allSatisfy { $0.ts + window($0) <= asOf }
    }
    let sends = events.filter { $0.name == question.send && $0.item == unit.push && span.contains($0.ts) }
    return sends.map(\.ts).max()! + window(unit) <= asOf
  }

  /// sent, matured, opened, left_matured, left by push and arm.
  func counts() -> [String: [Double]] {
    var counts: [String: [Double]] = [:]
    for unit in units {
      let key = "\(unit.push) \(unit.arm ?? "-")"
      var row = counts[key] ?? [0, 0, 0, 0, 0]
      row[0] += 1
      if isMature(unit, window(of:)), let opened = opened(unit) {
        row[1] += 1
        row[2] += opened
      }
      let leave = question.leave.windowSeconds * 1_000_000
      if isMature(unit, { _ in leave }) {
        row[3] += 1
        let left = events.contains {
          $0.member == unit.member && $0.name == question.leave.event && $0.ts >= unit.ts && $0.ts < unit.ts + leave
        }
        row[4] += left ? 1 : 0
      }
      counts[key] = row
    }
    return counts
  }
}
