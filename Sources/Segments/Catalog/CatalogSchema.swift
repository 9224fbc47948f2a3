/// The tables of the catalog. A migration, once released, never changes.
enum CatalogSchema {
  /// Days are days since 1970-01-01, instants microseconds since then in UTC, hashes 32 hexadecimal digits.
  static let first = """
    -- What the store was made with: format, time-zone, dimensions.
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    -- One committed call of ingest. read_count = stored_count + duplicate_count + rejected_count.
    CREATE TABLE batch (
      id INTEGER PRIMARY KEY, arrived_at INTEGER NOT NULL, read_count INTEGER NOT NULL,
      stored_count INTEGER NOT NULL, duplicate_count INTEGER NOT NULL, rejected_count INTEGER NOT NULL,
      conflict_count INTEGER NOT NULL, quarantine_file TEXT,
      CHECK (read_count = stored_count + duplicate_count + rejected_count));

    -- What was read: content of the raw bytes, its first bytes for a quick look, where to go on when it grows.
    CREATE TABLE source (
      id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES batch (id), dataset TEXT NOT NULL,
      path TEXT NOT NULL, content TEXT NOT NULL, byte_count INTEGER NOT NULL, head TEXT NOT NULL,
      consumed_byte_count INTEGER NOT NULL, line_count INTEGER NOT NULL, UNIQUE (dataset, content));
    CREATE INDEX source_by_head ON source (dataset, head);

    -- Files under segments/. A retired one lies under retired/ until the grace period ends.
    CREATE TABLE segment (
      id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES batch (id), day INTEGER NOT NULL,
      file TEXT NOT NULL UNIQUE, row_count INTEGER NOT NULL, byte_count INTEGER NOT NULL, content TEXT NOT NULL,
      tail_offset INTEGER NOT NULL, tail TEXT NOT NULL, ts_min INTEGER NOT NULL, ts_max INTEGER NOT NULL,
      retired_at INTEGER);
    CREATE INDEX segment_by_day ON segment (day) WHERE retired_at IS NULL;

    -- Community days, and when they last changed by arrival.
    CREATE TABLE day (day INTEGER PRIMARY KEY, row_count INTEGER NOT NULL, changed_at INTEGER NOT NULL);

    -- Sidecars under duplicates/, by UTC day.
    CREATE TABLE duplicate_day (
      day INTEGER PRIMARY KEY, record_count INTEGER NOT NULL, byte_count INTEGER NOT NULL,
      written_at INTEGER NOT NULL);

    -- How much of each file under members/ is committed.
    CREATE TABLE member_file (
      name TEXT PRIMARY KEY, byte_count INTEGER NOT NULL, entry_count INTEGER NOT NULL) WITHOUT ROWID;

    -- Runs of pipelines.
    CREATE TABLE run (
      id INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, as_of INTEGER NOT NULL, started_at INTEGER NOT NULL,
      finished_at INTEGER, state TEXT NOT NULL, message TEXT);
    """
  static let upkeep = """
    -- One change of the segments that is no ingest: compact, expire, reindex, recover. row_count: rows that were
    -- rewritten; of expire, rows that went. before_day: expire dropped all days before it.
    CREATE TABLE upkeep (
      id INTEGER PRIMARY KEY, kind TEXT NOT NULL, finished_at INTEGER NOT NULL, row_count INTEGER NOT NULL,
      before_day INTEGER);
    -- The upkeep that wrote the segment; null where a batch did.
    ALTER TABLE segment ADD COLUMN upkeep_id INTEGER REFERENCES upkeep (id);
    """
  static let experiments = """
    -- First looks at experiments, by name: from then on N* stays.
    CREATE TABLE experiment (
      name TEXT PRIMARY KEY, first_look_at INTEGER NOT NULL, reference_units REAL NOT NULL) WITHOUT ROWID;
    """
}
