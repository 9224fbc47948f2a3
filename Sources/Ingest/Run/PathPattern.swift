internal import Glibc
internal import Segments

/// A pattern of paths as shells know them, with `**` for any number of folders, none included.
///
/// ```
/// log/*.csv.gz      */*.json      **/*.jsonl
/// ```
/// Names that begin with a dot match only where the pattern spells the dot; `**` does not follow links, so that it ends.
struct PathPattern {
  private let pattern: String

  /// - Parameter folder: from which the pattern counts.
  init(_ pattern: String, from folder: String) {
    self.pattern = pattern.hasPrefix("/") ? pattern : "\(Self.literal(folder))/\(pattern)"
  }

  /// The files that match, each once, sorted by path.
  func files() -> [String] {
    Set(Self.matches(pattern)).filter { !isFolder($0) }.map { absolutePath($0, from: "/") }.sorted()
  }

  private static func matches(_ pattern: String) -> [String] {
    guard let stars = pattern.firstRange(of: "**/") else { return expanded(pattern) }
    let rest = pattern[stars.upperBound...]
    let starts = stars.lowerBound == pattern.startIndex ? [""] : expanded(String(pattern[..<stars.lowerBound]))
    return starts.flatMap { start in
      folders(below: start, depth: 0).flatMap { matches("\(literal($0))/\(rest)") }
    }
  }

  /// `folder` and the folders in it, links left out.
  private static func folders(below folder: String, depth: Int) -> [String] {
    guard depth < IngestLimits.folderDepthMax else { return [folder] }
    let inside = listFolder(folder).filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }
    return [folder] + inside.filter { isFolder($0) && !isLink($0) }.flatMap { folders(below: $0, depth: depth + 1) }
  }

  private static func isLink(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
  }

  private static func expanded(_ pattern: String) -> [String] {
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0 else { return [] }
    return (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
  }

  /// A path in which nothing is a pattern.
  static func literal(_ path: String) -> String {
    path.reduce(into: "") { text, character in
      if "*?[\\".contains(character) { text.append("\\") }
      text.append(character)
    }
  }
}
