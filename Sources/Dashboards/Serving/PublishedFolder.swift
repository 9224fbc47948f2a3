internal import Events
internal import Glibc
internal import Segments

/// A release in memory, ready to be served.
package struct ServedRelease: Sendable {
  package var name: String
  /// By URL path.
  package var files: [String: ServedFile]
  package var publishedAtSeconds: Int64
  package var freshUntilSeconds: Int64?

  package init(
    name: String, files: [String: ServedFile], publishedAtSeconds: Int64, freshUntilSeconds: Int64?
  ) {
    self.name = name
    self.files = files
    self.publishedAtSeconds = publishedAtSeconds
    self.freshUntilSeconds = freshUntilSeconds
  }
}

/// Where a store's publications lie.
package struct PublishedFolder: Sendable {
  private let folder: String

  package init(storeFolder: String) { folder = "\(storeFolder)/published" }

  /// The release that `current` names; one system call. Nil where nothing was published.
  package func currentName() -> String? {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = buffer.withUnsafeMutableBytes { readlink("\(folder)/current", $0.baseAddress!, $0.count) }
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "/").last.map(String.init)
  }

  /// Reads the newest release whole; nil where nothing was published.
  /// - Throws: ``StoreError`` where its files are missing or its manifest is not one.
  package func load() throws -> ServedRelease? {
    guard let name = currentName() else { return nil }
    let release = "\(folder)/releases/\(name)"
    let manifestFile = "\(release)/manifest.json"
    let manifest = try YAMLValue(text: String(decoding: readFile(manifestFile), as: UTF8.self), file: manifestFile)
    let keys = try manifest.mapping(knowing: [
      "schema", "release", "published_at", "as_of", "fresh_until", "documents",
    ])
    var files = ["/api/v1/manifest.json": try served(manifestFile)]
    var list: [String] = []
    for document in try keys.require("documents", of: manifest).list() {
      let entry = try document.mapping(knowing: ["name", "title", "path", "as_of", "bytes", "content"])
      let dashboard = try entry.require("name", of: document).string()
      let title = try entry.require("title", of: document).string()
      let asOf = try entry.require("as_of", of: document).string()
      files["/api/v1/dashboards/\(dashboard).json"] = try served("\(release)/dashboards/\(dashboard).json")
      list.append("{\"name\":\(jsonText(dashboard)),\"title\":\(jsonText(title)),\"as_of\":\(jsonText(asOf))}")
    }
    let overview = "{\"dashboards\":[\(list.joined(separator: ","))]}"
    files["/api/v1/dashboards"] = ServedFile(Array(overview.utf8), mediaType: "application/json")
    guard let publishedAt = Timestamp(iso8601: try keys.require("published_at", of: manifest).string()) else {
      throw manifest.error("published_at is not an instant")
    }
    let freshUntil = try keys["fresh_until"].flatMap { Timestamp(iso8601: try $0.string()) }
    return ServedRelease(
      name: name, files: files, publishedAtSeconds: publishedAt.microseconds / 1_000_000,
      freshUntilSeconds: freshUntil.map { $0.microseconds / 1_000_000 })
  }

  /// A document with the forms that were written beside it.
  private func served(_ path: String) throws -> ServedFile {
    let bytes = try readFile(path)
    return ServedFile(
      mediaType: "application/json", etag: ServedFile.etag(of: bytes), identity: bytes,
      gzip: try readFile("\(path).gz"), zstd: try readFile("\(path).zst"))
  }
}
