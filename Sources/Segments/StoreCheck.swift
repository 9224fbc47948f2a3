internal import Columns
internal import Events
internal import GRDB
internal import Parquet

/// Something that is not as it should be in a store.
package struct StoreFinding: Sendable, Equatable {
  /// What is wrong with the file.
  package enum Kind: String, Sendable, CaseIterable {
    case missing, damaged, orphan, leftover
    case rowCount = "row-count"
  }

  package var kind: Kind
  /// Path below the store's folder.
  package var file: String
  package var message: String
}

/// Compares a store's files with its catalog.
package struct StoreCheck {
  private let store: Store

  package init(_ store: Store) { self.store = store }

  /// All findings; none means that every byte is what was written. Reads the whole store.
  package func findings(progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws -> [StoreFinding] {
    let snapshot = try store.snapshot()
    var findings: [StoreFinding] = []
    for (index, record) in snapshot.segments.enumerated() {
      findings += check(record)
      progress(index + 1, snapshot.segments.count)
    }
    for file in try orphans(after: snapshot) {
      findings.append(
        StoreFinding(
          kind: .orphan, file: "segments/\(file)",
          message: "the catalog does not know this file; `store check --repair` moves it to retired/"))
    }
    findings += leftovers()
    findings += FactsCheck(store: store).findings(snapshot) + (try checkMembers(snapshot))
    findings += (try checkDuplicates()) + (try checkDays())
    return findings + (try checkDerived(findings))
  }

  /// Indexes, where what they are made from is sound.
  private func checkDerived(_ findings: [StoreFinding]) throws -> [StoreFinding] {
    if findings.contains(where: { $0.kind == .missing || $0.kind == .damaged }) { return [] }
    return try DerivedFiles(storeFolder: store.folder, settings: store.settings, catalog: store.catalog).findings()
  }

  /// What a killed writer left under `staging/`; while one is at work it is not left.
  private func leftovers() -> [StoreFinding] {
    guard (try? FileLock("\(store.folder)/writer.lock")) != nil else { return [] }
    let names = listFolder("\(store.folder)/staging")
    return names.filter { !listFolder("\(store.folder)/staging/\($0)").isEmpty }.map { name in
      StoreFinding(
        kind: .leftover, file: "staging/\(name)",
        message: name == "reindex"
          ? "an interrupted reindex: run `store reindex` again; --repair drops what it did"
          : "a writer was interrupted; the next one removes this, and so does --repair")
    }
  }

  private func check(_ record: SegmentRecord) -> [StoreFinding] {
    let name = "segments/\(record.file)"
    do {
      let file = try OpenFile(reading: store.path(of: record))
      let bytes = try file.read(0..<file.byteCount)
      if bytes.withUnsafeBytes({ ContentHash(of: $0) }).description == record.content { return [] }
      return [damage(name, of: record)]
    } catch let error as StoreError where error.code == .notFound {
      return [StoreFinding(kind: .missing, file: name, message: "the file is gone: \(record.rowCount) events are lost")]
    } catch {
      return [StoreFinding(kind: .damaged, file: name, message: "\(error)")]
    }
  }

  /// Looks for the page that a changed byte hit.
  private func damage(_ name: String, of record: SegmentRecord) -> StoreFinding {
    do {
      let reader = try SegmentReader(record, of: store)
      try reader.check()
      return StoreFinding(
        kind: .damaged, file: name, message: "bytes outside the pages changed since they were written")
    } catch let error as ParquetError {
      return StoreFinding(kind: .damaged, file: name, message: "\(error)")
    } catch {
      return StoreFinding(kind: .damaged, file: name, message: "\(error)")
    }
  }

  private func checkMembers(_ snapshot: Snapshot) throws -> [StoreFinding] {
    do {
      try MemberDictionary(of: snapshot, storeFolder: store.folder).check()
      return []
    } catch let error as StoreError {
      return [StoreFinding(kind: .damaged, file: "members", message: "\(error)")]
    }
  }

  private func checkDuplicates() throws -> [StoreFinding] {
    let days = try store.catalog.read {
      try Row.fetchAll($0, sql: "SELECT day, byte_count, record_count FROM duplicate_day ORDER BY day")
    }
    return days.compactMap { row in
      let name = "duplicates/\(CommunityDay(row["day"]))"
      do {
        let blocks = try BlockFile.read("\(store.folder)/\(name)", byteCount: row["byte_count"])
        let count = blocks.reduce(0) { $0 + $1.entryCount }
        if count == row["record_count"] { return nil }
        return StoreFinding(
          kind: .rowCount, file: name, message: "it holds \(count) hashes, the catalog says otherwise")
      } catch {
        return StoreFinding(kind: .damaged, file: name, message: "\(error)")
      }
    }
  }

  /// Files that no batch knows; those that a writer is just moving into place are none.
  private func orphans(after snapshot: Snapshot) throws -> [String] {
    let isWriting = (try? FileLock("\(store.folder)/writer.lock")) == nil
    return try Leftovers(storeFolder: store.folder, catalog: store.catalog).orphans().filter { file in
      let name = file.split(separator: "/").last ?? ""
      return !(isWriting && Int(name.prefix { $0 != "-" }) ?? 0 > snapshot.batch)
    }
  }

  /// The catalog's own sums: rows of segments against rows of days and of batches.
  private func checkDays() throws -> [StoreFinding] {
    let (rows, days, storedInAll, expired, facts) = try store.catalog.read { db in
      (
        try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(row_count), 0) FROM segment WHERE retired_at IS NULL") ?? 0,
        try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(row_count), 0) FROM day") ?? 0,
        try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(stored_count), 0) FROM batch") ?? 0,
        try UpkeepKind.expiredRowCount(db),
        try db.tableExists("fact_file")
          ? Int.fetchOne(db, sql: "SELECT COALESCE(SUM(stored_count), 0) FROM fact_file") ?? 0 : 0
      )
    }
    let stored = storedInAll - facts
    if days == rows, stored == rows + expired { return [] }
    return [
      StoreFinding(
        kind: .rowCount, file: "catalog.sqlite",
        message: "segments hold \(rows) rows, days \(days), batches stored \(stored), expired are \(expired)")
    ]
  }
}
