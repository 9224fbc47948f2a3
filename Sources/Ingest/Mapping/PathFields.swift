/// What the path of a log says of its records: `$folder` and `$file`.
///
/// ```
/// export/general/2024-01-01.json.gz      $folder = general     $file = 2024-01-01
/// ```
/// They are the same for all records of a source, so they become constants when it is opened. Standard input has none.
enum PathFields {
  static let names = ["$folder", "$file"]

  /// The value of a name of ``names`` for the log at `path`.
  static func value(_ name: String, of path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    guard path != "-", let last = parts.last else { return "" }
    if name == "$folder" { return parts.count > 1 ? parts[parts.count - 2] : "" }
    var file = last
    for suffix in [".gz", ".zst"] where file.lowercased().hasSuffix(suffix) { file.removeLast(suffix.count) }
    if let dot = file.lastIndex(of: "."), dot > file.startIndex { file = String(file[..<dot]) }
    return file
  }
}

extension DatasetDescription {
  /// Whether the same bytes at another path are other records.
  var dependsOnPath: Bool { usedPaths.contains { PathFields.names.contains($0.text) } }

  /// Whether a file is one document or table rather than lines that may become more.
  var isReadWhole: Bool { format == .json || format == .parquet || records != nil }

  /// The name under which sources are remembered as read: where the path counts it is part of it.
  func sourceName(ofPath path: String) -> String {
    guard dependsOnPath else { return name }
    return "\(name) \(PathFields.value("$folder", of: path))/\(PathFields.value("$file", of: path))"
  }

  /// The same with what the path says as constants.
  func placed(at path: String) -> DatasetDescription {
    guard dependsOnPath else { return self }
    func placed(_ source: FieldSource) -> FieldSource {
      switch source {
      case .path(let field) where PathFields.names.contains(field.text):
        return .constant(PathFields.value(field.text, of: path))
      default: return source
      }
    }
    func placed(_ fields: [NamedField]) -> [NamedField] {
      fields.map { NamedField(name: $0.name, source: placed($0.source)) }
    }
    var description = self
    description.kinds = kinds.map { kind in
      var kind = kind
      kind.member = placed(kind.member)
      kind.event = placed(kind.event)
      kind.eventID = kind.eventID.map(placed)
      kind.dimensions = placed(kind.dimensions)
      return kind
    }
    if case .named(let fields) = properties { description.properties = .named(placed(fields)) }
    return description
  }
}
