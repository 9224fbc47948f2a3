internal import Columns

/// The day of each item's first view, of the views that one core saw.
struct ItemFirstDays: Sendable {
  private var items = StringTable()
  private var days: [Int32] = []

  /// Takes in the views of a block: events of the first name that the scan asked for.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    var firsts = [Int32](repeating: .max, count: column.values.count)
    for run in block.runs where run.place == 0 {
      block.forEachRow(of: run) { row in
        let code = column.codes[row]
        if code != TextColumn.null { firsts[Int(code)] = min(firsts[Int(code)], block.day(of: row)) }
      }
    }
    add(firsts, of: column.values)
  }

  /// Takes in what another core saw.
  mutating func add(_ other: ItemFirstDays) { add(other.days, of: other.items) }

  private mutating func add(_ firsts: [Int32], of values: StringTable) {
    for (code, day) in firsts.enumerated() where day < .max {
      let item = Int(values.withBytes(of: UInt32(code)) { items.code(for: $0) })
      if item == days.count { days.append(day) } else { days[item] = min(days[item], day) }
    }
  }

  /// The number of the day on which the item called so was first viewed; nil where it never was.
  func day(of item: UnsafeRawBufferPointer) -> Int32? { items.find(item).map { days[Int($0)] } }
}
