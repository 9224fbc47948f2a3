internal import Columns
internal import Events
internal import GRDB
internal import Parquet

/// The member facts that were in force, found without a catalog: each batch that changes a fact writes all of them
/// anew, so that the newest file of a committed batch holds everything.
struct RecoveredFacts {
  private(set) var record: FactsRecord?
  private(set) var batch = 0
  /// What could not be read or proven.
  private(set) var doubts: [String] = []

  /// - Parameters:
  ///   - lastBatch: the last committed one; nil where nothing says which that is.
  ///   - memberCount: keys that the dictionary has.
  init(storeFolder: String, lastBatch: Int?, memberCount: Int) {
    let names = listFolder("\(storeFolder)/members").filter { $0.hasPrefix("facts-") }
    let found = names.compactMap { name in Self.batch(name).map { (name: name, batch: $0) } }
      .filter { $0.batch <= lastBatch ?? .max }.sorted { $0.batch > $1.batch }
    for file in found {
      do {
        record = try Self.read(file.name, storeFolder: storeFolder, memberCount: memberCount)
        batch = file.batch
        break
      } catch {
        doubts.append("members/\(file.name) cannot be read, and an older file is taken if there is one: \(error)")
      }
    }
    if record != nil, lastBatch == nil {
      doubts.append("whether the facts of members/\(found[0].name) were committed")
    }
  }

  private static func batch(_ name: String) -> Int? {
    name.hasSuffix(".parquet") ? Int(name.dropFirst("facts-".count).dropLast(".parquet".count)) : nil
  }

  private static func read(_ name: String, storeFolder: String, memberCount: Int) throws -> FactsRecord {
    let path = "\(storeFolder)/members/\(name)"
    let bytes = try readFile(path)
    let parquet = try ParquetReader(bytes, name: path)
    let tailOffset = parquet.tailOffset
    let (content, tail) = bytes.withUnsafeBytes {
      (ContentHash(of: $0), ContentHash(of: UnsafeRawBufferPointer(rebasing: $0[tailOffset...])))
    }
    let record = FactsRecord(
      file: name, rowCount: parquet.rowCount, byteCount: bytes.count, content: content.description,
      tailOffset: tailOffset, tail: tail.description)
    _ = try FactsReader(record, storeFolder: storeFolder).facts(memberCount: memberCount)
    return record
  }

  /// Names the file in a new catalog. How many facts its batches stored is not known any more.
  func insert(_ db: Database, arrival: Timestamp) throws {
    try record?.insert(db, batch: batch, arrival: arrival, stored: 0, replaced: 0)
  }
}

extension ParquetReader {
  /// Where page indexes and footer begin.
  var tailOffset: Int { rowGroups.flatMap(\.chunks).map(\.byteRange.upperBound).max() ?? 4 }
}
