package import Events
package import Segments

extension DatasetDescription {
  /// The keys of `dataset.yaml`.
  package static let keys = [
    "title", "source", "preset", "path", "format", "records", "header", "delimiter", "time", "member", "event",
    "event-id", "dimensions", "properties", "properties-from", "duplicates", "events", "totals", "ahead", "kind",
    "attributes",
  ]
  /// The keys of an element of `events`.
  package static let kindKeys = ["when", "time", "member", "event", "event-id", "dimensions"]

  /// Reads `dataset.yaml`.
  ///
  /// ```yaml
  /// title: Forum of the maths club
  /// source: https://… (CC BY 4.0)
  /// preset: slack                       # what a preset says, where nothing below says otherwise
  /// path: log/*.csv.gz                  # or a list; `**/` is any number of folders
  /// format: csv                         # jsonl, json, csv, tsv, space, access-log, parquet; else name and bytes tell
  /// records: messages                   # the key of the records in JSON documents, "*" the document or its elements
  /// header: true                        # false, or the names of the columns; false numbers them 1, 2, 3, …
  /// delimiter: ";"                      # csv only
  /// time: {field: at, format: "%d/%m/%Y %H:%M", zone: Asia/Shanghai}    # or `time: at`
  /// member: [author.id, ip]             # a field, or several of which the first that holds something, or {constant: x}
  /// event: {constant: message}
  /// event-id: id
  /// dimensions: {community: board, platform: {constant: web}}
  /// properties: rest                    # none, [length, payload.action] or {size: length}
  /// properties-from: payload            # an object whose fields count as if they stood beside it
  /// duplicates: id                      # line: the whole mapped content stands for the id
  /// events:                             # instead of `event`: several kinds from one line
  ///   - {event: {constant: applied}, time: applied_at, when: {field: applied_at, present: true}}
  /// totals: false                       # true: records are totals, not what members did; their events must be passive
  /// ahead: 14d                          # how far after the run records may lie; 24h where absent
  /// ```
  /// Fields called `$document.name` are those of the document around its records, as far as they come before them;
  /// `$folder` and `$file` are what the log's path says.
  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(contentsOf file: String, name: String, schema: EventSchema) throws {
    try self.init(YAMLValue(contentsOf: file), name: name, schema: schema)
  }

  /// The same from the root of a file that was read.
  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(_ yaml: YAMLValue, name: String, schema: EventSchema) throws {
    let own = try yaml.mapping(knowing: Self.keys)
    self.init(name: name, title: try own["title"]?.string() ?? name, kinds: [])
    guard let preset = own["preset"] else {
      try read(own, of: yaml, schema: schema, isPreset: false)
      return
    }
    let base: YAMLValue
    do { base = try Presets(besideDataset: yaml.file).yaml(try preset.string()) } catch let error as StoreError
      where error.code == .notFound
    {
      throw preset.error(error.message, hint: error.hint)
    }
    var keys = try base.mapping(knowing: Self.presetKeys).merging(own) { _, own in own }
    if own["event"] != nil, own["events"] == nil { keys["events"] = nil }
    if own["events"] != nil, own["event"] == nil { keys["event"] = nil }
    if own["path"] == nil { keys["path"] = nil }
    // What the workspace's own file says of dimensions is meant, and checked.
    try read(keys, of: yaml, schema: schema, isPreset: own["dimensions"] == nil && own["events"] == nil)
    needsAllColumns = false
  }

  mutating func read(
    _ keys: [String: YAMLValue], of yaml: YAMLValue, schema: EventSchema, isPreset: Bool
  ) throws {
    source = try keys["source"]?.string()
    paths = try keys["path"]?.strings() ?? []
    format = try keys["format"].map { try choice($0, "a format", Format.self) }
    duplicates = try keys["duplicates"].map { try choice($0, "a rule for duplicates", DuplicateRule.self) } ?? .id
    if let value = keys["header"] { header = try Self.header(value) }
    if let value = keys["delimiter"] { delimiter = try Self.delimiter(value, format: format) }
    if let value = keys["properties"] { properties = try Self.properties(value) }
    if let value = keys["properties-from"] { flattened = try fieldPath(value) }
    if let value = keys["records"] { records = try Self.records(value, format: format) }
    kind = try keys["kind"].map { try choice($0, "a kind of dataset", Kind.self) } ?? .events
    if kind == .members {
      try readMembers(keys, of: yaml)
      return
    }
    if let value = keys["attributes"] {
      throw value.error("only members have attributes", hint: "Say `kind: members` too, or `properties`.")
    }
    isTotals = try keys["totals"]?.bool() ?? false
    if let value = keys["ahead"] { secondsAheadMax = try Self.ahead(value) }
    try readKinds(keys, of: yaml, schema: schema, isPreset: isPreset)
    if isPreset {
      needsAllColumns = false
      try keepUndeclaredDimensions(keys, schema: schema)
    }
    try checkPathFields(in: yaml)
  }

  /// The ways to the records: keys with dots between, `*` for none.
  private static func records(_ value: YAMLValue, format: Format?) throws -> [[String]] {
    if let format, format != .json, format != .jsonl {
      throw value.error("'records' is for JSON", hint: "Say `format: json`, or leave the format out.")
    }
    let ways = try value.list().map { try $0.string() == "*" ? [] : fieldPath($0).parts }
    guard !ways.isEmpty else { throw value.error("expected the key of the records here") }
    return ways
  }

  /// Instants and conditions are read from records alone.
  private func checkPathFields(in yaml: YAMLValue) throws {
    for kind in kinds {
      let paths = kind.time.source.paths + (kind.condition.map { [$0.field] } ?? [])
      for path in paths where PathFields.names.contains(path.text) {
        throw yaml.error(
          "'\(path.text)' cannot be a time or a condition", hint: "Map it to a dimension, property, member or event.")
      }
    }
  }

  private mutating func readKinds(
    _ keys: [String: YAMLValue], of yaml: YAMLValue, schema: EventSchema, isPreset: Bool
  ) throws {
    let base = try PartialKind(keys, schema: schema, ignoringUndeclared: isPreset)
    guard let list = keys["events"] else {
      kinds = [try base.whole(in: yaml)]
      return
    }
    guard keys["event"] == nil else {
      throw list.error("'event' and 'events' cannot both be given", hint: "Write the event's name in each element.")
    }
    let elements = try list.list()
    guard (1...IngestLimits.eventKindCountMax).contains(elements.count) else {
      throw list.error("expected 1 to \(IngestLimits.eventKindCountMax) kinds of event here")
    }
    hasKindList = true
    kinds = try elements.map { element in
      try base.overridden(
        by: element.mapping(knowing: Self.kindKeys), schema: schema, ignoringUndeclared: isPreset
      ).whole(in: element)
    }
  }

  private static func header(_ value: YAMLValue) throws -> Header {
    guard value.isList else { return try value.bool() ? .firstRow : .none }
    let names = try value.strings()
    guard Set(names).count == names.count, !names.isEmpty, names.count <= IngestLimits.columnCountMax else {
      throw value.error("expected the names of the columns, each once")
    }
    return .names(names)
  }

  /// From 24 hours, which are always allowed, to the length of the longest plan.
  private static func ahead(_ value: YAMLValue) throws -> Int64 {
    let known = IngestLimits.secondsAheadOfArrivalMax...IngestLimits.secondsAheadOfArrivalLimit
    guard let seconds = durationSeconds(try value.string()), known.contains(seconds) else {
      throw value.error(
        "'\(try value.string())' is not a length of time from \(durationText(known.lowerBound)) to "
          + durationText(known.upperBound), hint: "Write it like 14d: records may lie so far after the run.")
    }
    return seconds
  }

  private static func delimiter(_ value: YAMLValue, format: Format?) throws -> UInt8 {
    let bytes = Array(try value.string().utf8)
    guard format == .csv else { throw value.error("a delimiter is for csv only", hint: "Say `format: csv` too.") }
    guard bytes.count == 1, bytes[0] < 0x80, ![0x0A, 0x0D, 0x22, 0].contains(bytes[0]) else {
      throw value.error("expected one ASCII character", hint: "For example \";\" or \"\\t\".")
    }
    return bytes[0]
  }

  static func properties(_ value: YAMLValue) throws -> Properties {
    if value.isMapping {
      return .named(try value.pairs().map { NamedField(name: $0.key, source: try fieldSource($0.value)) })
    }
    if !value.isList {
      switch try value.string() {
      case "rest": return .rest
      case "none": return .none
      case let word:
        throw value.error(
          "'\(word)' does not say which properties to keep",
          hint: "Write rest, none, a list of fields such as [\(word)], or names with fields.")
      }
    }
    var seen: Set<String> = []
    return .named(
      try value.list().map { element in
        let path = try fieldPath(element)
        let name = path.parts.last ?? path.text
        guard seen.insert(name).inserted else {
          throw element.error(
            "two properties are called '\(name)'", hint: "Name them: {one: a.\(name), other: b.\(name)}.")
        }
        return NamedField(name: name, source: .path(path))
      })
  }
}

/// One of the cases of `type`, by raw value.
private func choice<Choice: RawRepresentable<String> & CaseIterable>(
  _ value: YAMLValue, _ what: String, _ type: Choice.Type
) throws -> Choice {
  let word = try value.string()
  guard let choice = Choice(rawValue: word) else {
    let known = Choice.allCases.map(\.rawValue)
    let near = nearestWord(to: word, among: known).map { "Did you mean '\($0)'? " } ?? ""
    throw value.error("'\(word)' is not \(what)", hint: near + "Known: \(known.joined(separator: ", ")).")
  }
  return choice
}

func fieldPath(_ value: YAMLValue) throws -> FieldPath {
  let path = FieldPath(try value.string())
  guard path.parts.allSatisfy({ !$0.isEmpty }) else {
    throw value.error(
      "'\(path.text)' is not the path of a field", hint: "Write names with a dot between, such as actor.id.")
  }
  return path
}

func fieldSource(_ value: YAMLValue) throws -> FieldSource {
  if value.isList {
    let paths = try value.list().map(fieldPath)
    guard !paths.isEmpty else { throw value.error("expected a field here") }
    return paths.count == 1 ? .path(paths[0]) : .first(paths)
  }
  guard value.isMapping else { return .path(try fieldPath(value)) }
  let keys = try value.mapping(knowing: ["constant"])
  return .constant(try keys.require("constant", of: value).string())
}
