internal import Events

/// An answer by a rival's rules, with what they change.
struct RivalAnswer {
  private let own: any Question
  private let adapted: RivalQuestion
  private let rival: Rival

  init(_ question: any Question, as rival: Rival) {
    var own = question
    own.scope.rival = nil
    self.own = own
    self.rival = rival
    adapted = own.adapted(to: rival)
  }

  /// Asks both ways and compares.
  func answer(_ ask: (any Question) throws -> Answer) throws -> Answer {
    var theirs = try ask(adapted.question)
    adapted.finish?(&theirs)
    theirs.definition += "+\(rival.rawValue)"
    for rule in adapted.rules { theirs.notes.append("\(rival.name): \(rule).") }
    for lack in adapted.missing { theirs.notes.append("Cannot reproduce: \(lack).") }
    if adapted.rules.isEmpty {
      if adapted.missing.isEmpty { theirs.notes.append("\(rival.name): no rule differs.") }
      return theirs
    }
    let ours = try ask(own)
    theirs.statistics.add(ours.statistics)
    theirs.notes += Self.differences(theirs, ours)
    return theirs
  }

  /// The figure of each column that differs most, with its place; ends of intervals follow their rates and are left out.
  private static func differences(_ theirs: Answer, _ ours: Answer) -> [String] {
    let keys = keyColumns(of: theirs)
    let known = Dictionary(ours.rows.map { (key($0, keys), $0) }) { first, _ in first }
    var notes: [String] = []
    for (column, figure) in theirs.columns.enumerated() {
      guard [.int, .float].contains(figure.kind), !keys.contains(column), !["low", "high"].contains(figure.name),
        let place = ours.columns.firstIndex(of: figure)
      else { continue }
      let pairs = theirs.rows.compactMap { row in known[key(row, keys)].map { (row, $0[place]) } }
      notes += difference(of: figure.name, pairs.map { ($0[column], $1, Self.place(of: $0, keys, theirs)) })
    }
    return notes.isEmpty ? ["No figure differs."] : notes
  }

  /// Where a row lies, in words.
  private static func place(of row: [Cell], _ keys: [Int], _ answer: Answer) -> String {
    keys.map { "\(answer.columns[$0].name) \(row[$0].word)" }.joined(separator: ", ")
  }

  private static func difference(of name: String, _ pairs: [(theirs: Cell, ours: Cell, place: String)]) -> [String] {
    var notes: [String] = []
    let distance = { (pair: (theirs: Cell, ours: Cell, place: String)) -> Double in
      guard let a = pair.theirs.number, let b = pair.ours.number else { return 0 }
      return abs(a - b)
    }
    if let largest = pairs.max(by: { distance($0) < distance($1) }), distance(largest) > 0 {
      notes.append(
        "\(name) differs by at most \(distance(largest).word) (\(largest.place): \(largest.theirs.word), "
          + "by Muster's rules \(largest.ours.word)).")
    }
    let gained = pairs.count { $0.theirs != .null && $0.ours == .null }
    let lost = pairs.count { $0.theirs == .null && $0.ours != .null }
    if gained > 0 { notes.append("\(name) has a figure in \(gained) rows where Muster's rules give none.") }
    if lost > 0 { notes.append("\(name) has no figure in \(lost) rows where Muster's rules give one.") }
    return notes
  }

  /// Columns that say what a row is of.
  private static func keyColumns(of answer: Answer) -> [Int] {
    let names: Set<String> = ["period", "days", "weekday", "hour", "step", "cohort"]
    return answer.columns.indices.filter {
      names.contains(answer.columns[$0].name) || [.date, .string].contains(answer.columns[$0].kind)
    }
  }

  private static func key(_ row: [Cell], _ columns: [Int]) -> [Cell] { columns.map { row[$0] } }
}

extension Cell {
  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  fileprivate var word: String {
    if case .float(let value) = self { return value.word }
    return self == .null ? "of all" : text(decimals: nil)
  }
}

extension Double {
  /// With at most four decimals.
  fileprivate var word: String {
    let rounded = (self * 1e4).rounded() / 1e4
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : String(describing: rounded)
  }
}
