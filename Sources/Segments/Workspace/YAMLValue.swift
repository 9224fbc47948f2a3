internal import Events
internal import Yams

/// A value of a YAML file that knows where it stands, so that every complaint names file, line and column.
///
/// ```
/// let keys = try YAMLValue(contentsOf: path).mapping(knowing: ["title", "steps"])
/// let title = try keys["title"]?.string() ?? name
/// ```
package struct YAMLValue {
  private let node: Node
  package let file: String

  private init(_ node: Node, file: String) {
    self.node = node
    self.file = file
  }

  /// The value of a whole file; an empty file is an empty mapping.
  /// - Throws: ``StoreError`` where the file cannot be read, is over 1 MiB, or is not YAML.
  package init(contentsOf file: String) throws {
    let bytes = try readFile(file, byteCountMax: StoreLimits.configurationByteCountMax)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StoreError(.configuration, "the file is not UTF-8 text", file: file, hint: "Save it as UTF-8.")
    }
    try self.init(text: text, file: file)
  }

  /// The value of `text`, which came from `file`.
  package init(text: String, file: String) throws {
    do {
      // What a scalar is, is for who asks to say: the patterns for numbers and dates would cost more than reading.
      let root = try Yams.compose(yaml: text, .basic, Constructor([:], [:], [:]))
      self.init(root ?? Node([(Node, Node)]()), file: file)
    } catch let error as YamlError {
      throw Self.syntaxError(error, file: file)
    }
  }

  private static func syntaxError(_ error: YamlError, file: String) -> StoreError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      StoreError(.configuration, "not valid YAML: \(problem)", file: file, line: mark.line, column: mark.column)
    case .duplicatedKeysInMapping(let duplicates, let context):
      StoreError(
        .configuration, "the key '\(duplicates.first.map(\.description) ?? "")' stands twice", file: file,
        line: context.mark.line, column: context.mark.column, hint: "Remove one of them.")
    default: StoreError(.configuration, "not valid YAML: \(error)", file: file)
    }
  }

  /// An error at this value.
  package func error(_ message: String, hint: String? = nil) -> StoreError {
    StoreError(
      .configuration, message, file: file, line: node.mark?.line, column: node.mark?.column, hint: hint)
  }

  /// Whether there is a value at all: `key:` with nothing behind it has none.
  package var isNull: Bool { node.null != nil && node.scalar?.style == .plain }
  /// Whether it has keys.
  package var isMapping: Bool { node.mapping != nil }
  /// Whether it is a list.
  package var isList: Bool { node.sequence != nil }

  /// The text of a scalar, as it is written.
  package func string() throws -> String {
    guard let scalar = node.scalar, !isNull else { throw error("expected text here") }
    return scalar.string
  }

  /// A whole number of `range`.
  package func int(in range: ClosedRange<Int>) throws -> Int {
    guard let value = node.int, range.contains(value) else {
      throw error("expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// `true` or `false`.
  package func bool() throws -> Bool {
    guard let value = node.bool else { throw error("expected true or false") }
    return value
  }

  /// The elements of a list; a lone value counts as a list of one.
  package func list() throws -> [YAMLValue] {
    if let sequence = node.sequence { return sequence.map { YAMLValue($0, file: file) } }
    if isNull { return [] }
    return [self]
  }

  /// The texts of a list, or of a lone scalar.
  package func strings() throws -> [String] { try list().map { try $0.string() } }

  /// The keys of a mapping, all of which must be among `known`.
  /// - Throws: ``StoreError`` at the first unknown key, with the nearest known one.
  package func mapping(knowing known: [String]) throws -> [String: YAMLValue] {
    let entries = try entries()
    for entry in entries where !known.contains(entry.key) {
      let near = nearestWord(to: entry.key, among: known).map { "Did you mean '\($0)'? " } ?? ""
      throw entry.keyValue.error(
        "unknown key '\(entry.key)'", hint: near + "Known keys: \(known.sorted().joined(separator: ", ")).")
    }
    return Dictionary(uniqueKeysWithValues: entries.filter { !$0.value.isNull }.map { ($0.key, $0.value) })
  }

  /// The pairs of a mapping whose keys are free, in the order of the file.
  package func pairs() throws -> [(key: String, value: YAMLValue)] {
    try entries().map { ($0.key, $0.value) }
  }

  private func entries() throws -> [(key: String, keyValue: YAMLValue, value: YAMLValue)] {
    if isNull { return [] }
    guard let mapping = node.mapping else { throw error("expected keys with values here") }
    return try mapping.map { key, value in
      let keyValue = YAMLValue(key, file: file)
      return (try keyValue.string(), keyValue, YAMLValue(value, file: file))
    }
  }
}

extension [String: YAMLValue] {
  /// The value of a key that must be there.
  package func require(_ key: String, of owner: YAMLValue) throws -> YAMLValue {
    guard let value = self[key] else { throw owner.error("the key '\(key)' is missing") }
    return value
  }
}
