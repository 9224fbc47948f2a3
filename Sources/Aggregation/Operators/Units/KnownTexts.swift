internal import Columns

/// Texts that are known by number, looked up in columns of other rows.
struct KnownTexts: Sendable {
  private let table: StringTable

  /// Numbers are places in `texts`, which are distinct.
  init(_ texts: [String]) { table = StringTable(texts) }

  /// The number of each row's text; -1 where it is missing or not known. A nil column has no texts.
  func numbers(of column: TextColumn?, rowCount: Int) -> [Int32] {
    guard let column else { return [Int32](repeating: -1, count: rowCount) }
    // Looked up where a row has it: a dictionary may be larger than the rows.
    let unknown = Int32.min
    var known = [Int32](repeating: unknown, count: column.values.count)
    return column.codes.map { code in
      if code == TextColumn.null { return -1 }
      if known[Int(code)] == unknown {
        known[Int(code)] = column.values.withBytes(of: code) { bytes in table.find(bytes).map { Int32($0) } ?? -1 }
      }
      return known[Int(code)]
    }
  }
}

/// The numbers that a property of rows is, in fixed point; each text is read once.
struct PropertyValues {
  private let keys: [String]
  private let column: TextColumn?
  private var reader = PropertyReader()
  private var isRead: [Bool]
  private var values: [Int128?]
  private var isOdd: [Bool]

  init(_ keys: [String], of block: EventBlock) {
    (self.keys, column) = (keys, block.columns["properties"])
    isRead = [Bool](repeating: false, count: column?.values.count ?? 0)
    values = [Int128?](repeating: nil, count: isRead.count)
    isOdd = isRead
  }

  /// Nil where the property is no number.
  mutating func value(of row: Int) -> Int128? {
    guard let column, column.codes[row] != TextColumn.null else { return nil }
    let code = Int(column.codes[row])
    if !isRead[code] {
      isRead[code] = true
      values[code] = column.values.withBytes(of: column.codes[row]) { json in
        reader.withText(at: keys, in: json) { text in
          let value = text.flatMap(JSONNumber.value).flatMap(FixedPoint.value)
          isOdd[code] = text != nil && value == nil
          return value
        }
      }
    }
    return values[code]
  }

  /// Whether there is a value that is no number, of a row that was looked at.
  func isUnusable(_ row: Int) -> Bool {
    guard let column, column.codes[row] != TextColumn.null else { return false }
    return isOdd[Int(column.codes[row])]
  }
}
