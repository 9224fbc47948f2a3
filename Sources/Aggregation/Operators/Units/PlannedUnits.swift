internal import Columns
internal import Dispatch
internal import Events
internal import Synchronization

/// Units and the pushes planned for them, member by member.
///
/// ```
/// starts      0 1 3 3 …                where the units of each member key begin
/// days        d4 │ d1 d2 │ …           one a unit, its anchor
/// sendStarts  0 1 3 3 …                where the planned pushes of each member begin
/// sendUnits   0 │ 1 2 │ …              the unit of each; -1 of a unit that is left out
/// ```
struct PlannedUnits: Sendable {
  var members: [Int32] = []
  var days: [Int32] = []
  var arms: [UInt8] = []
  /// Numbers of ``PlannedRows``; -1 for none.
  var pushes: [Int32] = []
  var clusters: [Int32] = []
  var terms: [Int32] = []
  /// Numbers of the first rows.
  var rows: [Int32] = []
  var starts: [Int32] = []
  var sendUnits: [Int32] = []
  var sendPushes: [Int32] = []
  var sendStarts: [Int32] = []
  var exclusions = UnitTable.Exclusions()

  /// How many units there are.
  var count: Int { members.count }

  /// Members that are looked at together.
  private static let memberChunk = 1 << 14

  /// No units.
  init() {}

  init(_ rows: PlannedRows, _ question: UnitQuestion, memberCount: Int) {
    let maker = UnitMaker(rows, question)
    let chunkCount = (memberCount + Self.memberChunk - 1) / Self.memberChunk
    let next = Atomic<Int>(0)
    let found = Mutex([Int: PlannedUnits]())
    DispatchQueue.concurrentPerform(iterations: max(1, min(EngineLimits.coreCount, chunkCount))) { _ in
      var chunk = PlannedChunk()
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if place >= chunkCount { break }
        let start = place * Self.memberChunk
        let range = start..<min(start + Self.memberChunk, memberCount)
        chunk.gather(rows.runs, range)
        var part = UnitMaker.Part()
        part.units.starts.reserveCapacity(range.count)
        chunk.forEachMember { maker.add($0, to: &part) }
        found.withLock { $0[place] = part.units }
      }
    }
    let parts = found.withLock { $0 }
    for place in 0..<chunkCount { append(parts[place]!) }
    starts.append(Int32(count))
    sendStarts.append(Int32(sendUnits.count))
  }

  private mutating func append(_ part: PlannedUnits) {
    let (base, sendBase) = (Int32(count), Int32(sendUnits.count))
    members += part.members
    days += part.days
    arms += part.arms
    pushes += part.pushes
    clusters += part.clusters
    terms += part.terms
    rows += part.rows
    starts += part.starts.map { $0 + base }
    sendStarts += part.sendStarts.map { $0 + sendBase }
    sendUnits += part.sendUnits.map { $0 < 0 ? -1 : $0 + base }
    sendPushes += part.sendPushes
    exclusions.add(part.exclusions)
  }
}

extension UnitTable.Exclusions {
  /// Adds those of other units.
  mutating func add(_ other: UnitTable.Exclusions) {
    inTwoArms += other.inTwoArms
    unknownArms.merge(other.unknownArms, uniquingKeysWith: +)
    withoutPush += other.withoutPush
    withoutCommunity += other.withoutCommunity
    plannedAgain += other.plannedAgain
    unplannedSends += other.unplannedSends
    tapsBeforeSend += other.tapsBeforeSend
    unusableValues.merge(other.unusableValues, uniquingKeysWith: +)
  }
}

/// The planned rows of some members, member by member in order.
private struct PlannedChunk {
  private var rows: [PlannedRow] = []
  private var ends: [Int] = []

  /// Takes the rows of the members of `range`.
  mutating func gather(_ runs: [[PlannedRow]], _ range: Range<Int>) {
    let parts = runs.compactMap { run -> (run: [PlannedRow], places: Range<Int>)? in
      let places = Self.places(of: range, in: run)
      return places.isEmpty ? nil : (run, places)
    }
    var starts = [Int](repeating: 0, count: range.count + 1)
    for (run, places) in parts {
      run.withUnsafeBufferPointer { run in
        for place in places { starts[Int(run[place].member) - range.lowerBound + 1] += 1 }
      }
    }
    for member in 1..<starts.count { starts[member] += starts[member - 1] }
    let count = starts[range.count]
    let empty = PlannedRow(ts: 0, day: 0, member: 0, arm: 0, push: 0, cluster: 0, terms: 0, number: 0)
    if rows.count < count { rows = [PlannedRow](repeating: empty, count: count) }
    rows.withUnsafeMutableBufferPointer { rows in
      starts.withUnsafeMutableBufferPointer { starts in
        for (run, places) in parts {
          run.withUnsafeBufferPointer { run in
            for place in places {
              let member = Int(run[place].member) - range.lowerBound
              rows[starts[member]] = run[place]
              starts[member] += 1
            }
          }
        }
      }
    }
    ends = starts
  }

  /// Calls `body` with the rows of each member of the range, be there none.
  mutating func forEachMember(_ body: (UnsafeMutableBufferPointer<PlannedRow>) -> Void) {
    rows.withUnsafeMutableBufferPointer { rows in
      var start = 0
      for member in 0..<ends.count - 1 {
        let slice = UnsafeMutableBufferPointer(rebasing: rows[start..<ends[member]])
        sortRun(slice, by: PlannedRow.precedes)
        body(slice)
        start = ends[member]
      }
    }
  }

  /// The places of rows whose member is in `range`.
  private static func places(of range: Range<Int>, in run: [PlannedRow]) -> Range<Int> {
    func place(_ member: Int) -> Int {
      var (low, high) = (0, run.count)
      while low < high {
        let middle = (low + high) / 2
        if Int(run[middle].member) < member { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let start = place(range.lowerBound)
    return start..<max(start, place(range.upperBound))
  }
}
