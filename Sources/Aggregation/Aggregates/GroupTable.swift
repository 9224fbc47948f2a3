internal import Columns

/// The values of one group: equal where their bytes are, as in every other engine.
struct GroupValues: Hashable {
  var texts: [String?]

  static func == (a: GroupValues, b: GroupValues) -> Bool {
    a.texts.count == b.texts.count
      && zip(a.texts, b.texts).allSatisfy { left, right in
        guard let left, let right else { return left == nil && right == nil }
        return left.utf8.elementsEqual(right.utf8)
      }
  }

  func hash(into hasher: inout Hasher) {
    for text in texts {
      hasher.combine(text == nil)
      for byte in (text ?? "").utf8 { hasher.combine(byte) }
    }
  }

  /// In the order of the values' bytes, a missing value last.
  static func precedes(_ a: GroupValues, _ b: GroupValues) -> Bool {
    for (left, right) in zip(a.texts, b.texts) {
      guard let left else {
        if right == nil { continue }
        return false
      }
      guard let right else { return true }
      if !left.utf8.elementsEqual(right.utf8) { return left.utf8.lexicographicallyPrecedes(right.utf8) }
    }
    return false
  }

  /// The cells of a row.
  var cells: [Cell] { texts.map { $0.map(Cell.text) ?? .null } }
}

/// Groups of a breakdown: each distinct tuple of values gets a dense number, in order of first appearance.
///
/// A tuple is combined column by column: (number of the columns so far, code of the next) → number.
struct GroupTable {
  fileprivate struct Level {
    var values = StringTable()
    var numbers: [UInt64: UInt32] = [:]
    /// The codes of the columns up to this one, by number.
    var tuples: [[UInt32]] = []
  }

  private var levels: [Level]

  init(columnCount: Int) { levels = Array(repeating: Level(), count: columnCount) }

  /// How many groups there are; without columns, all rows are one group.
  var count: Int { levels.last?.tuples.count ?? 1 }

  /// The values of a group, nil being a missing one.
  func values(_ group: Int) -> GroupValues {
    guard let last = levels.last else { return GroupValues(texts: []) }
    let texts = zip(levels, last.tuples[group]).map { $1 == TextColumn.null ? nil : $0.values.string($1) }
    return GroupValues(texts: texts)
  }

  /// The group of each row; a column that the segment lacks is nil.
  mutating func groups(rowCount: Int, columns: [TextColumn?]) -> [UInt32] {
    var result = [UInt32](repeating: 0, count: rowCount)
    for (place, column) in columns.enumerated() {
      let prefixes = place == 0 ? [[]] : levels[place - 1].tuples
      let codes = remapped(column, place: place)
      var last: (key: UInt64, number: UInt32)?
      for row in 0..<rowCount {
        let code = column.map { $0.codes[row] == TextColumn.null ? TextColumn.null : codes[Int($0.codes[row])] }
        let key = UInt64(result[row]) << 32 | UInt64(code ?? TextColumn.null)
        if key != last?.key { last = (key, levels[place].number(key, prefixes: prefixes)) }
        result[row] = last!.number
      }
    }
    return result
  }

  /// For each code of `column`, the code of its text in this table.
  private mutating func remapped(_ column: TextColumn?, place: Int) -> [UInt32] {
    guard let column else { return [] }
    return (0..<UInt32(column.values.count)).map { code in
      column.values.withBytes(of: code) { levels[place].values.code(for: $0) }
    }
  }
}

extension GroupTable.Level {
  fileprivate mutating func number(_ key: UInt64, prefixes: [[UInt32]]) -> UInt32 {
    if let number = numbers[key] { return number }
    let number = UInt32(tuples.count)
    numbers[key] = number
    tuples.append(prefixes[Int(key >> 32)] + [UInt32(truncatingIfNeeded: key)])
    return number
  }
}
