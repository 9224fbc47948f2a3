internal import Columns
internal import Events

/// What rows of planned pushes say: to which group of the answer they belong, or that they are held out.
struct PlanKinds: Sendable {
  /// By number of a kind: its arm, nil where it has none.
  let arms: [String?]
  /// By number: the values of the question's columns.
  let groups: [GroupValues]
  /// By number: what must agree between a planned unit and its holdout besides the day: the push, and the question's
  /// columns without the arm.
  let strata: [GroupValues]
  /// By number: its place among all in the order of their values.
  let rank: [Int]
  private let holdout: String

  /// The columns that tell kinds apart: those of the question, then arm and push where it has not got them.
  static func columns(_ question: PushQuestion) -> [String] {
    question.by + [PushQuestion.armColumn, PushQuestion.pushColumn].filter { !question.by.contains($0) }
  }

  init(_ values: [GroupValues], _ question: PushQuestion) {
    let columns = Self.columns(question)
    let arm = columns.firstIndex(of: PushQuestion.armColumn)!
    arms = values.map { $0.texts[arm] }
    groups = values.map { GroupValues(texts: Array($0.texts.prefix(question.by.count))) }
    strata = values.map { kind in
      GroupValues(texts: kind.texts.indices.filter { $0 != arm }.map { kind.texts[$0] })
    }
    var rank = [Int](repeating: 0, count: values.count)
    for (place, kind) in values.indices.sorted(by: { GroupValues.precedes(values[$0], values[$1]) }).enumerated() {
      rank[kind] = place
    }
    self.rank = rank
    holdout = question.holdout
  }

  func isHeld(_ kind: Int) -> Bool { arms[kind].map { $0.utf8.elementsEqual(holdout.utf8) } ?? false }

  func isSameArm(_ a: Int, _ b: Int) -> Bool {
    guard let left = arms[a], let right = arms[b] else { return arms[a] == nil && arms[b] == nil }
    return left.utf8.elementsEqual(right.utf8)
  }

  /// By number: the place of its stratum in the order of their values.
  var strataPlaces: [Int] {
    let order = Set(strata).sorted(by: GroupValues.precedes)
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return strata.map { places[$0]! }
  }

  /// The groups of those that are not held out.
  var treated: [GroupValues] { groups.indices.filter { !isHeld($0) }.map { groups[$0] } }
}

/// A planned push of one member.
struct PlannedUnit {
  var kind: UInt32
  /// The number of its day.
  var day: Int32
  /// Whether its push has matured.
  var isMature: Bool
  /// Whether the member was active in the whole days of the window.
  var isActive: Bool
}

/// Finds a member's planned units and whether the member was active, one member after another.
struct PlanWalk {
  /// All units, member by member, and where those of each member that has any end.
  private(set) var units: [PlannedUnit] = []
  private(set) var ends: [Int] = []
  /// Units that were planned with more than one arm.
  var twoArmed = 0

  private let kinds: PlanKinds
  private let span: Range<Int64>
  private let place: Int32
  private let isActivity: [Bool]
  /// By day from `firstDay` on: the instants of the whole days from it.
  private let windows: [Range<Int64>]
  private let firstDay: Int32
  /// By push: whether it has matured.
  private let isMature: [Bool]
  private var clock: DayClock
  /// The member's: the push, the row's instant, and whether another arm was planned too.
  private var found: [(push: UInt32, ts: Int64, kind: Int, isTwoArmed: Bool)] = []

  init(
    _ question: PushQuestion, _ resolved: ResolvedQuestion, _ days: ClosedRange<CommunityDay>, _ kinds: PlanKinds,
    _ runs: MemberRuns
  ) {
    self.kinds = kinds
    span = resolved.span(of: days)
    place = Int32(PushQuestion.plannedPlace)
    let passive = resolved.passiveEvents
    isActivity =
      question.eventNames.map { !passive.contains($0) && $0 != question.send && $0 != question.planned } + [true]
    // A clock that is turned back over midnight can give the day before.
    firstDay = days.lowerBound.number - 1
    windows = (firstDay...days.upperBound.number + 1).map { day in
      let start = resolved.zone.start(of: CommunityDay(day)).microseconds
      return start..<max(start, resolved.zone.start(of: CommunityDay(day) + question.dayCount).microseconds)
    }
    clock = DayClock(resolved.zone)
    var ends: [UInt32: Int64] = [:]
    for run in runs.runs where run.name == place {
      for (push, ts) in zip(run.first, run.instants) where push != TextColumn.null && span.contains(ts) {
        let day = Int(clock.day(of: ts).number - firstDay)
        ends[push] = max(ends[push] ?? .min, windows[day].upperBound)
      }
    }
    let asOf = resolved.asOf.microseconds
    isMature = (0..<(ends.keys.max().map { $0 + 1 } ?? 0)).map { ends[$0].map { $0 <= asOf } ?? false }
  }

  /// Looks at a member; `rows` are the member's, in the order of time.
  mutating func add(_ rows: UnsafeBufferPointer<MemberRow>) {
    found.removeAll(keepingCapacity: true)
    for row in rows where row.name == place && row.first != TextColumn.null && span.contains(row.ts) {
      let kind = Int(row.second)
      guard let known = found.firstIndex(where: { $0.push == row.first }) else {
        found.append((row.first, row.ts, kind, false))
        continue
      }
      if !kinds.isSameArm(found[known].kind, kind) { found[known].isTwoArmed = true }
      if found[known].ts == row.ts, kinds.rank[kind] < kinds.rank[found[known].kind] { found[known].kind = kind }
    }
    if found.isEmpty { return }
    for unit in found {
      if unit.isTwoArmed {
        twoArmed += 1
        continue
      }
      let day = clock.day(of: unit.ts).number
      let window = windows[Int(day - firstDay)]
      let isActive = rows.contains { isActivity[Int($0.name)] && window.contains($0.ts) }
      units.append(
        PlannedUnit(
          kind: UInt32(unit.kind), day: day, isMature: isMature[Int(unit.push)], isActive: isActive))
    }
    if units.count > (ends.last ?? 0) { ends.append(units.count) }
  }
}
