internal import Columns
internal import Events
internal import Parquet

/// What a segment's footer says of where its rows came from: enough to rebuild a lost catalog.
struct SegmentFooter: Sendable, Equatable {
  /// A batch that gave rows, and how many of them are in this segment.
  struct Batch: Sendable, Equatable {
    var id: Int
    var arrival: Timestamp
    var rowCount: Int
  }

  var day: CommunityDay
  var timeZone: String
  /// By number, ascending.
  var batches: [Batch]
  /// Sources that the segment names, with the batch that read each.
  var sources: [(batch: Int, record: SourceRecord)] = []
  /// The upkeep that wrote the segment; nil where a batch did.
  var upkeep: Int?
  /// Paths below `segments/` of what the upkeep merged into this segment.
  var replaced: [String] = []
  /// The upkeep rewrote the store: all batches up to this one, and all earlier upkeep, are superseded.
  var replacesThrough: Int?

  /// The keys and values of the footer.
  var metadata: [(key: String, value: String)] {
    let newest = batches.last
    let batchList = batches.map { "{\"id\":\($0.id),\"arrived_at\":\"\($0.arrival)\",\"rows\":\($0.rowCount)}" }
    let sourceList = sources.map { "{\"batch\":\($0.batch)," + $0.record.json.dropFirst() }
    var result = [
      ("muster.format", Catalog.format), ("muster.day", day.description), ("muster.time_zone", timeZone),
      ("muster.batch", String(newest?.id ?? 0)),
      ("muster.arrived_at", (newest?.arrival ?? Timestamp(microseconds: 0)).description),
      ("muster.sources", "[" + sourceList.joined(separator: ",") + "]"),
      ("muster.batches", "[" + batchList.joined(separator: ",") + "]"),
    ]
    if let upkeep { result.append(("muster.upkeep", String(upkeep))) }
    if !replaced.isEmpty {
      result.append(("muster.replaces", "[" + replaced.map(jsonText).joined(separator: ",") + "]"))
    }
    if let replacesThrough { result.append(("muster.replaces_through", String(replacesThrough))) }
    return result.map { (key: $0.0, value: $0.1) }
  }

  static func == (a: SegmentFooter, b: SegmentFooter) -> Bool {
    a.metadata.elementsEqual(b.metadata) { $0 == $1 }
  }
}

extension SegmentFooter {
  /// Reads the footer of an open segment.
  /// - Throws: ``StoreError`` `corrupt` where it is no segment of a store.
  init(_ parquet: ParquetReader) throws {
    let metadata = parquet.metadata
    func value(_ key: String) throws -> String {
      guard let value = metadata["muster.\(key)"] else { throw Self.foreign(parquet.name, "it has no muster.\(key)") }
      return value
    }
    guard let day = CommunityDay(try value("day")), let batch = Int(try value("batch")),
      let arrival = Timestamp(iso8601: try value("arrived_at"))
    else { throw Self.foreign(parquet.name, "its day, batch or arrival is none") }
    self.init(
      day: day, timeZone: try value("time_zone"),
      batches: [Batch(id: batch, arrival: arrival, rowCount: parquet.rowCount)])
    func list(_ key: String) throws -> [YAMLValue] {
      try metadata["muster.\(key)"].map { try YAMLValue(text: $0, file: parquet.name).list() } ?? []
    }
    sources = try list("sources").map { try Self.source($0, of: batch) }
    let named = try list("batches").map(Self.batch)
    if !named.isEmpty { batches = named.sorted { $0.id < $1.id } }
    upkeep = metadata["muster.upkeep"].flatMap { Int($0) }
    replaced = try list("replaces").map { try $0.string() }
    replacesThrough = metadata["muster.replaces_through"].flatMap { Int($0) }
    guard batches.reduce(0, { $0 + $1.rowCount }) == parquet.rowCount else {
      throw Self.foreign(parquet.name, "its batches do not add up to its rows")
    }
  }

  private static func foreign(_ file: String, _ what: String) -> StoreError {
    StoreError(.corrupt, "the footer is not that of a segment: \(what)", file: file, hint: SegmentReader.hint)
  }

  private static func batch(_ yaml: YAMLValue) throws -> Batch {
    let keys = try yaml.mapping(knowing: ["id", "arrived_at", "rows"])
    guard let arrival = Timestamp(iso8601: try keys.require("arrived_at", of: yaml).string()) else {
      throw yaml.error("arrived_at is no instant")
    }
    return Batch(
      id: try keys.require("id", of: yaml).int(in: 0...Int.max), arrival: arrival,
      rowCount: try keys.require("rows", of: yaml).int(in: 0...Int.max))
  }

  /// - Parameter batch: the one that read it, where the entry does not say.
  static func source(_ yaml: YAMLValue, of batch: Int) throws -> (batch: Int, record: SourceRecord) {
    let keys = try yaml.mapping(
      knowing: ["batch", "dataset", "path", "content", "bytes", "head", "consumed", "lines"])
    func hash(_ key: String) throws -> ContentHash {
      guard let hash = ContentHash(try keys.require(key, of: yaml).string()) else {
        throw yaml.error("'\(key)' is no hash")
      }
      return hash
    }
    func count(_ key: String) throws -> Int { try keys.require(key, of: yaml).int(in: 0...Int.max) }
    let record = SourceRecord(
      dataset: try keys.require("dataset", of: yaml).string(), path: try keys.require("path", of: yaml).string(),
      content: try hash("content"), byteCount: try count("bytes"), head: try hash("head"),
      consumedByteCount: try count("consumed"), lineCount: try count("lines"))
    return (try keys["batch"]?.int(in: 0...Int.max) ?? batch, record)
  }
}
