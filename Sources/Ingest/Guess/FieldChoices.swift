internal import Events
internal import Segments

/// A field that was chosen for a meaning, how sure that is, and what else it could be.
struct FieldChoice {
  enum Confidence: String {
    case high, medium, low
  }

  var field: String
  var confidence: Confidence
  var reason: String
  var others: [String] = []
  /// Of a time.
  var format: String?
  /// What a person should look at.
  var doubt: String?

  /// `high: 200 of 200 values are instants; else at, seen`
  var comment: String {
    "\(confidence.rawValue): \(reason)" + (others.isEmpty ? "" : "; else \(others.prefix(4).joined(separator: ", "))")
  }
}

/// What the fields of a sample probably mean.
struct FieldChoices {
  let time: FieldChoice?
  let member: FieldChoice?
  let event: FieldChoice?
  let eventID: FieldChoice?
  /// By declared dimension.
  let dimensions: [(name: String, choice: FieldChoice)]
  /// Fields of few values that could be dimensions.
  let candidates: [SampleField]

  private static let fewValues = 60

  init(_ sample: SampleFields, schema: EventSchema, latest: Timestamp) {
    let usual = sample.fields.filter { $0.count * 2 >= sample.recordCount }
    time = Self.time(usual, latest: latest)
    var taken = Set([time?.field].compactMap(\.self))
    // Any other instant is neither id nor name.
    let instants = usual.filter { FieldWords.time.rank($0.path) != nil && Self.format(of: $0, latest: latest) != nil }
    let others = usual.filter { field in !taken.contains(field.path) && !instants.contains { $0.path == field.path } }
    eventID = Self.eventID(others, recordCount: sample.recordCount)
    if let eventID { taken.insert(eventID.field) }
    member = Self.member(others.filter { !taken.contains($0.path) }, recordCount: sample.recordCount)
    if let member { taken.insert(member.field) }
    event = Self.event(others.filter { !taken.contains($0.path) })
    if let event { taken.insert(event.field) }
    var chosen: [(String, FieldChoice)] = []
    for name in schema.dimensions {
      guard let words = FieldWords.dimensions[name] else { continue }
      let ranked = sample.fields.filter { !taken.contains($0.path) && $0.count * 10 >= sample.recordCount }
        .compactMap { field in words.rank(field.path).map { (field, $0) } }.sorted { $0.1 < $1.1 }
      guard let (field, _) = ranked.first else { continue }
      taken.insert(field.path)
      chosen.append(
        (
          name,
          FieldChoice(
            field: field.path, confidence: .medium,
            reason: "by its name; \(Self.variety(field)), such as \(field.examples)",
            others: ranked.dropFirst().map(\.0.path))
        ))
    }
    dimensions = chosen
    candidates = others.filter {
      !taken.contains($0.path) && (2...Self.fewValues).contains($0.distinct.count) && $0.variety < 0.5
    }
  }

  static func variety(_ field: SampleField) -> String {
    "\(field.distinct.count) different \(field.distinct.count == 1 ? "value" : "values") in \(field.count) records"
  }

  private static func percent(_ part: Double) -> String { "\(Int((part * 100).rounded(.down))) %" }
}

extension FieldChoices {
  /// Ways to write instants that logs have, beside ISO 8601 and unix numbers.
  private static let patterns = [
    "%d/%b/%Y:%H:%M:%S %z", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p", "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y",
    "%m/%d/%Y", "%Y%m%d%H%M%S", "%Y%m%d",
  ]
  private static let units = ["unix-seconds", "unix-milliseconds", "unix-microseconds"]

  /// The format that reads most of the values, at least half.
  static func format(of field: SampleField, latest: Timestamp) -> (name: String, part: Double, doubt: String?)? {
    var best: (name: String, part: Double, doubt: String?)?
    for name in ["iso8601"] + units + patterns + ["automatic"] {
      let pattern = (try? TimePattern(name)).map { TimeFormat.pattern($0) }
      guard let format = TimeFormat(name: name) ?? pattern else { continue }
      let part = field.readable(as: format, latest: latest)
      if part >= 0.5, part > best?.part ?? 0 { best = (name, part, nil) }
    }
    guard var found = best else { return nil }
    if found.name == "iso8601", !field.namesZone {
      found.doubt = "the times name no zone: they are read in the community's; else add `zone: …`"
    }
    if found.name.hasPrefix("%d/%m/"), found.part == swapped(found.name, field, latest) {
      found.doubt = "day and month could be the other way round"
    }
    return found
  }

  private static func swapped(_ name: String, _ field: SampleField, _ latest: Timestamp) -> Double? {
    guard let pattern = try? TimePattern(name.replacing("%d/%m", with: "%m/%d")) else { return nil }
    return field.readable(as: .pattern(pattern), latest: latest)
  }

  private static func time(_ fields: [SampleField], latest: Timestamp) -> FieldChoice? {
    let found = fields.compactMap { field -> (SampleField, name: String, part: Double, doubt: String?, rank: Int)? in
      guard let format = format(of: field, latest: latest) else { return nil }
      let rank = FieldWords.time.rank(field.path)
      // Numbers can be anything: without a telling name the text of a time comes before them.
      return (field, format.name, format.part, format.doubt, rank ?? (units.contains(format.name) ? 900 : 500))
    }.sorted { ($0.rank, -$0.part) < ($1.rank, -$1.part) }
    guard let best = found.first else { return nil }
    let isNamed = best.rank < 500
    let confidence: FieldChoice.Confidence = best.part < 0.95 ? .low : isNamed && best.doubt == nil ? .high : .medium
    var doubt = best.doubt
    if !isNamed { doubt = "its name does not say that it is the time" + (best.doubt.map { "; \($0)" } ?? "") }
    if best.part < 0.95 { doubt = "\(percent(1 - best.part)) of its values are no instants of this form" }
    return FieldChoice(
      field: best.0.path, confidence: confidence,
      reason: "\(percent(best.part)) of the values are instants, such as \(best.0.examples)",
      others: found.dropFirst().map(\.0.path), format: best.name, doubt: doubt)
  }

  private static func eventID(_ fields: [SampleField], recordCount: Int) -> FieldChoice? {
    let ranked = fields.filter { $0.variety > 0.98 && $0.count * 10 >= recordCount * 9 && recordCount > 1 }
      .compactMap { field in FieldWords.eventID.rank(field.path).map { (field, $0) } }.sorted { $0.1 < $1.1 }
    guard let (field, _) = ranked.first, !field.path.contains(".") else { return nil }
    return FieldChoice(
      field: field.path, confidence: field.isUnique ? .high : .medium, reason: variety(field),
      others: ranked.dropFirst().map(\.0.path))
  }

  private static func member(_ fields: [SampleField], recordCount: Int) -> FieldChoice? {
    let named = fields.compactMap { field in FieldWords.member.rank(field.path).map { (field, $0) } }
      .sorted { $0.1 < $1.1 }
    if let (field, rank) = named.first {
      let isRich = field.distinct.count > 1 || recordCount < 5
      return FieldChoice(
        field: field.path, confidence: !isRich ? .low : rank < 20 ? .high : .medium, reason: variety(field),
        others: named.dropFirst().map(\.0.path),
        doubt: isRich ? nil : "all records of the sample have the same one")
    }
    // No name says it: the first that repeats, with many values.
    let repeating = fields.filter { $0.distinct.count > 1 && ($0.variety < 0.9 || recordCount < 20) }
      .sorted { $0.distinct.count > $1.distinct.count }
    guard let field = repeating.first else { return nil }
    let first = fields.first { $0.distinct.count * 2 >= field.distinct.count && $0.variety < 0.9 } ?? field
    return FieldChoice(
      field: first.path, confidence: .low, reason: "no name says member; \(variety(first)), such as \(first.examples)",
      others: repeating.map(\.path).filter { $0 != first.path }, doubt: "no field is called like a member id")
  }

  private static func event(_ fields: [SampleField]) -> FieldChoice? {
    let ranked = fields.filter { $0.distinct.count <= 500 && ($0.variety < 0.8 || $0.count < 20) }
      .compactMap { field in FieldWords.event.rank(field.path).map { (field, $0) } }.sorted { $0.1 < $1.1 }
    guard let (field, rank) = ranked.first else { return nil }
    return FieldChoice(
      field: field.path, confidence: rank < 6 ? .high : .medium, reason: "\(variety(field)), such as \(field.examples)",
      others: ranked.dropFirst().map(\.0.path))
  }
}
