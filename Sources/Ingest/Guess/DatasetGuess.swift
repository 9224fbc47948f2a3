package import Events
internal import Segments

/// A `dataset.yaml` proposed from the first megabytes of a log, each choice with its reason, confidence and
/// alternatives beside it.
package struct DatasetGuess: Sendable {
  /// The text of the file.
  package let yaml: String
  /// What a person should look at before trusting it, one sentence each.
  package let doubts: [String]

  /// Looks at the log, or folder of logs, at `path`.
  ///
  /// A preset is proposed where the sample has its marks and the preset reads most of it; else fields are chosen by
  /// name, form and number of values.
  /// - Parameter latest: instants a day or more after it are none.
  /// - Throws: ``IngestError`` where it is no log, or no field can be the time or the member.
  package init(of path: String, schema: EventSchema, workspaceFolder: String, latest: Timestamp) throws {
    let path = absolutePath(path, from: "/")
    let presets = PresetSearch(Presets(workspaceFolder: workspaceFolder), schema: schema, latest: latest)
    let isFolder = isFolder(path)
    let literal = PathPattern.literal(path)
    if isFolder, let found = presets.find(inFolder: path) {
      (yaml, doubts) = (found.yaml(path: "\(literal)/\(found.pattern ?? "*")"), found.doubts)
      return
    }
    let log = isFolder ? try Self.firstFile(path) : path
    let pattern = isFolder ? "\(literal)/*" : literal
    if let found = presets.find(path: log) {
      (yaml, doubts) = (found.yaml(path: pattern), found.doubts)
    } else {
      (yaml, doubts) = try Self.chosen(ofFile: log, pattern: pattern, schema: schema, latest: latest)
    }
  }

  private static func firstFile(_ folder: String) throws -> String {
    let files = listFolder(folder).filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }.filter { !isFolder($0) }
    guard let first = files.first else {
      throw IngestError(
        .notFound, "the folder holds no files", file: folder, hint: "Give a log, or a folder with logs.")
    }
    return first
  }

  /// A mapping made of the fields of the sample.
  private static func chosen(
    ofFile path: String, pattern: String, schema: EventSchema, latest: Timestamp
  ) throws -> (yaml: String, doubts: [String]) {
    let stream = try decompressedStream(of: path)
    let first = try ReplayedStream(stream, count: IngestLimits.guessProbeByteCount).first
    let shapes = try LogShape.candidates(first, path: path)
    var best: (shape: LogShape, sample: SampleFields, choices: FieldChoices)?
    for shape in shapes {
      let sample = try SampleFields(ofFile: path, shape.description, byteCount: IngestLimits.guessSampleByteCount)
      let choices = FieldChoices(sample, schema: schema, latest: latest)
      if best == nil || (best?.choices.isUsable == false && choices.isUsable) { best = (shape, sample, choices) }
      if choices.isUsable { break }
    }
    guard let best, let time = best.choices.time, let member = best.choices.member else {
      throw nothingFound(best?.sample, hasTime: best?.choices.time != nil, path: path)
    }
    let text = GuessedYAML(pattern: pattern, shape: best.shape, sample: best.sample, choices: best.choices)
    return (text.text(time: time, member: member), text.doubts(time: time, member: member))
  }

  private static func nothingFound(_ sample: SampleFields?, hasTime: Bool, path: String) -> IngestError {
    let names = sample?.fields.prefix(20).map(\.path).joined(separator: ", ") ?? ""
    return IngestError(
      .header, hasTime ? "no field of the log can be a member id" : "no field of the log holds instants", file: path,
      hint: names.isEmpty ? "It has no records that can be read." : "Its fields are: \(names).")
  }
}

extension FieldChoices {
  /// Records can be made.
  var isUsable: Bool { time != nil && member != nil }
}
