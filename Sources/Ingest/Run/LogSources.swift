internal import Events
package import Segments

/// One log to read, and how.
package struct LogSource: Sendable {
  package var description: DatasetDescription
  /// A path, or `-` for standard input.
  package var path: String

  package init(description: DatasetDescription, path: String) {
    self.description = description
    self.path = path
  }
}

extension LogSource {
  /// Whether it is a file: of standard input and pipes, what they hold is known only once it was read.
  var canBeReadTwice: Bool { path != "-" && isRegularFile(path) }

  /// The files that `paths` name: a folder stands for the files in it, sorted by name.
  /// - Throws: ``IngestError`` where a path does not exist or a folder cannot be read.
  package static func files(_ paths: [String], from current: String, as description: DatasetDescription) throws
    -> [LogSource]
  {
    try paths.flatMap { path -> [LogSource] in
      if path == "-" { return [LogSource(description: description, path: path)] }
      let absolute = absolutePath(path, from: current)
      guard fileExists(absolute) else {
        throw IngestError(
          .notFound, "there is no such file", file: path, hint: "Give the path of a log, or the name of a dataset.")
      }
      guard isFolder(absolute) else { return [LogSource(description: description, path: absolute)] }
      if !description.pathsInFolder.isEmpty { return try Self.files(inFolder: absolute, as: description) }
      return try filesOfFolder(absolute).map { LogSource(description: description, path: $0) }
    }
  }

  private static func files(inFolder folder: String, as description: DatasetDescription) throws -> [LogSource] {
    let files = description.pathsInFolder.flatMap { PathPattern($0, from: folder).files() }
    guard !files.isEmpty else {
      throw IngestError(
        .notFound, "nothing in the folder matches \(description.pathsInFolder.joined(separator: " or "))", file: folder,
        hint: "Give the folder that the export was unpacked to.")
    }
    return files.map { LogSource(description: description, path: $0) }
  }

  private static func filesOfFolder(_ folder: String) throws -> [String] {
    guard canListFolder(folder) else {
      throw IngestError(
        .cannotRead, "the folder cannot be read: \(systemMessage())", file: folder,
        hint: "Check its permissions, or run as a user who may read it.")
    }
    let files = listFolder(folder).filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }.filter { !isFolder($0) }
    guard !files.isEmpty else {
      throw IngestError(.notFound, "the folder holds no files", file: folder, hint: "Give a folder with logs.")
    }
    return files
  }
}

extension LogSource {
  /// The files that a dataset's own `path` patterns name, sorted; none where it has no `path`.
  /// - Parameter folder: the dataset's folder, from which patterns count.
  package static func files(of description: DatasetDescription, folder: String) -> [LogSource] {
    description.paths.flatMap { pattern in
      PathPattern(pattern, from: folder).files().map { LogSource(description: description, path: $0) }
    }
  }

  /// The logs of a workspace's datasets: those named, which must have some, or all that have.
  /// - Throws: ``IngestError`` `notFound` where a named dataset has no log; ``StoreError`` for its description.
  package static func files(ofDatasets names: [String], in workspace: Workspace) throws -> [LogSource] {
    try (names.isEmpty ? workspace.datasets : names).flatMap { name -> [LogSource] in
      let description = try DatasetDescription.named(name, in: workspace)
      let file = workspace.datasetFile(name)
      let files = Self.files(of: description, folder: String(file.dropLast("/dataset.yaml".count)))
      guard files.isEmpty, !names.isEmpty else { return files }
      throw IngestError(
        .notFound,
        description.paths.isEmpty
          ? "the dataset '\(name)' names no log" : "no file matches the path of the dataset '\(name)'",
        file: file, hint: "Name the log on the command line: muster ingest --dataset \(name) FILE")
    }
  }
}

extension DatasetDescription {
  /// Totals are no activity of a member, and must not count as such.
  /// - Throws: ``IngestError`` `configuration` where one of their events is not passive.
  func checkTotals(_ settings: WorkspaceSettings, at path: String) throws {
    guard isTotals else { return }
    for kind in kinds {
      if case .constant(let event) = kind.event, settings.schema.passiveEvents.contains(event) { continue }
      let named = if case .constant(let event) = kind.event { "'\(event)'" } else { "the events" }
      throw IngestError(
        .configuration,
        "these are totals that somebody counted, not what members did, and \(named) would count as activity",
        file: path, hint: "Add \(named) to passive-events in muster.yaml, then load them.")
    }
  }

  /// The description of a dataset of the workspace, or of a preset where the name is `preset NAME`.
  /// - Throws: ``StoreError`` `notFound` with the nearest name.
  package static func named(_ name: String, in workspace: Workspace) throws -> DatasetDescription {
    if name.hasPrefix(Presets.prefix) {
      let preset = String(name.dropFirst(Presets.prefix.count))
      return try Presets(workspaceFolder: workspace.folder).description(preset, schema: workspace.settings.schema)
    }
    let file = try workspace.existing(
      workspace.datasetFile(name), kind: "dataset", name: name, among: workspace.datasets)
    return try DatasetDescription(contentsOf: file, name: name, schema: workspace.settings.schema)
  }
}
