internal import Segments

/// The text of a proposed `dataset.yaml`.
struct GuessedYAML {
  let pattern: String
  let shape: LogShape
  let sample: SampleFields
  let choices: FieldChoices

  func text(time: FieldChoice, member: FieldChoice) -> String {
    var lines = [
      "# Proposed by `muster dataset guess` from \(sample.recordCount) records. Behind each line: how sure it is, and why.",
      "# Save it as datasets/NAME/dataset.yaml, look at it, then: muster ingest NAME",
      "path: \(Self.quoted(pattern))",
    ]
    for (index, key) in shape.keys.enumerated() {
      lines.append(
        Self.line("\(key.key): \(key.value)", index == 0 ? "\(shape.isSure ? "high" : "medium"): \(shape.reason)" : ""))
    }
    let format = time.format.map { ", format: \($0.hasPrefix("%") ? Self.quoted($0) : $0)" } ?? ""
    lines.append(Self.line("time: {field: \(Self.name(time.field))\(format)}", time.comment))
    if let doubt = time.doubt { lines.append("# CHECK: \(doubt)") }
    lines.append(Self.line("member: \(Self.name(member.field))", member.comment))
    if let doubt = member.doubt { lines.append("# CHECK: \(doubt)") }
    if let event = choices.event {
      lines.append(Self.line("event: \(Self.name(event.field))", event.comment))
    } else {
      lines.append(Self.line("event: {constant: event}", "low: no field names what happened; say what a record is"))
    }
    if let id = choices.eventID {
      lines.append(Self.line("event-id: \(Self.name(id.field))", id.comment))
    } else {
      lines.append("# no event-id: no field named like one differs in each record; records read twice count twice")
    }
    if !choices.dimensions.isEmpty {
      lines.append("dimensions:")
      for (name, choice) in choices.dimensions {
        lines.append(Self.line("  \(name): \(Self.name(choice.field))", choice.comment))
      }
    }
    for field in choices.candidates.prefix(12) {
      lines.append("# could be a dimension: \(field.path), \(FieldChoices.variety(field)), such as \(field.examples)")
    }
    lines.append("properties: rest                    # every field that is used nowhere above")
    return lines.map { $0.replacing("\r", with: " ") }.joined(separator: "\n") + "\n"
  }

  func doubts(time: FieldChoice, member: FieldChoice) -> [String] {
    var doubts: [String] = []
    if !shape.isSure { doubts.append("the form is not certain: \(shape.reason)") }
    for (what, choice) in [("time", time), ("member", member)] {
      if let doubt = choice.doubt {
        doubts.append("\(what): \(choice.field): \(doubt)")
      } else if choice.confidence != .high {
        doubts.append("\(what): \(choice.field) is a guess (\(choice.confidence.rawValue))")
      }
    }
    if choices.event == nil { doubts.append("event: no field names what happened: each record is called 'event'") }
    if sample.recordCount < 20 { doubts.append("the sample has only \(sample.recordCount) records") }
    return doubts
  }

  /// A line with its comment in a column of their own where that is possible.
  static func line(_ text: String, _ comment: String) -> String {
    if comment.isEmpty { return text }
    let room = max(1, 36 - text.count)
    return text + String(repeating: " ", count: room) + "# \(comment)"
  }

  /// The name of a field as YAML.
  static func name(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2E || byte == 0x24
    }
    let isWord = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(path.lowercased())
    return isPlain && !isWord && !path.isEmpty ? path : quoted(path)
  }

  static func quoted(_ text: String) -> String { jsonText(text) }
}
