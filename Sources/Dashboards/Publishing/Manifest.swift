internal import Events
internal import Segments

/// What `manifest.json` says of a release.
struct Manifest {
  struct Document {
    var name: String
    var title: String
    var asOf: String
    var byteCount: Int
    /// Hash of the document's bytes.
    var content: String
    /// The first community day that its figures rest on; nil where it does not say.
    var firstDay: CommunityDay?
    /// The last batch of the snapshot that it was made from.
    var batch: Int

    var json: String {
      """
      {"name":\(jsonText(name)),"title":\(jsonText(title)),"path":\(jsonText("dashboards/\(name).json")),\
      "as_of":\(jsonText(asOf)),"bytes":\(byteCount),"content":\(jsonText(content)),\
      "first_day":\(firstDay.map { "\"\($0)\"" } ?? "null"),"batch":\(batch)}
      """
    }
  }

  var publishedAt: Timestamp
  var freshUntil: Timestamp?
  var documents: [Document]

  private static let fields = ["schema", "release", "published_at", "as_of", "fresh_until", "documents"]

  /// Reads a manifest: JSON, which is YAML.
  /// - Throws: ``StoreError`` where it is not one.
  init(contentsOf file: String) throws {
    let manifest = try YAMLValue(contentsOf: file)
    let keys = try manifest.mapping(knowing: Self.fields)
    documents = try keys.require("documents", of: manifest).list().map { value in
      let entry = try value.mapping(knowing: [
        "name", "title", "path", "as_of", "bytes", "content", "first_day", "batch",
      ])
      return Document(
        name: try entry.require("name", of: value).string(), title: try entry.require("title", of: value).string(),
        asOf: try entry.require("as_of", of: value).string(),
        byteCount: try entry.require("bytes", of: value).int(in: 0...Int.max),
        content: try entry.require("content", of: value).string(),
        firstDay: try entry["first_day"].flatMap { CommunityDay(try $0.string()) },
        // Releases of before do not say.
        batch: try entry["batch"]?.int(in: 0...Int.max) ?? 0)
    }
    guard let instant = Timestamp(iso8601: try keys.require("published_at", of: manifest).string()) else {
      throw manifest.error("published_at is not an instant")
    }
    publishedAt = instant
    freshUntil = try keys["fresh_until"].flatMap { Timestamp(iso8601: try $0.string()) }
  }
}
