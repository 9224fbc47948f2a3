internal import Events

/// What is done with one column of a row.
struct ColumnPlan {
  let name: FieldValue
  /// -1 where the field itself is not asked for.
  var slot = -1
  /// Of the field plan, -1 where nothing inside the field is asked for.
  var child = -1
  var isRest = false
}

/// The columns of a source with rows.
///
/// Sendable because nothing changes once it is made; the pointers lead into `texts`.
struct RowLayout: @unchecked Sendable {
  /// How many fields a row may have.
  struct Shape {
    /// Fields that a row has: exactly, or where the columns have no names at least.
    var fieldCount = 0
    var isExact = false
    var columnCount = 0
    /// All fields go to the properties: those behind the last column would be lost.
    var keepsAll = false

    @inline(__always)
    func isRagged(_ count: Int) -> Bool {
      isExact ? count != fieldCount : count < fieldCount || (keepsAll && count > columnCount)
    }

    /// What is wrong with a row of `count` fields.
    func raggedDetail(_ count: Int) -> String {
      isExact
        ? "\(count) fields where there are \(fieldCount) columns"
        : "\(count) fields; at least \(fieldCount) are expected"
    }
  }

  private let texts = KeptTexts()
  private(set) var columns: [ColumnPlan] = []
  private(set) var shape = Shape()

  /// - Throws: ``IngestError`` `header` where a column that is mapped does not exist.
  init(description: DatasetDescription, plan: FieldPlan, header: [String]?) throws {
    // A source whose first row names the columns and that has none is empty.
    guard description.rowFormat != nil, header != nil || description.header != .firstRow else { return }
    let paths = description.usedPaths
    let names: [String]
    if let header {
      names = header
      let isAccessLog = description.format == .accessLog
      shape.fieldCount = isAccessLog ? AccessLogRow.fieldCountMin : header.count
      shape.isExact = !isAccessLog
      try Self.check(paths, description: description, header: header)
    } else {
      let highest = try Self.highestColumn(paths, description: description)
      let count = description.properties == .rest ? IngestLimits.unnamedColumnCountMax : highest
      names = (0..<max(count, highest)).map { "\($0 + 1)" }
      shape.fieldCount = highest
    }
    (shape.columnCount, shape.keepsAll) = (names.count, description.properties == .rest)
    columns = names.map { name in
      var column = ColumnPlan(name: texts.keep(name))
      if paths.contains(FieldPath(name)) { column.slot = plan.slot(FieldPath(name)) }
      if let child = plan.topChildIndex(name), plan.children[child].node >= 0 { column.child = child }
      column.isRest = column.slot < 0 && description.properties == .rest
      return column
    }
  }

  /// - Throws: ``IngestError`` `header` where a column that `paths` need is not in `header`.
  static func check(_ paths: [FieldPath], description: DatasetDescription, header: [String]) throws {
    var needed = paths
    if !description.needsAllColumns { needed = description.requiredPaths(in: header) }
    for path in needed where !header.contains(path.text) && !header.contains(path.parts[0]) {
      let near = nearestWord(to: path.text, among: header).map { "Did you mean '\($0)'? " } ?? ""
      throw IngestError(
        .header, "there is no column '\(path.text)'", file: description.name, line: 1,
        hint: near + "The columns are: \(header.prefix(20).joined(separator: ", ")).")
    }
  }

  private static func highestColumn(_ paths: [FieldPath], description: DatasetDescription) throws -> Int {
    try paths.map { path in
      guard let number = Int(path.parts[0]), (1...IngestLimits.unnamedColumnCountMax).contains(number) else {
        throw IngestError(
          .header, "there is no column '\(path.text)'", file: description.name,
          hint: "Without a header columns are called 1, 2, 3, …; or give names with `header: [names]`.")
      }
      return number
    }.max() ?? 0
  }
}
