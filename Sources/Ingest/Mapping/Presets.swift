internal import Glibc
package import Events
internal import Segments

/// The descriptions of exports that many people have: `NAME.yaml` in the workspace's `datasets/presets`, else those
/// that come with Muster.
///
/// A preset is a `dataset.yaml` that belongs to no log, with two liberties: dimensions that the workspace does not
/// declare become properties, and columns that a file does not have are missing values. Its `path` names the files
/// inside a folder that is given in place of a log.
package struct Presets: Sendable {
  private let folders: [String]

  /// Those of the workspace in `folder`.
  package init(workspaceFolder folder: String) {
    folders = ["\(folder)/datasets/presets"] + Self.ownFolders
  }

  /// Those that a `dataset.yaml` may name: in a workspace it lies in `datasets/NAME`.
  init(besideDataset file: String) {
    folders = [absolutePath("\(file)/../../presets", from: "/")] + Self.ownFolders
  }

  /// Names, sorted.
  package var names: [String] {
    Set(folders.flatMap { listFolder($0) }.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }).sorted()
  }

  /// The description of a preset, for logs that are read with nothing else said.
  /// - Throws: ``StoreError`` `notFound` with the nearest name, and where it cannot be meant.
  package func description(_ name: String, schema: EventSchema) throws -> DatasetDescription {
    let yaml = try self.yaml(name)
    return try DatasetDescription(
      preset: yaml.mapping(knowing: DatasetDescription.presetKeys), of: yaml, name: "\(Self.prefix)\(name)",
      schema: schema)
  }

  /// The fields by which a preset is known: each is there in a record of its kind.
  func marks(_ name: String) throws -> [String] {
    try yaml(name).mapping(knowing: DatasetDescription.presetKeys)["marks"]?.strings() ?? []
  }

  func yaml(_ name: String) throws -> YAMLValue {
    let candidates = folders.map { "\($0)/\(name).yaml" }
    guard !name.contains("/"), let file = candidates.first(where: fileExists) else {
      let near = nearestWord(to: name, among: names).map { "Did you mean '\($0)'? " } ?? ""
      let known = names.isEmpty ? "None is installed: see `make install`." : "Known: \(names.joined(separator: ", "))."
      throw StoreError(.notFound, "no preset is called '\(name)'", file: candidates[0], hint: near + known)
    }
    return try YAMLValue(contentsOf: file)
  }

  /// How a description that is a preset alone is called: `preset telegram`.
  static let prefix = "preset "

  /// `share/muster/presets` beside the installed binary, or `datasets/presets` of the repository it was built in.
  private static let ownFolders: [String] = {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    guard count > 0 else { return [] }
    var folder = absolutePath("\(String(decoding: buffer[..<count], as: UTF8.self))/..", from: "/")
    var candidates = [absolutePath("\(folder)/../share/muster/presets", from: "/")]
    while folder != "/", folder.contains("/.build/") {
      folder = absolutePath("\(folder)/..", from: "/")
      if !folder.contains("/.build/") { candidates.append(absolutePath("\(folder)/../datasets/presets", from: "/")) }
    }
    return candidates
  }()
}

extension DatasetDescription {
  /// The keys of a preset.
  package static let presetKeys = keys.filter { $0 != "preset" } + ["marks"]

  /// The description that `keys` of a preset give.
  init(preset keys: [String: YAMLValue], of yaml: YAMLValue, name: String, schema: EventSchema) throws {
    self.init(name: name, title: try keys["title"]?.string() ?? name, kinds: [])
    try read(keys, of: yaml, schema: schema, isPreset: true)
    pathsInFolder = paths
    paths = []
  }

  /// Keeps the dimensions of a preset that the workspace does not declare as properties of these names; with
  /// `properties: rest` their fields are there anyway.
  mutating func keepUndeclaredDimensions(_ keys: [String: YAMLValue], schema: EventSchema) throws {
    guard case .named(var fields) = properties else { return }
    var lists = [keys["dimensions"]]
    for kind in try keys["events"]?.list() ?? [] {
      lists.append(try kind.mapping(knowing: Self.kindKeys)["dimensions"])
    }
    for (name, value) in try lists.compactMap(\.self).flatMap({ try $0.pairs() })
    where !schema.dimensions.contains(name) && !fields.contains(where: { $0.name == name }) {
      fields.append(NamedField(name: name, source: try fieldSource(value)))
    }
    properties = .named(fields)
  }
}
