internal import Columns
internal import Events
internal import Segments

/// All rows that plan units, block by block, with numbers whose order is that of what they stand for.
struct PlannedRows {
  /// By run of rows: ascending by member.
  private(set) var runs: [[PlannedRow]] = []
  /// Texts by number, in the order of their bytes.
  private(set) var arms: [String] = []
  private(set) var pushes: [String] = []
  private(set) var clusters: [String] = []
  private(set) var terms: [PlanTerms] = []
  /// By dimension among the segments: the text of every row by its number.
  private(set) var segments: [TextColumn] = []

  /// Reads the rows of the event that plans units.
  init(_ question: UnitQuestion, _ resolved: ResolvedQuestion, facts: FactColumns, into answer: inout Answer) throws {
    guard case .event(let name) = question.assignment, let asked = resolved.days, let data = resolved.dataDays,
      asked.overlaps(data)
    else { return }
    let dimensions = question.segmentDimensions
    var columns = [UnitQuestion.armColumn, "properties"] + dimensions
    let hasPush = resolved.dimensions.contains(UnitQuestion.pushColumn)
    if hasPush { columns.append(UnitQuestion.pushColumn) }
    if let cluster = question.clusterColumn { columns.append(cluster) }
    var scan = EventScan(resolved, days: asked.clamped(to: data), events: .named([name]), facts: facts)
    scan.readsTimestamps = true
    scan.columns = columns
    let numbering = Numbering(dimensions: dimensions, clusterColumn: question.clusterColumn)
    let parts = try scan.map(into: &answer) { block in block.runs.map { numbering.rows(of: $0, in: block) } }
    runs = parts.joined().map(\.rows)
    segments = dimensions.indices.map { place in
      TextColumn(
        codes: parts.joined().flatMap { $0.segments[place] }, values: StringTable(numbering.segments[place].texts))
    }
    try EngineLimits.check(bytes: rowCount * MemoryLayout<PlannedRow>.stride, of: "planned rows")
    let order = numbering.order
    (arms, pushes, clusters) = (order.arms.sorted, order.pushes.sorted, order.clusters.sorted)
    terms = order.terms.sorted
    var number: Int32 = 0
    for run in runs.indices {
      runs[run].withUnsafeMutableBufferPointer { rows in
        for row in rows.indices {
          order.rank(&rows[row])
          rows[row].number = number
          number += 1
        }
      }
    }
  }

  /// How many rows there are.
  var rowCount: Int { runs.reduce(0) { $0 + $1.count } }
}

/// Numbers of everything that planned rows say, as they first appear.
private struct Numbering: Sendable {
  private let dimensions: [String]
  private let clusterColumn: String?
  private let arms = SharedTexts()
  private let pushes = SharedTexts()
  private let clusters = SharedTexts()
  private let terms = SharedTerms()
  /// By dimension.
  let segments: [SharedTexts]

  init(dimensions: [String], clusterColumn: String?) {
    (self.dimensions, self.clusterColumn) = (dimensions, clusterColumn)
    segments = dimensions.map { _ in SharedTexts() }
  }

  func rows(of run: EventRun, in block: EventBlock) -> (rows: [PlannedRow], segments: [[UInt32]]) {
    var rows: [Int] = []
    rows.reserveCapacity(run.rows.count)
    block.forEachRow(of: run) { rows.append($0) }
    let arms = self.arms.numbers(of: block.columns[UnitQuestion.armColumn], rows: rows)
    let pushes = self.pushes.numbers(of: block.columns[UnitQuestion.pushColumn], rows: rows)
    let clusters = clusterColumn.map { self.clusters.numbers(of: block.columns[$0], rows: rows) }
    let terms = self.terms.numbers(of: block.columns["properties"], rows: rows)
    let segments = zip(dimensions, self.segments).map { $1.numbers(of: block.columns[$0], rows: rows) }
    let planned = rows.indices.map { place in
      let row = rows[place]
      return PlannedRow(
        ts: block.timestamps[row], day: block.storedDay.number, member: block.members[row],
        arm: Int32(bitPattern: arms[place]), push: Int32(bitPattern: pushes[place]),
        cluster: clusters.map { Int32(bitPattern: $0[place]) } ?? -1, terms: Int32(bitPattern: terms[place]),
        number: 0)
    }
    return (planned, segments)
  }

  /// What every number becomes.
  struct Order {
    let arms: Ranks<String>
    let pushes: Ranks<String>
    let clusters: Ranks<String>
    let terms: Ranks<PlanTerms>

    @inline(__always)
    func rank(_ row: inout PlannedRow) {
      row.arm = arms[row.arm]
      row.push = pushes[row.push]
      row.cluster = clusters[row.cluster]
      row.terms = terms[row.terms]
    }
  }

  var order: Order {
    func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
    return Order(
      arms: Ranks(arms.texts, by: precedes), pushes: Ranks(pushes.texts, by: precedes),
      clusters: Ranks(clusters.texts, by: precedes), terms: Ranks(terms.terms, by: PlanTerms.precedes))
  }
}

/// Values in order, and the place of each among them.
private struct Ranks<Value> {
  let sorted: [Value]
  private let ranks: [Int32]

  init(_ values: [Value], by precedes: (Value, Value) -> Bool) {
    let order = values.indices.sorted { precedes(values[$0], values[$1]) }
    sorted = order.map { values[$0] }
    var ranks = [Int32](repeating: 0, count: values.count)
    for (rank, number) in order.enumerated() { ranks[number] = Int32(rank) }
    self.ranks = ranks
  }

  /// -1 for what is missing.
  subscript(number: Int32) -> Int32 { number < 0 ? -1 : ranks[Int(number)] }
}

extension UnitQuestion {
  /// The dimension that names communities, where those are drawn.
  var clusterColumn: String? {
    guard case .cluster(let name) = unit else { return nil }
    return name
  }

  /// Dimensions of the planned row among the segments.
  var segmentDimensions: [String] {
    segments.filter { $0 != Self.priorActivity && !$0.hasPrefix(FactColumns.prefix) }
  }
}
