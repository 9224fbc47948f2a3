internal import Events

/// Where a log lies, its form, and how its fields become records: what `dataset.yaml` says.
///
/// See ``init(contentsOf:name:schema:)`` for the file and ``plainLog(schema:)`` for logs that need none.
package struct DatasetDescription: Sendable, Equatable {
  /// The form of a log.
  package enum Format: String, Sendable, CaseIterable {
    case jsonl, json, csv, tsv, space, parquet
    /// The combined or common log format of web servers, with columns of its own: see ``AccessLogRow``.
    case accessLog = "access-log"
  }

  /// What a log's records are.
  package enum Kind: String, Sendable, CaseIterable {
    case events
    /// Facts of members, without time.
    case members
  }

  /// What tells a duplicate.
  package enum DuplicateRule: String, Sendable, CaseIterable {
    /// The declared event id, and the same content.
    case id
    /// The whole mapped content stands for the id.
    case line
  }

  enum Header: Sendable, Equatable {
    /// csv and tsv have one, space has none.
    case unsaid
    case firstRow
    /// Columns are called 1, 2, 3, …
    case none
    case names([String])
  }

  enum Properties: Sendable, Equatable {
    /// Every field that is used nowhere else.
    case rest
    case none
    case named([NamedField])
  }

  /// The folder's name.
  package var name: String
  package var title: String
  /// Where the data comes from.
  package var source: String?
  /// Path patterns relative to the dataset's folder: what `muster ingest NAME` reads.
  package var paths: [String] = []
  /// Nil: the file's name tells, see ``resolved(forPath:)``.
  package var format: Format?
  package var kind = Kind.events
  /// The keys that lead to the records inside JSON documents, one or several ways; nil where lines are records, or
  /// where the elements of an array that is the whole document are.
  var records: [[String]]?
  /// The files of a folder that is given in place of a log: a preset's `path`, counted from that folder.
  var pathsInFolder: [String] = []
  /// The records are totals that somebody counted, not what members did: all their events must be passive.
  package var isTotals = false
  package var duplicates = DuplicateRule.id
  /// Records this far after arrival, or farther, are rejected `time-out-of-range`: plans need more than logs.
  package var secondsAheadMax = IngestLimits.secondsAheadOfArrivalMax

  var header = Header.unsaid
  /// Of csv; nil is a comma.
  var delimiter: UInt8?
  /// The kinds of event that a line can be; a line makes a record of each whose condition holds.
  var kinds: [EventKind]
  /// The dataset has an `events` list: a line may make several records, and event ids count by event name.
  var hasKindList = false
  var properties = Properties.rest
  /// Of members.
  var attributes = Properties.rest
  /// An object whose fields count as if they stood beside it.
  var flattened: FieldPath?
  /// A column that is mapped and missing is an error; the plain log and presets ask only for time, member and event.
  var needsAllColumns = true

  /// The same with the format and header of the file at `path`, where this does not say them: `.csv` and `.tsv` are
  /// what they are called (behind `.gz` or `.zst` too), anything else is JSON lines. Parquet is told by its bytes.
  package func resolved(forPath path: String, isParquet: Bool = false) -> DatasetDescription {
    var resolved = placed(at: path)
    if isParquet {
      resolved.format = .parquet
    } else if format == nil {
      var name = path.lowercased()
      for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
      resolved.format = name.hasSuffix(".csv") ? .csv : name.hasSuffix(".tsv") ? .tsv : .jsonl
    }
    if header == .unsaid { resolved.header = resolved.format == .space ? .none : .firstRow }
    if resolved.format == .accessLog { resolved.header = .names(AccessLogRow.columns) }
    return resolved
  }

  /// How rows are cut; nil for JSON, which rows of Parquet become.
  var rowFormat: RowFormat? {
    switch format ?? .jsonl {
    case .jsonl, .json, .parquet: nil
    case .csv: RowFormat(delimiter: delimiter ?? 0x2C, hasQuotes: true, skipsBlanks: false)
    case .tsv: RowFormat(delimiter: 0x09, hasQuotes: false, skipsBlanks: false)
    case .space: RowFormat(delimiter: 0x20, hasQuotes: false, skipsBlanks: true)
    case .accessLog: RowFormat(delimiter: 0x20, hasQuotes: false, skipsBlanks: false, isAccessLog: true)
    }
  }

  /// Every field that something is made from, once.
  var usedPaths: [FieldPath] {
    var paths: [FieldPath] = []
    func add(_ source: FieldSource?) {
      for path in source?.paths ?? [] where !paths.contains(path) { paths.append(path) }
    }
    for kind in kinds {
      add(kind.time.source)
      for source in [kind.member, kind.event, kind.eventID] { add(source) }
      for dimension in kind.dimensions { add(dimension.source) }
      if let condition = kind.condition { add(.path(condition.field)) }
    }
    if case .named(let fields) = properties { for field in fields { add(field.source) } }
    return paths
  }
}

extension DatasetDescription {
  /// The fields without which no record can be: of each kind its time, member and event. Of several that stand in for
  /// one another the one that `header` has, or the first.
  func requiredPaths(in header: [String]) -> [FieldPath] {
    kinds.flatMap { kind in [kind.time.source, kind.member, kind.event] }.compactMap { source in
      source.paths.first { header.contains($0.text) || header.contains($0.parts[0]) } ?? source.paths.first
    }
  }
}

/// The names that lead to a field, from the record inwards: `payload.action`.
struct FieldPath: Sendable, Hashable {
  var text: String

  init(_ text: String) { self.text = text }

  /// The keys of a field of the document around the record; nil for one of the record.
  var documentKeys: [String]? {
    let keys = parts
    return keys.count > 1 && keys[0] == DocumentFields.name ? Array(keys.dropFirst()) : nil
  }

  var parts: [String] { text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
}

/// What a column is filled with.
enum FieldSource: Sendable, Hashable {
  case path(FieldPath)
  /// The first of these fields that holds something.
  case first([FieldPath])
  /// A field of the flattened object; where that object does not have it, even as null, the one beside it.
  case property(FieldPath, beside: FieldPath)
  case constant(String)

  var paths: [FieldPath] {
    switch self {
    case .path(let path): [path]
    case .first(let paths): paths
    case .property(let path, let beside): [path, beside]
    case .constant: []
    }
  }
}

/// A property or dimension and what it is filled with.
struct NamedField: Sendable, Hashable {
  var name: String
  var source: FieldSource
}

/// How the instant of an event is read.
struct TimeField: Sendable, Equatable {
  var field: FieldPath
  /// Fields that are read in its place where it holds nothing.
  var others: [FieldPath] = []
  var format = TimeFormat.automatic
  /// Of times that name none; nil is the community's.
  var zone: TimeZoneRules?

  var source: FieldSource { others.isEmpty ? .path(field) : .first([field] + others) }
}

/// How one kind of event is made from a line.
struct EventKind: Sendable, Equatable {
  enum Test: Sendable, Equatable {
    case equals([String])
    /// Absent counts as different.
    case differs([String])
    case present(Bool)
  }

  struct Condition: Sendable, Equatable {
    var field: FieldPath
    var test: Test
  }

  /// Lines that do not meet it make no such event.
  var condition: Condition?
  var time: TimeField
  var member: FieldSource
  var event: FieldSource
  var eventID: FieldSource?
  var dimensions: [NamedField] = []
}
