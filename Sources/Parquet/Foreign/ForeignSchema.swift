// A schema stands in the footer as a list, each group before its children. Levels count on the way from the root:
//
//   definition   one more at each field that may be missing or repeats: how far down a value is there
//   repetition   one more at each field that repeats: which of the lists around a value goes on

/// A column of leaves: values of one physical type.
struct ForeignLeaf {
  /// Its index in every row group.
  var index: Int
  /// Names from the root.
  var path: [String]
  var physicalType: Int
  var value: ValueKind
  /// Bytes of a value of FIXED_LEN_BYTE_ARRAY.
  var byteCount: Int
  /// The levels of a value that is there, and the greatest repetition level.
  var definition: Int
  var repetition: Int

  var name: String { path.joined(separator: ".") }
}

/// A field of a row, as it is read: what JSON it becomes.
struct ForeignField {
  indirect enum Shape {
    case leaf(ForeignLeaf)
    case structure([ForeignField])
    /// The element, and the levels from which there is one.
    case list(ForeignField, definition: Int, repetition: Int)
    case map(key: ForeignLeaf, value: ForeignField?, definition: Int, repetition: Int)
  }

  var name: String
  var shape: Shape
  /// The definition level from which the field is there; below it is null.
  var definition: Int

  /// The leaves in and below it, in the order of their columns.
  var leaves: [ForeignLeaf] {
    switch shape {
    case .leaf(let leaf): [leaf]
    case .structure(let fields): fields.flatMap(\.leaves)
    case .list(let element, _, _): element.leaves
    case .map(let key, let value, _, _): [key] + (value?.leaves ?? [])
    }
  }
}

/// Turns the footer's list into the fields of a row.
struct ForeignSchema {
  private let elements: [ForeignElement]
  private let wanted: (String) -> Bool
  private var position = 1
  /// Leaves passed so far, those that are not wanted among them.
  private(set) var leafCount = 0
  /// The wanted fields of a row.
  private(set) var fields: [ForeignField] = []
  /// All names of the root's fields.
  private(set) var names: [String] = []

  /// Throws `corruptFooter` or `unsupported`; what a field that is not wanted cannot be read for is not looked at.
  init(_ elements: [ForeignElement], wanted: @escaping (String) -> Bool) throws {
    self.elements = elements
    self.wanted = wanted
    guard let root = elements.first, let count = root.childCount, count > 0 else {
      throw ParquetError(.corruptFooter, "the schema has no columns")
    }
    var seen: Set<String> = []
    for _ in 0..<count {
      let node = try readNode(path: [], definition: 0, repetition: 0, depth: 1)
      guard seen.insert(node.name).inserted else {
        throw ParquetError(
          .unsupported, "two columns have the same name", column: node.name, hint: "give each its own name")
      }
      names.append(node.name)
      if wanted(node.name) { fields.append(try node.field()) }
    }
    guard position == elements.count else {
      throw ParquetError(.corruptFooter, "the schema announces other columns than it has")
    }
  }

  private mutating func readNode(path: [String], definition: Int, repetition: Int, depth: Int) throws -> SchemaNode {
    guard position < elements.count else {
      throw ParquetError(.corruptFooter, "the schema announces other columns than it has")
    }
    let element = elements[position]
    position += 1
    var node = SchemaNode(
      element: element, path: path + [element.name], definition: definition, repetition: repetition)
    switch element.repetition {
    case Repetition.required: break
    case Repetition.optional: node.definition += 1
    case Repetition.repeated:
      node.definition += 1
      node.repetition += 1
    default:
      throw ParquetError(
        .unsupported, "fields of repetition \(element.repetition) are not read",
        column: node.path.joined(separator: "."),
        hint: "export it as a list")
    }
    guard let count = element.childCount, element.physicalType == nil else {
      node.index = leafCount
      leafCount += 1
      return node
    }
    guard depth < Limits.schemaDepthMax else {
      throw ParquetError(
        .unsupported, "groups are nested deeper than \(Limits.schemaDepthMax)", column: node.path.first,
        hint: "export the column as JSON text")
    }
    guard count > 0 else {
      throw ParquetError(
        .unsupported, "a group without fields", column: node.path.joined(separator: "."), hint: "leave it out")
    }
    for _ in 0..<count {
      node.children.append(
        try readNode(path: node.path, definition: node.definition, repetition: node.repetition, depth: depth + 1))
    }
    return node
  }
}

/// An element with its children and levels.
private struct SchemaNode {
  var element: ForeignElement
  var path: [String]
  var definition: Int
  var repetition: Int
  /// Of a leaf.
  var index = 0
  var children: [SchemaNode] = []

  var name: String { element.name }
  var isRepeated: Bool { element.repetition == Repetition.repeated }

  /// What the node becomes, a repeated one a list of itself.
  func field() throws -> ForeignField {
    guard isRepeated else { return try single() }
    return ForeignField(
      name: name, shape: .list(try single(), definition: definition, repetition: repetition),
      definition: definition - 1)
  }

  /// What one occurrence of the node becomes.
  func single() throws -> ForeignField {
    if children.isEmpty {
      return ForeignField(name: name, shape: .leaf(try leaf()), definition: definition)
    }
    if children.count == 1, children[0].isRepeated {
      switch element.annotation {
      case .list: return try list(of: children[0])
      case .map: if let map = try map(of: children[0]) { return map }
      default: break
      }
    }
    if case .unknown(let id)? = element.annotation {
      throw ParquetError(
        .unsupported, "groups of the logical type \(id) are not read", column: path.joined(separator: "."),
        hint: "export the column as JSON text, or name the fields to keep with `properties` in dataset.yaml")
    }
    var seen: Set<String> = []
    for child in children where !seen.insert(child.name).inserted {
      throw ParquetError(
        .unsupported, "two fields have the same name", column: child.path.joined(separator: "."),
        hint: "give each its own name")
    }
    return ForeignField(name: name, shape: .structure(try children.map { try $0.field() }), definition: definition)
  }

  /// A list by the format's rules for its three levels and for the two of older writers.
  private func list(of repeated: SchemaNode) throws -> ForeignField {
    let isElement =
      repeated.children.count != 1 || repeated.children[0].isRepeated || repeated.name == "array"
      || repeated.name == "\(name)_tuple" || repeated.element.annotation == .list || repeated.element.annotation == .map
    let element = isElement ? try repeated.single() : try repeated.children[0].field()
    return ForeignField(
      name: name, shape: .list(element, definition: repeated.definition, repetition: repeated.repetition),
      definition: definition)
  }

  /// A map, nil where the group has another form than a map's.
  private func map(of repeated: SchemaNode) throws -> ForeignField? {
    guard (1...2).contains(repeated.children.count), let key = repeated.children.first, !key.isRepeated else {
      return nil
    }
    guard key.children.isEmpty else {
      throw ParquetError(
        .unsupported, "maps whose keys are groups are not read", column: path.joined(separator: "."),
        hint: "export the column as JSON text")
    }
    let value = repeated.children.count == 2 ? try repeated.children[1].field() : nil
    return ForeignField(
      name: name,
      shape: .map(
        key: try key.leaf(), value: value, definition: repeated.definition, repetition: repeated.repetition),
      definition: definition)
  }

  func leaf() throws -> ForeignLeaf {
    guard let type = element.physicalType else {
      throw ParquetError(.corruptFooter, "a column lacks its type", column: path.joined(separator: "."))
    }
    let value = try ValueKind(element, physicalType: type, column: path.joined(separator: "."))
    return ForeignLeaf(
      index: index, path: path, physicalType: type, value: value, byteCount: element.typeByteCount,
      definition: definition, repetition: repetition)
  }
}
