internal import Columns
internal import Events
internal import Segments

/// Says which properties that a question names no event has: one mistyped would be silence else.
///
/// Events are looked at from the newest segment back until each name was seen, which a page of rows mostly does, and at
/// most ``rowCountMax`` of them. Only the first key of a path is looked for.
struct PropertyNotes {
  /// More rows are not looked at.
  private static let rowCountMax = 2_000_000
  private static let pageRowCount = 20_000

  private var missing: Set<String>
  private var known: Set<String> = []
  private var rowCount = 0

  /// The notes on the filters of `question`.
  /// - Throws: what reading a segment throws.
  static func notes(on question: any Question, store: Store, snapshot: Snapshot) throws -> [String] {
    let names = question.filters.flatMap(\.propertyNames)
    if names.isEmpty { return [] }
    var search = PropertyNotes(missing: Set(names))
    for record in snapshot.segments.reversed() where search.goesOn { try search.look(at: record, of: store) }
    let isAll = search.rowCount < rowCountMax
    let who = isAll ? "No event has" : "None of the newest \(search.rowCount) events has"
    return search.missing.sorted().map { name in
      let near = nearestWord(to: name, among: search.known.sorted()).map { " Did you mean '\($0)'?" } ?? ""
      return "\(who) the property '\(name)'.\(near)"
    }
  }

  private init(missing: Set<String>) { self.missing = missing }

  private var goesOn: Bool { !missing.isEmpty && rowCount < Self.rowCountMax }

  private mutating func look(at record: SegmentRecord, of store: Store) throws {
    let segment = try SegmentReader(record, of: store)
    for group in 0..<segment.rowGroupCount {
      let count = segment.rowCount(ofGroup: group)
      for start in stride(from: 0, to: count, by: Self.pageRowCount) where goesOn {
        let rows = start..<min(count, start + Self.pageRowCount)
        rowCount += rows.count
        guard let column = try segment.text("properties", rowGroup: group, rows: rows) else { continue }
        for code in 0..<UInt32(column.values.count) where !missing.isEmpty {
          column.values.withBytes(of: code) { json in
            for key in PropertyScan.keys(of: json) {
              missing.remove(key)
              known.insert(key)
            }
          }
        }
      }
    }
  }
}

extension Filter {
  /// The first keys of the properties that it names.
  fileprivate var propertyNames: [String] { expression.propertyNames }
}

extension FilterExpression {
  fileprivate var propertyNames: [String] {
    switch self {
    case .and(let parts), .or(let parts): return parts.flatMap(\.propertyNames)
    case .not(let part): return part.propertyNames
    case .condition(let condition):
      guard case .property(let keys) = condition.operand else { return [] }
      return Array(keys.prefix(1))
    }
  }
}
