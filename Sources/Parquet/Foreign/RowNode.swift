/// A field of a row with the columns that it is put together from.
///
/// Rows come out of columns by their levels: a field is null where its first column's definition level is lower than
/// its own; a list goes on as long as the repetition level of the entry that follows is the list's.
final class RowNode {
  private enum Shape {
    case leaf(ForeignColumn)
    case structure([RowNode])
    case list(RowNode, definition: Int, repetition: Int)
    case map(key: ForeignColumn, value: RowNode?, definition: Int, repetition: Int)
  }

  /// The name, quoted, and a colon.
  let key: [UInt8]
  private let shape: Shape
  private let definition: Int
  /// In and below it, in the order of the file.
  let columns: [ForeignColumn]

  /// - Parameter column: makes the column of a leaf, which may be the key of a map.
  init(_ field: ForeignField, column: (ForeignLeaf, _ isKey: Bool) -> ForeignColumn) {
    var text = RowText(byteCountMax: .max)
    Array(field.name.utf8).withUnsafeBytes { text.append(quoted: $0) }
    text.append(0x3A)
    key = Array(text.bytes)
    definition = field.definition
    switch field.shape {
    case .leaf(let leaf):
      let made = column(leaf, false)
      (shape, columns) = (.leaf(made), [made])
    case .structure(let fields):
      let nodes = fields.map { RowNode($0, column: column) }
      (shape, columns) = (.structure(nodes), nodes.flatMap(\.columns))
    case .list(let element, let definition, let repetition):
      let node = RowNode(element, column: column)
      (shape, columns) = (.list(node, definition: definition, repetition: repetition), node.columns)
    case .map(let key, let value, let definition, let repetition):
      let keys = column(key, true)
      let node = value.map { RowNode($0, column: column) }
      shape = .map(key: keys, value: node, definition: definition, repetition: repetition)
      columns = [keys] + (node?.columns ?? [])
    }
  }

  /// Appends an object of `nodes`; nulls are left out.
  static func write(_ nodes: [RowNode], to output: inout RowText) throws {
    output.append(0x7B)
    var isFirst = true
    for index in nodes.indices {
      let node = nodes[index]
      let start = output.count
      if !isFirst { output.append(0x2C) }
      output.append(node.key)
      if try node.write(to: &output) { isFirst = false } else { output.cut(to: start) }
    }
    output.append(0x7D)
  }

  /// Appends the value of the current entry and goes past it; false, and nothing is appended, where it is null.
  private func write(to output: inout RowText) throws -> Bool {
    if case .leaf(let column) = shape {
      try column.load()
      defer { column.advance() }
      guard column.definition == definition else { return false }
      try column.writeValue(to: &output)
      return true
    }
    let first = columns[0]
    try first.load()
    guard first.definition >= definition else {
      try skip()
      return false
    }
    switch shape {
    case .leaf: break
    case .structure(let nodes): try Self.write(nodes, to: &output)
    case .list(let element, let definition, let repetition):
      try writeItems(0x5B, 0x5D, definition: definition, repetition: repetition, to: &output) { output in
        if try !element.write(to: &output) { output.append("null") }
      }
    case .map(let key, let value, let definition, let repetition):
      try writeItems(0x7B, 0x7D, definition: definition, repetition: repetition, to: &output) { output in
        try key.load()
        guard key.definition == key.leaf.definition else {
          throw key.located(ParquetError(.corruptPage, "a key of a map is missing"))
        }
        try key.writeValue(to: &output)
        key.advance()
        output.append(0x3A)
        if try value?.write(to: &output) != true { output.append("null") }
      }
    }
    return true
  }

  /// Goes past an entry of each column, of a field that is not there.
  private func skip() throws {
    for column in columns {
      try column.load()
      column.advance()
    }
  }

  private func writeItems(
    _ open: UInt8, _ close: UInt8, definition: Int, repetition: Int, to output: inout RowText,
    item: (inout RowText) throws -> Void
  ) throws {
    let first = columns[0]
    output.append(open)
    guard first.definition >= definition else {
      try skip()
      output.append(close)
      return
    }
    while true {
      try item(&output)
      let next = try first.nextRepetition()
      for column in columns where try column.nextRepetition() != next {
        throw column.located(ParquetError(.corruptPage, "the lists of one group have different lengths"))
      }
      if next < repetition { break }
      guard next == repetition else {
        throw first.located(ParquetError(.corruptPage, "a list goes on that has not begun"))
      }
      output.append(0x2C)
    }
    output.append(close)
  }
}
