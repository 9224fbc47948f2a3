internal import Aggregation
package import Events
package import Segments

/// Writes `planned-units` and `reference-units` into the file of an experiment and leaves every other byte as it is.
package struct PlannedNumbers: Sendable, Equatable {
  package var plannedUnits: Int
  /// Nil leaves the key as it is.
  package var referenceUnits: Double?

  package init(plannedUnits: Int, referenceUnits: Double?) {
    (self.plannedUnits, self.referenceUnits) = (plannedUnits, referenceUnits)
  }

  private var lines: [(key: String, value: String)] {
    [("planned-units", String(plannedUnits))] + (referenceUnits.map { [("reference-units", shortText($0))] } ?? [])
  }

  /// `planned-units: 48000, reference-units: 5400`.
  package var description: String { lines.map { "\($0.key): \($0.value)" }.joined(separator: ", ") }

  /// Whether the file says so already.
  package func stand(in experiment: ExperimentDescription) -> Bool {
    experiment.plannedUnits == plannedUnits
      && (referenceUnits == nil || experiment.referenceUnits == referenceUnits)
  }

  /// Compares with what the first look was taken with.
  /// - Throws: ``StoreError`` `refused` where N* would change after it.
  package func check(_ state: ExperimentState?) throws {
    guard let state, let referenceUnits, state.referenceUnits != referenceUnits else { return }
    throw ExperimentLog.changed(state, to: referenceUnits)
  }

  /// Replaces the file at once: whatever happens, it holds the old bytes or the new ones.
  /// - Throws: ``StoreError`` where the file says something else afterwards than these numbers and what it said before,
  ///   as where its keys stand in braces; then nothing is written.
  package func write(to experiment: ExperimentDescription, schema: EventSchema) throws {
    let old = try readFile(experiment.file)
    let new = edited(old)
    var wanted = experiment
    wanted.plannedUnits = plannedUnits
    if let referenceUnits { wanted.referenceUnits = referenceUnits }
    let text = String(decoding: new, as: UTF8.self)
    let found = try? ExperimentDescription(
      YAMLValue(text: text, file: experiment.file), name: experiment.name, schema: schema)
    guard found == wanted else {
      throw StoreError(
        .configuration, "the numbers cannot be written into this form of YAML", file: experiment.file,
        hint: "Write them yourself, each on a line of its own: \(description).")
    }
    try new.withUnsafeBytes { try writeFileDurably($0, to: experiment.file) }
  }

  /// `old` with the lines of the keys changed, or added at its end.
  package func edited(_ old: [UInt8]) -> [UInt8] {
    let lineEnd: [UInt8] = old.firstIndex(of: 10).map { $0 > 0 && old[$0 - 1] == 13 } == true ? [13, 10] : [10]
    return lines.reduce(old) { bytes, line in
      let key = Array(line.key.utf8) + [58]
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
        if bytes[start..<end].starts(with: key), let value = Self.value(in: bytes, from: start + key.count, to: end) {
          return Array(bytes[..<value.lowerBound]) + Array((value.isEmpty ? " " : "").utf8) + Array(line.value.utf8)
            + Array(bytes[value.upperBound...])
        }
        start = end + 1
      }
      let isOpen = bytes.last.map { $0 != 10 } ?? false
      return bytes + (isOpen ? lineEnd : []) + Array("\(line.key): \(line.value)".utf8) + lineEnd
    }
  }

  /// Where the value of a key stands that ends before `start`: up to a blank, a comment or the end of the line. Empty
  /// where there is none; nil where the colon does not end a key.
  private static func value(in bytes: [UInt8], from start: Int, to end: Int) -> Range<Int>? {
    let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 }
    guard start == end || isBlank(bytes[start]) else { return nil }
    let first = bytes[start..<end].firstIndex { !isBlank($0) } ?? end
    if first == end || bytes[first] == 35 { return start..<start }
    let last = bytes[first..<end].firstIndex(where: isBlank) ?? end
    return first..<last
  }
}
