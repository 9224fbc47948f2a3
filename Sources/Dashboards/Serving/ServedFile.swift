internal import Columns
internal import Parquet
internal import Segments

/// A file as it goes to a browser: its bytes, their compressed forms, and a strong entity tag.
package struct ServedFile: Sendable {
  package var mediaType: String
  /// Quoted; of the identity bytes.
  package var etag: String
  package var identity: [UInt8]
  package var gzip: [UInt8]?
  package var zstd: [UInt8]?

  package init(mediaType: String, etag: String, identity: [UInt8], gzip: [UInt8]?, zstd: [UInt8]?) {
    self.mediaType = mediaType
    self.etag = etag
    self.identity = identity
    self.gzip = gzip
    self.zstd = zstd
  }

  /// A file made now; forms that save nothing are left out.
  package init(_ bytes: [UInt8], mediaType: String) {
    func smaller(_ form: [UInt8]) -> [UInt8]? { form.count < bytes.count ? form : nil }
    self = bytes.withUnsafeBytes { raw in
      ServedFile(
        mediaType: mediaType, etag: Self.etag(of: bytes), identity: bytes,
        gzip: smaller(Gzip.compress(raw, level: 6)), zstd: smaller(Zstd.compress(raw, level: 9)))
    }
  }

  static func etag(of bytes: [UInt8]) -> String { "\"\(bytes.withUnsafeBytes { ContentHash(of: $0) })\"" }
}

/// The page and what it needs, by URL path: `/` is `index.html`, everything else lies below `/assets/`.
/// - Parameters:
///   - folder: the folder with `index.html`.
///   - chartLibrary: path of the chart library's file, nil where none is installed.
/// - Throws: ``StoreError`` where the page is not there.
package func siteFiles(folder: String, chartLibrary: String?) throws -> [String: ServedFile] {
  var files: [String: ServedFile] = [:]
  func add(_ relative: String) throws {
    for name in listFolder(relative.isEmpty ? folder : "\(folder)/\(relative)") where !name.hasPrefix(".") {
      let path = relative.isEmpty ? name : "\(relative)/\(name)"
      if isFolder("\(folder)/\(path)") {
        try add(path)
      } else if let type = mediaType(of: name) {
        let file = ServedFile(try readFile("\(folder)/\(path)"), mediaType: type)
        files[path == "index.html" ? "/" : "/assets/\(path)"] = file
      }
    }
  }
  try add("")
  guard files["/"] != nil else {
    throw StoreError(.notFound, "there is no index.html in the page's folder", file: folder)
  }
  if let chartLibrary {
    files["/assets/d3.min.js"] = ServedFile(try readFile(chartLibrary), mediaType: "text/javascript; charset=utf-8")
  }
  return files
}

private func mediaType(of name: String) -> String? {
  switch name.split(separator: ".").last {
  case "html": "text/html; charset=utf-8"
  case "css": "text/css; charset=utf-8"
  case "js": "text/javascript; charset=utf-8"
  case "json": "application/json"
  case "svg": "image/svg+xml"
  case "png": "image/png"
  case "woff2": "font/woff2"
  default: nil
  }
}
