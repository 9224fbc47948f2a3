internal import Columns
internal import Events

/// Makes units of the planned rows of one member after another.
struct UnitMaker: Sendable {
  /// Units of some members, and what was left out of them.
  struct Part: Sendable {
    var units = PlannedUnits()
    /// Where the rows of each unit of the member at hand lie.
    fileprivate var groups: [Range<Int>] = []
  }

  private let unit: UnitQuestion.Unit
  private let segments: [TextColumn]
  private let keepsFirstArm: Bool
  private let isBeforeArms: Bool
  /// By number of an arm's text: the place among the question's arms; -1 for others.
  private let placeOfArm: [Int32]
  private let armNames: [String]
  /// Communities that were planned in two arms.
  private let isMixed: [Bool]

  init(_ rows: PlannedRows, _ question: UnitQuestion) {
    (unit, keepsFirstArm) = (question.unit, question.keepsFirstArm && question.unit == .member)
    (armNames, segments) = (rows.arms, rows.segments)
    isBeforeArms = question.isBeforeArms
    placeOfArm = rows.arms.map { name in
      Int32(question.arms.firstIndex { $0.utf8.elementsEqual(name.utf8) } ?? -1)
    }
    var firstArms = [Int32](repeating: .min, count: rows.clusters.count)
    var isMixed = [Bool](repeating: false, count: rows.clusters.count)
    if question.clusterColumn != nil {
      for run in rows.runs {
        for row in run where row.cluster >= 0 {
          let cluster = Int(row.cluster)
          if firstArms[cluster] == .min { firstArms[cluster] = row.arm }
          if firstArms[cluster] != row.arm { isMixed[cluster] = true }
        }
      }
    }
    self.isMixed = isMixed
  }

  /// Adds the units of a member; `rows` are the member's, in order, and may come back in another.
  func add(_ rows: UnsafeMutableBufferPointer<PlannedRow>, to part: inout Part) {
    part.units.starts.append(Int32(part.units.members.count))
    part.units.sendStarts.append(Int32(part.units.sendUnits.count))
    if rows.isEmpty { return }
    switch unit {
    case .member: addUnit(UnsafeBufferPointer(rows), to: &part)
    case .send: addGroups(rows, to: &part, key: { $0.push }) { part in part.units.exclusions.withoutPush += 1 }
    case .cluster:
      addGroups(rows, to: &part, key: { $0.cluster }) { part in part.units.exclusions.withoutCommunity += 1 }
    }
  }

  /// A unit for each value of `key`, in the order of (day, push).
  @inline(__always)
  private func addGroups(
    _ rows: UnsafeMutableBufferPointer<PlannedRow>, to part: inout Part, key: (PlannedRow) -> Int32,
    missing: (inout Part) -> Void
  ) {
    if rows.count == 1 {
      if key(rows[0]) < 0 { missing(&part) } else { addUnit(UnsafeBufferPointer(rows), to: &part) }
      return
    }
    // Rows of a unit together, in their order; those without a key come last.
    var rows = rows
    rows.sort { a, b in
      let (left, right) = (UInt32(bitPattern: key(a)), UInt32(bitPattern: key(b)))
      return left != right ? left < right : PlannedRow.precedes(a, b)
    }
    part.groups.removeAll(keepingCapacity: true)
    var start = 0
    while start < rows.count {
      var end = start + 1
      if key(rows[start]) < 0 {
        missing(&part)
      } else {
        while end < rows.count, key(rows[end]) == key(rows[start]) { end += 1 }
        part.groups.append(start..<end)
      }
      start = end
    }
    part.groups.sort { a, b in
      let (a, b) = (rows[a.lowerBound], rows[b.lowerBound])
      return a.day != b.day ? a.day < b.day : UInt32(bitPattern: a.push) < UInt32(bitPattern: b.push)
    }
    let groups = part.groups
    for group in groups { addUnit(UnsafeBufferPointer(rebasing: rows[group]), to: &part) }
  }

  /// Adds the unit of `rows`, or counts why it is left out.
  private func addUnit(_ rows: UnsafeBufferPointer<PlannedRow>, to part: inout Part) {
    let first = rows[0]
    var isUnit = true
    if isBeforeArms {
      // Nobody was in two of them, or in one that is not known.
    } else if case .cluster = unit, isMixed[Int(first.cluster)] {
      part.units.exclusions.inTwoArms += 1
      isUnit = false
    } else if !keepsFirstArm, rows.contains(where: { $0.arm != first.arm }) {
      part.units.exclusions.inTwoArms += 1
      isUnit = false
    } else if first.arm < 0 || placeOfArm[Int(first.arm)] < 0 {
      part.units.exclusions.unknownArms[first.arm < 0 ? "" : armNames[Int(first.arm)], default: 0] += 1
      isUnit = false
    }
    if unit == .send {
      if isUnit { part.units.exclusions.plannedAgain += rows.count - 1 }
      part.units.sendUnits.append(isUnit ? Int32(part.units.members.count) : -1)
      part.units.sendPushes.append(first.push)
    } else if isUnit {
      addSends(rows, to: &part)
    }
    guard isUnit else { return }
    part.units.members.append(first.member)
    part.units.days.append(first.day)
    part.units.arms.append(isBeforeArms ? 0 : UInt8(placeOfArm[Int(first.arm)]))
    part.units.pushes.append(first.push)
    part.units.clusters.append(first.cluster)
    part.units.terms.append(first.terms)
    part.units.rows.append(firstNumber(of: rows))
  }

  /// The number of the first row; of rows that say the same otherwise, the one whose segments come first.
  private func firstNumber(of rows: UnsafeBufferPointer<PlannedRow>) -> Int32 {
    var first = rows[0].number
    for row in rows.dropFirst() {
      if PlannedRow.precedes(rows[0], row) { break }
      if GroupValues.precedes(values(row.number), values(first)) { first = row.number }
    }
    return first
  }

  private func values(_ number: Int32) -> GroupValues { GroupValues(texts: segments.map { $0[Int(number)] }) }

  /// The pushes that were planned for a unit on its anchor day.
  private func addSends(_ rows: UnsafeBufferPointer<PlannedRow>, to part: inout Part) {
    let start = part.units.sendUnits.count
    for row in rows where row.day == rows[0].day && row.push >= 0 {
      if part.units.sendPushes[start...].contains(row.push) { continue }
      part.units.sendUnits.append(Int32(part.units.members.count))
      part.units.sendPushes.append(row.push)
    }
  }
}
