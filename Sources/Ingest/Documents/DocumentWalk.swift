/// An object or array on the way to the records.
struct DocumentLevel {
  enum Expected { case key, colon, value }

  var isObject: Bool
  /// The keys that lead to it from the outermost object.
  var path: [String]
  var expected = Expected.key
  /// The records, or what holds them, lay in one of its fields that is already passed.
  var hasPassedRecords = false
}

/// The walk along the keys that lead to the records.
extension DocumentStream {
  /// Takes the next steps, at least one byte.
  /// - Throws: ``IngestError`` `header` where a field that the mapping asks for comes too late or is too long.
  func walk() throws {
    switch mode {
    case .walk: try step()
    case .key: if case .end = scanned(gathering: true) { endKey() }
    case .skip: if case .end = scanned(gathering: false) { endValue() }
    case .capture:
      let stop = scanned(gathering: true)
      guard gathered.count <= IngestLimits.documentFieldByteCountMax else { throw tooLong() }
      if case .end = stop {
        fields.set(keys, gathered)
        endValue()
      }
    case .lost: passLost()
    case .record: preconditionFailure("records are copied")
    }
  }

  /// A value may not have bytes of its own on this line: a line break at its front is passed here.
  private func scanned(gathering: Bool) -> ValueScan.Stop {
    let stop = scanAhead(gathering: gathering)
    if case .lineBreak = stop { passLineBreak() }
    return stop
  }

  private func step() throws {
    let byte = ahead[0]
    if byte == 0x0A { return passLineBreak() }
    if isBlank(byte) { return pass(1) }
    guard let level = levels.last else {
      if byte == 0x2C { return pass(1) }
      return beginValue(byte, path: [])
    }
    if !level.isObject {
      if byte == 0x2C { return pass(1) }
      if byte != 0x5D { return beginValue(byte, path: level.path) }
      pass(1)
      levels.removeLast()
      return endValue()
    }
    switch (level.expected, byte) {
    case (.key, 0x2C): pass(1)
    case (.key, 0x7D): endObject()
    case (.key, 0x22):
      gathered.removeAll(keepingCapacity: true)
      scan = ValueScan(first: byte)
      mode = .key
    case (.colon, 0x3A):
      pass(1)
      levels[levels.count - 1].expected = .value
    case (.value, _): try beginField(byte, of: level)
    default: lose(level.expected == .key ? "a key in quotes expected" : "':' expected")
    }
  }

  /// A document, or an element of an array, begins with `byte`.
  private func beginValue(_ byte: UInt8, path: [String]) {
    let isRecord = form.paths.contains(path)
    if byte == 0x5B, !isRecord || levels.isEmpty { return push(isObject: false, path: path) }
    if byte == 0x7B, !isRecord {
      if path.isEmpty {
        held = []
        heldPlace = place
      }
      return push(isObject: true, path: path)
    }
    guard isRecord || path.isEmpty else { return skip(byte) }
    let isWord = byte != 0x7B && byte != 0x5B && byte != 0x22
    begin(place, isWord && levels.isEmpty ? .line : ValueScan(first: byte), isObject: byte == 0x7B)
  }

  /// The value of the field that `keys` ends with begins with `byte`.
  private func beginField(_ byte: UInt8, of level: DocumentLevel) throws {
    let path = level.path + [keys.last ?? ""]
    if form.paths.contains(path) {
      found()
      if byte == 0x5B { return push(isObject: false, path: path) }
      if byte == 0x6E { return skip(byte) }
      return begin(place, ValueScan(first: byte), isObject: byte == 0x7B)
    }
    if form.paths.contains(where: { $0.starts(with: path) }) {
      found()
      if byte == 0x5B || byte == 0x7B { return push(isObject: byte == 0x7B, path: path) }
      return skip(byte)
    }
    guard fields.wants(path) else { return skip(byte) }
    if level.hasPassedRecords { throw tooLate(path) }
    keys = path
    gathered.removeAll(keepingCapacity: true)
    scan = ValueScan(first: byte)
    mode = .capture
  }

  /// The way to the records goes on here: the document is no record itself.
  private func found() {
    held = nil
    levels[levels.count - 1].hasPassedRecords = true
  }

  private func skip(_ byte: UInt8) {
    scan = ValueScan(first: byte)
    mode = .skip
  }

  private func push(isObject: Bool, path: [String]) {
    guard levels.count < IngestLimits.jsonDepthMax else {
      return lose("nested deeper than \(IngestLimits.jsonDepthMax)")
    }
    if isObject { fields.forget(from: path.count) }
    levels.append(DocumentLevel(isObject: isObject, path: path))
    pass(1)
  }

  private func endKey() {
    // With its quotes.
    keys = [keyText(Array(gathered.dropFirst().dropLast()))]
    levels[levels.count - 1].expected = .colon
    mode = .walk
  }

  /// A value has ended; what comes next depends on what it lies in.
  func endValue() {
    mode = .walk
    if let last = levels.indices.last { levels[last].expected = .key }
  }

  private func endObject() {
    pass(1)
    levels.removeLast()
    if let text = held {
      held = nil
      begin(heldPlace, .line, isObject: false)
      put(text)
      endOfLine()
    }
    endValue()
  }
}

/// Where documents end before they are whole.
extension DocumentStream {
  /// What is wrong between records hides where they are.
  private func lose(_ fault: String) {
    if form.endsWithLine, let text = held {
      // The line is refused as a record: it says best what is wrong.
      held = nil
      begin(heldPlace, .line, isObject: false)
      return put(text)
    }
    let what = "around the records: \(fault) at byte \(sourceOffset + 1)"
    if form.endsWithLine {
      report(.notJSON, what + "; the rest of the line was not read")
    } else {
      report(.sourceEndedEarly, what + "; nothing behind it was read")
    }
    held = nil
    mode = .lost
  }

  private func passLost() {
    if let lineBreak = ahead.firstIndex(of: 0x0A) {
      pass(lineBreak)
      passLineBreak()
    } else {
      pass(ahead.count)
    }
  }

  /// The line ends, and with it the document.
  func endLine() {
    switch mode {
    case .record: endOfLine()
    case .lost: break
    case .walk where levels.isEmpty: break
    default:
      if let text = held {
        begin(heldPlace, .line, isObject: false)
        put(text)
        endOfLine()
      } else {
        report(.notJSON, "the line ends within the document")
      }
    }
    levels.removeAll()
    held = nil
    mode = .walk
  }

  /// The source ends. What is open without a line break is known to be cut off.
  func endSource() {
    let isWhole = levels.isEmpty
    if let text = held, mode != .lost {
      held = nil
      begin(heldPlace, .line, isObject: false)
      put(text)
      noteOpenEnd()
    } else if mode == .record {
      noteOpenEnd()
      let isCut = scan.depth > 0 || scan.isInText
      if !isCut, !isWhole { endRecordEarly() }
    } else if mode != .lost, !isWhole, damage == nil {
      report(.truncated, "the source ends within the document")
    }
  }

  /// A number or word that nothing follows.
  private func endRecordEarly() {
    endOfLine()
    if damage == nil { report(.truncated, "the source ends within the document") }
  }

  private func tooLate(_ path: [String]) -> IngestError {
    let name = ([DocumentFields.name] + path).joined(separator: ".")
    return IngestError(
      .header, "the field '\(name)' comes after the records", file: self.path, line: lineBreakCount + 1,
      hint: "Only fields that come before the records can be mapped; leave it out of dataset.yaml.")
  }

  private func tooLong() -> IngestError {
    let name = ([DocumentFields.name] + keys).joined(separator: ".")
    return IngestError(
      .header, "the field '\(name)' is longer than \(IngestLimits.documentFieldByteCountMax) bytes", file: path,
      line: lineBreakCount + 1, hint: "Map a field inside it, or leave it out of dataset.yaml.")
  }
}
