internal import Events

/// A folder with `muster.yaml`: settings, and the places of everything else.
package struct Workspace: Sendable {
  /// Absolute path of the folder.
  package let folder: String
  package let settings: WorkspaceSettings
  /// Absolute path of the store.
  package let storeFolder: String

  /// The workspace of `folder`, or the nearest one upward from `current` where `folder` is nil.
  /// - Throws: ``StoreError`` where there is none, or its settings cannot be read.
  package init(folder: String?, store: String?, current: String) throws {
    let start = folder.map { absolutePath($0, from: current) } ?? current
    guard let found = folder == nil ? Self.nearest(from: start) : (fileExists("\(start)/muster.yaml") ? start : nil)
    else {
      throw StoreError(
        .notFound, folder == nil ? "no muster.yaml here or in a folder above" : "no muster.yaml in this folder",
        file: start, hint: "Make a workspace with `muster new DIR`, or point to one with --workspace DIR.")
    }
    self.folder = found
    settings = try WorkspaceSettings(contentsOf: "\(found)/muster.yaml")
    storeFolder = store.map { absolutePath($0, from: current) } ?? "\(found)/.muster"
  }

  private static func nearest(from start: String) -> String? {
    var folder = start
    while true {
      if fileExists("\(folder)/muster.yaml") { return folder }
      guard let slash = folder.lastIndex(of: "/"), folder.count > 1 else { return nil }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
  }

  /// Where the description of a dataset lies.
  package func datasetFile(_ name: String) -> String { "\(folder)/datasets/\(name)/dataset.yaml" }
  /// Where a pipeline lies.
  package func pipelineFile(_ name: String) -> String { "\(folder)/pipelines/\(name).yaml" }
  /// Where an experiment lies.
  package func experimentFile(_ name: String) -> String { "\(folder)/pipelines/experiments/\(name).yaml" }
  /// Where a dashboard lies.
  package func dashboardFile(_ name: String) -> String { "\(folder)/dashboards/\(name).yaml" }

  /// Names of the datasets, sorted.
  package var datasets: [String] {
    listFolder("\(folder)/datasets").filter { fileExists(datasetFile($0)) }
  }
  /// Names of the pipelines, sorted.
  package var pipelines: [String] { Self.yamlNames("\(folder)/pipelines") }
  /// Names of the experiments, sorted.
  package var experiments: [String] { Self.yamlNames("\(folder)/pipelines/experiments") }
  /// Names of the dashboards, sorted.
  package var dashboards: [String] { Self.yamlNames("\(folder)/dashboards") }

  private static func yamlNames(_ folder: String) -> [String] {
    listFolder(folder).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
  }

  /// The path of a named file, which must exist.
  /// - Throws: ``StoreError`` with the nearest name that does.
  package func existing(_ file: String, kind: String, name: String, among names: [String]) throws -> String {
    guard names.contains(name) else {
      let near = nearestWord(to: name, among: names).map { "Did you mean '\($0)'? " } ?? ""
      let known = names.isEmpty ? "This workspace has none." : "Known: \(names.joined(separator: ", "))."
      throw StoreError(.notFound, "no \(kind) is called '\(name)'", file: file, hint: near + known)
    }
    return file
  }
}
