internal import Columns
internal import Events
internal import GRDB
internal import Glibc

/// The files under `index/`, one a segment: written beside it, moved with it, superseded with it, and made anew where
/// they are missing. For the holder of the lock.
///
/// ```
/// staging/12/index/000012-0003.index   written with the segment, synced
/// index/000012-0003.index              moved, synced, before the transaction
/// retired/000012-0003.index            once the segment is superseded, until the grace period ends
/// ```
struct ActivityIndexFiles {
  let storeFolder: String

  private var folder: String { "\(storeFolder)/index" }

  /// Writes the index of a segment below `staging`.
  static func stage(
    _ index: consuming ActivityIndexBuilder.Built, _ record: SegmentRecord, below staging: String
  ) throws {
    guard let content = ContentHash(record.content) else { return }
    let bytes = index.bytes(of: content)
    try makeFolder("\(staging)/index")
    try bytes.withUnsafeBytes { try writeNewFile($0, to: "\(staging)/index/\(indexName(of: record.file))") }
  }

  /// Moves the index of a staged segment into place; one that an interrupted call moved is there already.
  func move(_ record: SegmentRecord, from staging: String) throws {
    let name = indexName(of: record.file)
    let source = "\(staging)/index/\(name)"
    guard fileExists(source) else { return }
    try makeFolder(folder)
    guard rename(source, "\(folder)/\(name)") == 0 else {
      throw StoreError(.cannotWrite, "cannot move an index into place: \(systemMessage())", file: "\(folder)/\(name)")
    }
  }

  /// Puts the index of a superseded segment beside it. One that is missing is no loss.
  func retire(_ file: String) {
    let name = indexName(of: file)
    rename("\(folder)/\(name)", "\(storeFolder)/retired/\(name)")
  }

  /// Names of files that belong to none of `segments`.
  func strangers(to segments: [String]) -> [String] {
    let known = Set(segments.map(indexName))
    return listFolder(folder).filter { $0.hasSuffix(".index") && !known.contains($0) }
  }

  /// Removes what belongs to no segment of the catalog.
  func clear(catalog: Catalog, keepingUpkeep: Bool) throws {
    let known = try catalog.read { try String.fetchAll($0, sql: "SELECT file FROM segment WHERE retired_at IS NULL") }
    for name in strangers(to: known) where !(keepingUpkeep && name.hasPrefix("u")) {
      try removeFile("\(folder)/\(name)")
    }
  }

  /// Segments without an index file.
  func missing(_ segments: [SegmentRecord]) -> [SegmentRecord] {
    let names = Set(listFolder(folder))
    return segments.filter { !names.contains(indexName(of: $0.file)) }
  }

  /// Makes the indexes of `segments` anew from their rows.
  /// - Returns: files below the store's folder.
  func make(_ segments: [SegmentRecord], of store: Store) throws -> [String] {
    try makeFolder(folder)
    return try segments.map { record in
      let reader = try SegmentReader(record, of: store)
      let dimensions = store.settings.schema.dimensions
      var copy = RowCopy(dimensions: dimensions, keepsEventID: false, keepsProperties: false)
      for group in 0..<reader.rowGroupCount { try copy.append(reader, rowGroup: group) }
      guard let content = ContentHash(record.content) else {
        throw StoreError(.corrupt, "the catalog has no hash of the segment", file: record.file)
      }
      let builder = ActivityIndexBuilder(
        copy.rows, dimensions: dimensions, passive: store.settings.schema.passiveEvents)
      let name = indexName(of: record.file)
      try builder.build().bytes(of: content).withUnsafeBytes { try writeFileDurably($0, to: "\(folder)/\(name)") }
      return "index/\(name)"
    }
  }

  /// Segments whose index is missing or not what was written; with `deeply` every byte is read, else the heads.
  func unsound(_ snapshot: Snapshot, of store: Store, deeply: Bool) -> [(segment: SegmentRecord, error: StoreError)] {
    snapshot.segments.compactMap { record in
      do {
        let index = try ActivityIndex(record, of: store)
        if deeply { try index.check(memberCount: snapshot.memberCount) }
        return nil
      } catch let error as StoreError {
        return (record, error)
      } catch {
        return (record, StoreError(.corrupt, "\(error)", file: record.file))
      }
    }
  }
}
