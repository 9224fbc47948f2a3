internal import Columns
package import Events
internal import Glibc
internal import Parquet
package import Segments

/// One set of documents that becomes visible at once.
///
/// ```
/// published/releases/000012/manifest.json             + .gz .zst
/// published/releases/000012/dashboards/overview.json  + .gz .zst
/// published/current -> releases/000012                replaced in one rename
/// ```
package struct Publication: Sendable {
  package static let schema = "muster.manifest/1"

  package var documents: [DashboardDocument]
  package var asOf: Timestamp
  package var publishedAt: Timestamp
  /// Until when the pipeline promises that a newer one comes.
  package var freshUntil: Timestamp?

  package init(documents: [DashboardDocument], asOf: Timestamp, publishedAt: Timestamp, freshUntil: Timestamp?) {
    self.documents = documents
    self.asOf = asOf
    self.publishedAt = publishedAt
    self.freshUntil = freshUntil
  }

  /// Writes all files, syncs them, and switches `current`. Before the switch readers see the old documents whole.
  /// Documents of the release before whose dashboards are in `keeping` and not made anew go on in this one; so do those
  /// that another process made of a newer snapshot while these were being made.
  /// - Returns: the folder of the release, and the names of documents of which a newer one stays.
  @discardableResult
  package func write(to store: Store, keeping: [String] = []) throws -> (folder: String, newer: [String]) {
    let published = "\(store.folder)/published"
    try makeFolder("\(published)/releases")
    let lock = try FileLock("\(published)/publish.lock")
    defer { withExtendedLifetime(lock) {} }
    let newer = try newerDocuments(than: store.snapshot().batch, in: "\(published)/current")
    let documents = documents.filter { !newer.contains($0.name) }
    let name = nextName(in: "\(published)/releases")
    let folder = "\(published)/releases/\(name)"
    do {
      try makeFolder("\(folder)/dashboards")
      var entries: [String] = []
      for document in documents {
        let bytes = Array(document.json.utf8)
        try writeForms(bytes, to: "\(folder)/dashboards/\(document.name).json")
        let content = bytes.withUnsafeBytes { ContentHash(of: $0) }
        let entry = Manifest.Document(
          name: document.name, title: document.title, asOf: document.asOf.description, byteCount: bytes.count,
          content: content.description, firstDay: document.firstDay, batch: document.batch)
        entries.append(entry.json)
      }
      let kept = (keeping + newer.filter { !keeping.contains($0) })
        .filter { name in !documents.contains { $0.name == name } }
      entries += try carryOver(kept, from: "\(published)/current", to: folder)
      try writeForms(Array(manifest(name, entries).utf8), to: "\(folder)/manifest.json")
      try syncFileSystem(of: folder)
    } catch {
      removeFolder(folder)
      throw error
    }
    try switchCurrent(to: name, in: published)
    removeOld(in: "\(published)/releases", keeping: name)
    return (folder, newer)
  }

  /// Names of documents that the release at `current` has of a newer snapshot than these.
  ///
  /// A snapshot after `batch`, the newest that there is, was of another store: it says nothing.
  private func newerDocuments(than batch: Int, in current: String) throws -> [String] {
    guard fileExists("\(current)/manifest.json") else { return [] }
    return try Manifest(contentsOf: "\(current)/manifest.json").documents.filter { published in
      published.batch <= batch && documents.contains { $0.name == published.name && $0.batch < published.batch }
    }.map(\.name)
  }

  /// Copies documents of the release at `current`; their manifest entries.
  private func carryOver(_ names: [String], from current: String, to folder: String) throws -> [String] {
    guard !names.isEmpty, fileExists("\(current)/manifest.json") else { return [] }
    return try Manifest(contentsOf: "\(current)/manifest.json").documents.filter { names.contains($0.name) }
      .map { document in
        for suffix in ["", ".gz", ".zst"] {
          let bytes = try readFile("\(current)/dashboards/\(document.name).json\(suffix)")
          try bytes.withUnsafeBytes {
            try writeNewFile($0, to: "\(folder)/dashboards/\(document.name).json\(suffix)")
          }
        }
        return document.json
      }
  }

  private func manifest(_ name: String, _ entries: [String]) -> String {
    """
    {"schema":"\(Self.schema)","release":"\(name)","published_at":"\(publishedAt)","as_of":"\(asOf)",\
    "fresh_until":\(freshUntil.map { "\"\($0)\"" } ?? "null"),"documents":[\(entries.joined(separator: ","))]}
    """
  }

  private func nextName(in releases: String) -> String {
    let last = listFolder(releases).compactMap { Int($0) }.max() ?? 0
    let digits = String(last + 1)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// A file, and its forms for browsers that take gzip or zstd.
  private func writeForms(_ bytes: [UInt8], to path: String) throws {
    try bytes.withUnsafeBytes { raw in
      try writeNewFile(raw, to: path)
      for (suffix, form) in [("gz", Gzip.compress(raw, level: 9)), ("zst", Zstd.compress(raw, level: 19))] {
        try form.withUnsafeBytes { try writeNewFile($0, to: "\(path).\(suffix)") }
      }
    }
  }

  private func switchCurrent(to name: String, in published: String) throws {
    let beside = "\(published)/current.writing-\(getpid())"
    unlink(beside)
    guard symlink("releases/\(name)", beside) == 0 else {
      throw StoreError(.cannotWrite, "cannot make the link: \(systemMessage())", file: beside)
    }
    try moveFile(beside, to: "\(published)/current")
  }

  /// Readers hold a release in memory: the one before last is no longer read.
  private func removeOld(in releases: String, keeping name: String) {
    let older = listFolder(releases).filter { Int($0) != nil && $0 < name }
    for old in older.dropLast() { removeFolder("\(releases)/\(old)") }
  }
}
