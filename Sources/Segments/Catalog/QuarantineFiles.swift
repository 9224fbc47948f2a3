internal import GRDB

extension BatchWriter {
  /// Paths of the files that hold rejected records, in the order of their batches.
  package func quarantineFiles() throws -> [String] {
    let named = try catalog.read { db in
      try String.fetchAll(
        db, sql: "SELECT quarantine_file FROM batch WHERE quarantine_file IS NOT NULL ORDER BY id")
    }
    // The store may have moved since.
    return named.compactMap { $0.split(separator: "/").last.map { "\(folder)/quarantine/\($0)" } }
      .filter { fileExists($0) }
  }

  /// All that was ever read of `path` through a dataset.
  package func everySource(dataset: String, path: String) throws -> [SourceRecord] {
    try catalog.read { db in
      try ["source", "fact_source"].flatMap { table in
        try Row.fetchAll(
          db, sql: "SELECT * FROM \(table) WHERE dataset = ? AND path = ? ORDER BY byte_count DESC",
          arguments: [dataset, path]
        ).map(SourceRecord.init)
      }
    }
  }
}
