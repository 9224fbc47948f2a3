package import Columns
package import Events

/// Attributes of members without time: a text, or none, for each member and attribute.
///
/// ```
/// names     arm          city
/// columns   a · b a …    · · Rome …     one code a member key; · is none
/// ```
/// What is given later replaces what was there, attribute by attribute; what a row does not give stays.
package struct MemberFacts: Sendable {
  /// What a row was to the facts before it.
  package enum Verdict: Sendable {
    /// It says something of which nothing was known.
    case new
    /// At least one attribute had another value.
    case replaced
    /// All that it says was known.
    case duplicate
  }

  /// Attributes in order of first appearance.
  package private(set) var names: [String] = []
  /// By attribute; codes by member key, which may end before the last key.
  private(set) var columns: [TextColumn] = []
  private var isKnown: [Bool] = []
  /// How many members have facts, be they empty.
  package private(set) var memberCount = 0
  /// Whether anything changed since they were read.
  package private(set) var isChanged = false

  package init() {}

  /// The place of the attribute `name`, added where it is new.
  /// - Throws: ``StoreError`` `configuration` where the name cannot be a column beside the others.
  package mutating func place(of name: String) throws -> Int {
    if let place = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return place }
    if let problem = Self.problem(with: name, among: names) { throw problem }
    names.append(name)
    columns.append(TextColumn())
    return names.count - 1
  }

  /// Outside engines compare names of columns without case.
  private static func problem(with name: String, among names: [String]) -> StoreError? {
    func error(_ message: String, _ hint: String) -> StoreError { StoreError(.configuration, message, hint: hint) }
    if name.isEmpty || name.utf8.count > StoreLimits.factNameByteCountMax || name.utf8.contains(where: { $0 < 0x20 }) {
      return error(
        "'\(name.prefix(80))' cannot name an attribute of members",
        "A name has 1 to \(StoreLimits.factNameByteCountMax) bytes and no control characters.")
    }
    if name.lowercased() == "member" {
      return error("no attribute of members can be called '\(name)'", "Name it: attributes: {other_name: \(name)}.")
    }
    if let other = names.first(where: { $0.lowercased() == name.lowercased() }) {
      return error(
        "the attributes '\(other)' and '\(name)' differ in case alone", "Name one of them: attributes: {name: field}.")
    }
    if names.count == StoreLimits.factAttributeCountMax {
      return error(
        "members have more than \(StoreLimits.factAttributeCountMax) attributes", "List those to keep: attributes.")
    }
    return nil
  }

  /// The code of each text of `values` among those of an attribute.
  package mutating func codes(of texts: RowTexts, at place: Int) -> [UInt32] {
    texts.bytes.withUnsafeBytes { bytes in
      (0..<texts.count).map { row in
        columns[place].values.code(for: UnsafeRawBufferPointer(rebasing: bytes[texts.range(of: row)]))
      }
    }
  }

  /// Notes what a row says of a member: the code of each attribute in `places`, `TextColumn.null` for none.
  package mutating func note(_ member: MemberKey, places: [Int], codes: [UInt32]) -> Verdict {
    let key = Int(member.number)
    var verdict = Verdict.duplicate
    if key >= isKnown.count { isKnown.append(contentsOf: repeatElement(false, count: key + 1 - isKnown.count)) }
    if !isKnown[key] {
      isKnown[key] = true
      memberCount += 1
      verdict = .new
    }
    for (place, code) in zip(places, codes) where code != TextColumn.null {
      let missing = key + 1 - columns[place].codes.count
      if missing > 0 { columns[place].codes.append(contentsOf: repeatElement(TextColumn.null, count: missing)) }
      let old = columns[place].codes[key]
      if old == code { continue }
      columns[place].codes[key] = code
      if old != TextColumn.null { verdict = .replaced } else if verdict == .duplicate { verdict = .new }
    }
    if verdict != .duplicate { isChanged = true }
    return verdict
  }

  /// Takes the facts as they are for those that are stored.
  mutating func settle() { isChanged = false }

  /// Keys of the members that have facts, ascending.
  var members: [Int32] { isKnown.indices.filter { isKnown[$0] }.map { Int32($0) } }
}
