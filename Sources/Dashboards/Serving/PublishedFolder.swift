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

  /// The publications of the store in `storeFolder`.
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
    let manifest = try Manifest(contentsOf: manifestFile)
    var files = ["/api/v1/manifest.json": try served(manifestFile)]
    var list: [String] = []
    for document in manifest.documents {
      files["/api/v1/dashboards/\(document.name).json"] = try served("\(release)/dashboards/\(document.name).json")
      list.append(
        "{\"name\":\(jsonText(document.name)),\"title\":\(jsonText(document.title)),\"as_of\":\(jsonText(document.asOf))}"
      )
    }
    let overview = "{\"dashboards\":[\(list.joined(separator: ","))]}"
    files["/api/v1/dashboards"] = ServedFile(Array(overview.utf8), mediaType: "application/json")
    return ServedRelease(
      name: name, files: files, publishedAtSeconds: manifest.publishedAt.microseconds / 1_000_000,
      freshUntilSeconds: manifest.freshUntil.map { $0.microseconds / 1_000_000 })
  }

  /// A document with the forms that were written beside it.
  private func served(_ path: String) throws -> ServedFile {
    let bytes = try readFile(path)
    return ServedFile(
      mediaType: "application/json", etag: ServedFile.etag(of: bytes), identity: bytes,
      gzip: try readFile("\(path).gz"), zstd: try readFile("\(path).zst"))
  }
}
