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
      return try filesOfFolder(absolute).map { LogSource(description: description, path: $0) }
    }
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
