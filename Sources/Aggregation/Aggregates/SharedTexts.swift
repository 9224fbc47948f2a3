internal import Columns
internal import Synchronization

/// One numbering of the texts of many blocks, which cores ask at the same time.
///
/// Which text gets which number is left open; ``ranks()`` gives their order.
final class SharedTexts: Sendable {
  private let table = Mutex(StringTable())

  init() {}

  /// The numbers of `rows` of a column, nil of which is a column that is missing everywhere.
  func numbers(of column: TextColumn?, rows: [Int]) -> [UInt32] {
    guard let column else { return [UInt32](repeating: TextColumn.null, count: rows.count) }
    let unknown = UInt32.max - 1
    var known = [UInt32](repeating: unknown, count: column.values.count)
    var used: [UInt32] = []
    for row in rows {
      let code = column.codes[row]
      if code != TextColumn.null, known[Int(code)] == unknown {
        known[Int(code)] = 0
        used.append(code)
      }
    }
    table.withLock { table in
      for code in used { known[Int(code)] = column.values.withBytes(of: code) { table.code(for: $0) } }
    }
    return rows.map { column.codes[$0] == TextColumn.null ? TextColumn.null : known[Int(column.codes[$0])] }
  }

  /// The numbers of the texts that have `codes` in `values`.
  func numbers(ofCodes codes: [UInt32], of values: StringTable) -> [UInt32] {
    table.withLock { table in codes.map { code in values.withBytes(of: code) { table.code(for: $0) } } }
  }

  /// How many texts there are.
  var count: Int { table.withLock { $0.count } }

  /// All texts, by number.
  var texts: [String] { table.withLock { $0.strings } }
}

/// One numbering of the groups of a breakdown, which cores ask at the same time.
final class SharedGroups: Sendable {
  private let table: Mutex<GroupTable>
  private let names: [String]

  /// Groups by the columns `names`.
  init(_ names: [String]) {
    self.names = names
    table = Mutex(GroupTable(columnCount: names.count))
  }

  /// The numbers of `rows` of a block. Each tuple of values is looked up once.
  func numbers(of block: EventBlock, rows: [Int]) -> [UInt32] {
    let columns = names.map { block.columns[$0] }
    let local = LocalGroups(columns, rows: rows)
    let firsts = columns.map { column in
      column.map { column in TextColumn(codes: local.firsts.map { column.codes[$0] }, values: column.values) }
    }
    let numbers = table.withLock { $0.groups(rowCount: local.firsts.count, columns: firsts) }
    return local.numbers.map { numbers[Int($0)] }
  }

  /// The values of every group, by number.
  var values: [GroupValues] { table.withLock { table in (0..<table.count).map { table.values($0) } } }
}

/// Tuples of values of some rows, numbered as they first appear.
private struct LocalGroups {
  /// By row asked for.
  private(set) var numbers: [UInt32] = []
  /// By tuple: a row that has it.
  private(set) var firsts: [Int] = []

  init(_ columns: [TextColumn?], rows: [Int]) {
    numbers = [UInt32](repeating: 0, count: rows.count)
    if !rows.isEmpty { firsts = [rows[0]] }
    for column in columns { refine(by: column, rows) }
  }

  /// Splits the tuples so far by one more column.
  private mutating func refine(by column: TextColumn?, _ rows: [Int]) {
    guard let column else { return }
    let width = column.values.count + 1
    let (unknown, null) = (UInt32.max, TextColumn.null)
    // A pair of tuple and code has a place of its own, or where there were too many, a slot of a dictionary.
    let isDense = firsts.count * width <= 1 << 20
    var dense = [UInt32](repeating: unknown, count: isDense ? firsts.count * width : 0)
    var sparse: [Int: UInt32] = [:]
    var found: [Int] = []
    column.codes.withUnsafeBufferPointer { codes in
      rows.withUnsafeBufferPointer { rows in
        numbers.withUnsafeMutableBufferPointer { numbers in
          dense.withUnsafeMutableBufferPointer { dense in
            for place in rows.indices {
              let code = codes[rows[place]]
              let key = Int(numbers[place]) &* width &+ (code == null ? width &- 1 : Int(code))
              var number = isDense ? dense[key] : sparse[key] ?? unknown
              if number == unknown {
                number = UInt32(found.count)
                found.append(rows[place])
                if isDense { dense[key] = number } else { sparse[key] = number }
              }
              numbers[place] = number
            }
          }
        }
      }
    }
    firsts = found
  }
}
