internal import Columns
internal import Segments

/// From the collected fields of one line to the rows of its records.
///
/// What is called for each record is `mutating` even where it changes nothing: a borrow is a copy of all of the parser.
extension ChunkParsing {
  /// Stores or rejects a record of each kind that the line is.
  mutating func map(_ record: Record) throws(JSONFault) {
    var isMatched = false
    var hasProperties: Bool?
    for index in 0..<kindCount where isKind(index) {
      isMatched = true
      guard let fields = required(index, record) else { continue }
      if hasProperties == nil { hasProperties = try writeProperties() }
      try store(fields, kind: index, hasProperties: hasProperties == true, record)
    }
    if !isMatched { batch.unmatchedLineCount += 1 }
  }

  private struct Required {
    var ts: Int64
    var member: UnsafeRawBufferPointer
    var event: UnsafeRawBufferPointer
  }

  @inline(__always)
  private mutating func isKind(_ index: Int) -> Bool {
    (kinds + index).pointee.test == .always || passesTest(index)
  }

  private mutating func passesTest(_ index: Int) -> Bool {
    let kind = kinds[index]
    let value = collector.values[kind.testSlot]
    if kind.test == .absent { return !value.isPresent }
    guard value.isPresent else { return kind.test == .differs }
    if kind.test == .present { return true }
    let text = CanonicalJSON.text(of: value, scratch: &scratch)
    let isListed = kind.testTexts.contains { index in
      let wanted = parser.mapping.testTexts[index].bytes
      return wanted.count == text.count && wanted.elementsEqual(text)
    }
    return isListed == (kind.test == .equals)
  }

  /// What every record must have; nil where it is not there, and the record is rejected.
  @inline(__always)
  private mutating func required(_ index: Int, _ record: Record) -> Required? {
    let kind = kinds + index
    if kind.pointee.isMember { return requiredOfMember(index, record) }
    guard let timeText = plainText(value(of: kind.pointee.time)) else { return refuse(.nulByte, index, record) }
    if timeText.isEmpty { return refuse(.missingTime, index, record) }
    guard let ts = (clocks + index).pointee.read(timeText) else { return refuse(.unreadableTime, index, record) }
    guard parser.accepted.contains(ts) else { return refuse(.timeOutOfRange, index, record, ts: ts) }
    guard let member = plainText(value(of: kind.pointee.member)) else { return refuse(.nulByte, index, record) }
    if member.isEmpty { return refuse(.missingMember, index, record) }
    guard let event = plainText(value(of: kind.pointee.event)) else { return refuse(.nulByte, index, record) }
    if event.isEmpty { return refuse(.missingEvent, index, record) }
    return Required(ts: ts, member: member, event: event)
  }

  /// Members have an id alone.
  private mutating func requiredOfMember(_ index: Int, _ record: Record) -> Required? {
    let kind = parser.mapping.kinds[index]
    guard let member = plainText(value(of: kind.member)) else { return refuse(.nulByte, index, record) }
    if member.isEmpty { return refuse(.missingMember, index, record) }
    return Required(ts: 0, member: member, event: kind.event.constant.bytes)
  }

  @inline(__always)
  mutating func value(of plan: TextPlan) -> FieldValue {
    if plan.slot < 0 { return plan.constant }
    let value = collector.values[plan.slot]
    if value.count32 > 0 { return value }
    if plan.beside >= 0 { return value.kind == .absent ? collector.values[plan.beside] : value }
    return plan.others.isEmpty ? value : otherValue(of: plan) ?? value
  }

  /// The first field that holds something of those that stand in for an empty one.
  private mutating func otherValue(of plan: TextPlan) -> FieldValue? {
    for index in plan.others {
      let value = collector.values[otherSlots[index]]
      if value.count32 > 0 { return value }
    }
    return nil
  }

  /// The text of a scalar, empty where it has none; nil where it holds a NUL.
  @inline(__always)
  private mutating func plainText(_ value: FieldValue) -> UnsafeRawBufferPointer? {
    if value.isVerbatim { return value.bytes }
    if value.kind == .object || value.kind == .array { return UnsafeRawBufferPointer(start: value.start, count: 0) }
    let text = CanonicalJSON.text(of: value, scratch: &scratch)
    return find(0, in: text, from: 0) == nil ? text : nil
  }

  /// As ``plainText(_:)``, objects and arrays as their canonical JSON.
  @inline(__always)
  mutating func anyText(_ value: FieldValue) throws(JSONFault) -> UnsafeRawBufferPointer? {
    if value.isVerbatim { return value.bytes }
    return value.kind == .object || value.kind == .array ? try structureText(value) : plainText(value)
  }

  private mutating func structureText(_ value: FieldValue) throws(JSONFault) -> UnsafeRawBufferPointer {
    var writer = CanonicalJSON()
    _ = try writer.value(value, plan: parser.plan, scratch: &scratch)
    let count = writer.bytes.count
    let text = scratch.take(count)
    UnsafeMutableRawBufferPointer(start: text, count: count).copyMemory(from: writer.bytes)
    return UnsafeRawBufferPointer(start: text, count: count)
  }

  /// Writes the canonical properties; false where there are none.
  private mutating func writeProperties() throws(JSONFault) -> Bool {
    collector.settle()
    for index in 0..<parser.mapping.properties.count {
      let property = parser.mapping.properties[index]
      let value = value(of: property.source)
      if value.isPresent { collector.append(property.name, value, isFlattened: false) }
    }
    if collector.rest.isEmpty { return false }
    canonical.reset()
    return try canonical.object(collector.rest, plan: parser.plan, scratch: &scratch)
  }

  /// Appends a row; nothing is appended where a text turns out to hold a NUL.
  private mutating func store(
    _ fields: Required, kind index: Int, hasProperties: Bool, _ record: Record
  ) throws(JSONFault) {
    let count = parser.dimensionCount
    guard let id = try anyText(value(of: (kinds + index).pointee.eventID)) else {
      return _ = refuse(.nulByte, index, record) as Int?
    }
    for dimension in 0..<count {
      let value = value(of: dimensions[index * count + dimension])
      guard let text = try anyText(value) else { return _ = refuse(.nulByte, index, record) as Int? }
      texts[dimension] = text
    }
    var hash = builder.begin(ts: fields.ts, member: fields.member, event: fields.event)
    for dimension in 0..<count { hash = builder.dimension(dimension, texts[dimension], hash) }
    self.hasProperties = hasProperties
    if hasProperties {
      hash = builder.properties(canonical.bytes, hash)
    } else {
      hash = builder.properties(nil, hash)
    }
    let idHash = idHash(of: id, event: fields.event, content: hash)
    builder.end(eventID: id, identity: RecordIdentity(idHash: idHash, contentHash: hash))
  }

  @inline(__always)
  private mutating func idHash(of id: UnsafeRawBufferPointer, event: UnsafeRawBufferPointer, content: UInt64) -> UInt64
  {
    if isIdentifiedByLine { return max(1, content) }
    if id.isEmpty { return 0 }
    return max(1, byteHash(id, seed: hasKindList ? byteHash(event) : 0))
  }
}
