internal import Columns
internal import Events
internal import Segments

/// Attributes of members that a question names, one code a member key: a row's value is one look-up by its member.
struct FactColumns: Sendable {
  /// What stands before the name of an attribute in a question.
  static let prefix = "member."
  /// Attributes have no time.
  static let note = "Facts of members are those that are known now; they hold for events of every day."

  private var columns: [String: TextColumn] = [:]

  init() {}

  /// Reads the columns of the attributes that `question` names.
  init(_ question: any Question, store: Store, snapshot: Snapshot) throws {
    guard !question.factNames.isEmpty, let reader = try store.facts(snapshot) else { return }
    for name in question.factNames {
      columns[name] = try reader.column(String(name.dropFirst(Self.prefix.count)), memberCount: snapshot.memberCount)
    }
  }

  /// With the prefix.
  var names: [String] { columns.keys.sorted() }

  /// The values of an attribute for rows of `members`.
  func column(_ name: String, of members: [Int32]) -> TextColumn? {
    guard let column = columns[name] else { return nil }
    let codes = [UInt32](unsafeUninitializedCapacity: members.count) { codes, count in
      column.codes.withUnsafeBufferPointer { byKey in
        members.withUnsafeBufferPointer { members in
          for row in 0..<members.count {
            let key = Int(members[row])
            codes[row] = UInt(bitPattern: key) < UInt(byKey.count) ? byKey[key] : TextColumn.null
          }
        }
      }
      count = members.count
    }
    return TextColumn(codes: codes, values: column.values)
  }

  /// Says that members have no such attribute, and which they have.
  static func unknown(_ name: String, among known: [String]) -> AggregationError {
    let hint =
      known.isEmpty
      ? "This store has no facts of members: load a dataset with `kind: members`."
      : (nearestWord(to: name, among: known).map { "Did you mean 'member.\($0)'? " } ?? "")
        + "Known: \(known.prefix(20).map { prefix + $0 }.joined(separator: ", "))."
    return AggregationError(.unknownName, "members have no attribute '\(name)'", hint: hint)
  }

  /// Compares the attributes that `question` names with those that the store has.
  /// - Throws: ``AggregationError`` `unknownName` with the nearest.
  static func check(_ question: any Question, store: Store, snapshot: Snapshot) throws {
    let asked = question.factNames
    if asked.isEmpty { return }
    let known = try store.facts(snapshot)?.names ?? []
    for name in asked.map({ String($0.dropFirst(prefix.count)) }) where !known.contains(name) {
      var error = unknown(name, among: known)
      let operand = FilterOperand.fact(name).text
      for text in question.filters.map(\.text) {
        guard let place = text.firstRange(of: operand) else { continue }
        (error.text, error.position) = (text, text.distance(from: text.startIndex, to: place.lowerBound) + 1)
      }
      throw error
    }
  }
}

extension Question {
  /// The attributes of members that it names, with their prefix, each once.
  var factNames: [String] {
    columns.filter { $0.hasPrefix(FactColumns.prefix) }.sorted()
  }
}

extension SourceSQL {
  /// `facts AS (…),` with a row for each member that has facts; empty where the question names none.
  var factTable: String {
    guard !facts.isEmpty, let factsFile else { return "" }
    let names = facts.map { name in
      "\(dialect.identifier(String(name.dropFirst(FactColumns.prefix.count)))) AS \(dialect.identifier(name))"
    }
    let file =
      switch dialect {
      case .duckdb: "read_parquet(\(dialect.literal(factsFile)))"
      case .spark: "parquet.`\(factsFile)`"
      }
    return "facts AS (\n  SELECT member, \(names.joined(separator: ", ")) FROM \(file)\n),\n"
  }
}
