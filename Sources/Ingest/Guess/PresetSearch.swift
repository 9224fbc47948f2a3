internal import Events
internal import Segments

/// Finds the preset that a log was made for: its marks are there, and its mapping reads the sample.
struct PresetSearch {
  struct Found {
    var name: String
    var title: String
    var stored: Int
    var read: Int
    /// The preset's own pattern of files in a folder.
    var pattern: String?
    var isTotals: Bool
    var others: [String]

    func yaml(path: String) -> String {
      let share = "\(stored) of \(read) records of the sample are read"
      let others = others.isEmpty ? "" : "; else \(others.joined(separator: ", "))"
      var lines = [
        "# Proposed by `muster dataset guess`. Save it as datasets/NAME/dataset.yaml, then: muster ingest NAME",
        "# What the preset does with each field stands in its file, datasets/presets/\(name).yaml.",
        "path: \(GuessedYAML.quoted(path))",
        GuessedYAML.line("preset: \(name)", "\(isSure ? "high" : "medium"): \(title); \(share)\(others)"),
      ]
      if isTotals {
        lines.append("# These are totals, not what members did: put their event into passive-events first.")
      }
      return lines.joined(separator: "\n") + "\n"
    }

    var isSure: Bool { stored * 10 >= read * 8 && others.isEmpty }

    var doubts: [String] {
      var doubts: [String] = []
      if stored * 10 < read * 8 { doubts.append("the preset '\(name)' reads \(stored) of \(read) records only") }
      if !others.isEmpty { doubts.append("the presets \(others.joined(separator: ", ")) would read it too") }
      if isTotals { doubts.append("these are totals, not what members did: see the comments of the preset '\(name)'") }
      return doubts
    }
  }

  private let presets: Presets
  private let schema: EventSchema
  private let latest: Timestamp

  init(_ presets: Presets, schema: EventSchema, latest: Timestamp) {
    self.presets = presets
    self.schema = schema
    self.latest = latest
  }

  /// The preset whose pattern of files fits a folder, and that reads the first of them.
  func find(inFolder folder: String) -> Found? {
    let patterned = presets.names.filter { !description($0).pathsInFolder.isEmpty }
    return best(
      patterned.compactMap { name in
        let paths = description(name).pathsInFolder
        let files = paths.flatMap { PathPattern($0, from: folder).files() }.prefix(20)
        let found = files.lazy.compactMap { judge(name, path: $0) }.first
        return found.map { found in
          var found = found
          found.pattern = paths.first
          return found
        }
      })
  }

  /// The preset that reads most of the log at `path`, nil where none fits.
  func find(path: String) -> Found? { best(presets.names.compactMap { judge($0, path: path) }) }

  private func best(_ found: [Found]) -> Found? {
    let ranked = found.sorted { Double($0.stored) / Double($0.read) > Double($1.stored) / Double($1.read) }
    guard var best = ranked.first else { return nil }
    best.others = ranked.dropFirst().map(\.name)
    return best
  }

  private func description(_ name: String) -> DatasetDescription {
    // A preset that cannot be read is none; `ingest --preset` says what is wrong with it.
    (try? presets.description(name, schema: schema)) ?? LogShape(format: .jsonl, reason: "").description
  }

  /// Nil where the log is something else.
  private func judge(_ name: String, path: String) -> Found? {
    guard let description = try? presets.description(name, schema: schema), let marks = try? presets.marks(name) else {
      return nil
    }
    guard hasMarks(marks, path: path, description) else { return nil }
    guard let reader = try? LogReader(path: path, description: description),
      let parser = try? reader.parser(schema: schema, communityZone: .utc, arrival: latest, keepsEventID: false)
    else { return nil }
    var found = Found(
      name: name, title: description.title, stored: 0, read: 0, isTotals: description.isTotals, others: [])
    var rest = IngestLimits.guessSampleByteCount
    while rest > 0, found.read < SampleFields.recordCountMax, let chunk = try? reader.next() {
      rest -= chunk.byteCount
      let batch = parser.parse(chunk)
      found.stored += batch.ts.count
      found.read += batch.readCount
    }
    return found.stored > 0 && found.stored * 3 >= found.read ? found : nil
  }

  /// Whether the first records have the marks, or the rows the form that the preset says.
  private func hasMarks(_ marks: [String], path: String, _ description: DatasetDescription) -> Bool {
    let isRows = description.resolved(forPath: path).rowFormat != nil
    if marks.isEmpty {
      // Known by its form alone: rows of exactly these columns.
      guard isRows, let first = Self.first(path), let shapes = try? LogShape.candidates(first, path: path) else {
        return false
      }
      guard shapes.contains(where: { $0.format == description.format }) else { return false }
    }
    guard let sample = try? SampleFields(ofFile: path, description, byteCount: IngestLimits.formProbeByteCount),
      sample.recordCount > 0
    else { return false }
    return marks.allSatisfy { mark in
      if isRows { return sample[mark] != nil }
      // A field that holds an object, or text of no length, is known by what else is there.
      return sample.fields.contains { $0.path == mark || $0.path.hasPrefix(mark + ".") }
    }
  }

  private static func first(_ path: String) -> [UInt8]? {
    guard let stream = try? decompressedStream(of: path) else { return nil }
    return try? ReplayedStream(stream).first
  }
}
