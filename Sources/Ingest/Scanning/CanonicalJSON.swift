internal import Glibc

/// Writes JSON in its one canonical form: keys sorted by their bytes, no white space, the fewest escapes, numbers as
/// they were written, of equal keys the last.
///
/// Characters that JSON must escape become `\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t` or `\u00xx`; all others stand as
/// UTF-8.
package struct CanonicalJSON: ~Copyable {
  struct Entry {
    var key: UnsafeRawBufferPointer
    var member: RestMember
  }

  private var output = OutputBytes()
  /// Room for sorting the members of the outermost object, kept from record to record.
  private var entries: [Entry] = []

  /// What was written since `reset`; valid until the next change.
  var bytes: UnsafeRawBufferPointer { output.bytes }

  mutating func reset() { output.cut(to: 0) }

  /// An object of `members`, of which one that is flattened beats one that is not, and a later one an earlier.
  /// At the top (`depth` 1) a null is left out: it equals a missing value.
  /// - Returns: false where nothing is left, and nothing was written.
  mutating func object(
    _ members: [RestMember], plan: FieldPlan, scratch: inout ScratchBytes, depth: Int = 1
  ) throws(JSONFault) -> Bool {
    // Taken out while it is used: an object inside finds none and makes its own.
    var sorted: [Entry] = []
    swap(&sorted, &entries)
    defer { swap(&sorted, &entries) }
    sorted.removeAll(keepingCapacity: true)
    for member in members { sorted.append(Entry(key: Self.text(of: member.key, scratch: &scratch), member: member)) }
    sortByKey(&sorted)
    let start = output.count
    output.append(0x7B)
    for index in sorted.indices {
      if index + 1 < sorted.count, order(sorted[index].key, sorted[index + 1].key) == 0 { continue }
      if depth == 1, sorted[index].member.value.kind == .null { continue }
      let memberStart = output.count
      if memberStart > start + 1 { output.append(0x2C) }
      if sorted[index].member.key.kind == .string { copy(sorted[index].key) } else { quote(sorted[index].key) }
      output.append(0x3A)
      let member = sorted[index].member
      let isWritten = try value(
        member.value, pruneNode: member.pruneNode, plan: plan, scratch: &scratch, depth: depth)
      if !isWritten { output.cut(to: memberStart) }
    }
    if output.count == start + 1 {
      output.cut(to: start)
      return false
    }
    output.append(0x7D)
    return true
  }

  /// Writes one value; false where pruning left nothing of an object.
  mutating func value(
    _ value: FieldValue, pruneNode: Int = -1, plan: FieldPlan, scratch: inout ScratchBytes, depth: Int = 1
  ) throws(JSONFault) -> Bool {
    switch value.kind {
    case .absent, .null: output.append(Self.null)
    case .number, .boolTrue, .boolFalse: output.append(value.bytes)
    case .string:
      copy(value.bytes)
    case .field where isJSONNumber(value): output.append(value.bytes)
    case .escapedString, .field, .quotedField: quote(Self.text(of: value, scratch: &scratch))
    case .array: try array(value, plan: plan, scratch: &scratch, depth: depth)
    case .object:
      let scanner = JSONScanner(end: value.start + value.count)
      let members = try self.members(of: value, pruneNode: pruneNode, plan: plan, scanner: scanner, scratch: &scratch)
      if members.isEmpty, pruneNode < 0 {
        output.append(0x7B)
        output.append(0x7D)
        return true
      }
      return try object(members, plan: plan, scratch: &scratch, depth: depth + 1)
    }
    return true
  }

  private func members(
    of object: FieldValue, pruneNode: Int, plan: FieldPlan, scanner: JSONScanner, scratch: inout ScratchBytes
  ) throws(JSONFault) -> [RestMember] {
    var members: [RestMember] = []
    var place = try scanner.firstMember(object.start, depth: 1)
    while place.pointee != 0x7D {
      let (key, start) = try scanner.key(place)
      let value = try scanner.value(start, depth: 1)
      var inner = -1
      var isKept = true
      if pruneNode >= 0, let child = Self.child(key, of: pruneNode, plan: plan, scratch: &scratch) {
        inner = value.kind == .object ? child.node : -1
        isKept = child.slot < 0 && !(child.isFlattened && value.kind == .object)
      }
      if isKept { members.append(RestMember(key: key, value: value, pruneNode: inner, flattenedRound: 0)) }
      place = scanner.skipBlanks(scanner.behind(value))
      if place.pointee == 0x2C { place = scanner.skipBlanks(place + 1) }
    }
    return members
  }

  private static func child(
    _ key: FieldValue, of node: Int, plan: FieldPlan, scratch: inout ScratchBytes
  ) -> FieldPlan.Child? {
    let text = text(of: key, scratch: &scratch)
    return plan.children[plan.nodes[node].children].first { child in
      plan.keyBytes[child.keyOffset..<child.keyOffset + child.keyCount].elementsEqual(text)
    }
  }

  private mutating func array(
    _ array: FieldValue, plan: FieldPlan, scratch: inout ScratchBytes, depth: Int
  ) throws(JSONFault) {
    let scanner = JSONScanner(end: array.start + array.count)
    output.append(0x5B)
    var place = try scanner.firstMember(array.start, depth: 1)
    while place.pointee != 0x5D {
      let element = try scanner.value(place, depth: 1)
      _ = try value(element, plan: plan, scratch: &scratch, depth: depth + 1)
      place = scanner.skipBlanks(scanner.behind(element))
      if place.pointee == 0x2C {
        output.append(0x2C)
        place = scanner.skipBlanks(place + 1)
      }
    }
    output.append(0x5D)
  }

  private static var null: UnsafeRawBufferPointer {
    let text: StaticString = "null"
    return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  /// Writes a text that needs no escapes between quotes.
  private mutating func copy(_ text: UnsafeRawBufferPointer) {
    output.append(0x22)
    output.append(text)
    output.append(0x22)
  }

  /// Writes `text` between quotes.
  private mutating func quote(_ text: UnsafeRawBufferPointer) {
    output.append(0x22)
    var plainStart = 0
    for index in 0..<text.count {
      let byte = text[index]
      if byte >= 0x20, byte != 0x22, byte != 0x5C { continue }
      output.append(UnsafeRawBufferPointer(rebasing: text[plainStart..<index]))
      output.append(0x5C)
      plainStart = index + 1
      switch byte {
      case 0x22, 0x5C: output.append(byte)
      case 0x08: output.append(0x62)
      case 0x09: output.append(0x74)
      case 0x0A: output.append(0x6E)
      case 0x0C: output.append(0x66)
      case 0x0D: output.append(0x72)
      default:
        for byte in [0x75, 0x30, 0x30, 0x30 + byte >> 4, byte & 15 + (byte & 15 < 10 ? 0x30 : 0x57)] {
          output.append(byte)
        }
      }
    }
    output.append(UnsafeRawBufferPointer(rebasing: text[plainStart...]))
    output.append(0x22)
  }

  /// The text that a field stands for, unescaped into `scratch` where that is needed.
  @inline(__always)
  package static func text(of value: FieldValue, scratch: inout ScratchBytes) -> UnsafeRawBufferPointer {
    switch value.kind {
    case .escapedString:
      let text = scratch.take(value.count)
      return UnsafeRawBufferPointer(start: text, count: unescapeJSON(value.bytes, to: text))
    case .quotedField:
      let text = scratch.take(value.count)
      return UnsafeRawBufferPointer(start: text, count: unquoteField(value.bytes, to: text))
    default: return value.bytes
    }
  }
}

/// Ascending by key, in place; equal keys keep their order, flattened ones last. Records have few members and these
/// mostly come in the same order, so short lists are sorted by insertion.
private func sortByKey(_ members: inout [CanonicalJSON.Entry]) {
  func precedes(_ a: CanonicalJSON.Entry, _ b: CanonicalJSON.Entry) -> Bool {
    let difference = order(a.key, b.key)
    return difference != 0 ? difference < 0 : a.member.flattenedRound < b.member.flattenedRound
  }
  if members.count > 24 { return members.sort(by: precedes) }  // the standard library's sort is stable
  guard members.count > 1 else { return }
  for index in 1..<members.count {
    var hole = index
    while hole > 0, precedes(members[hole], members[hole - 1]) {
      members.swapAt(hole, hole - 1)
      hole -= 1
    }
  }
}

/// Below, at or above 0, by bytes.
private func order(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
  let common = min(a.count, b.count)
  if common > 0, let a = a.baseAddress, let b = b.baseAddress {
    let difference = memcmp(a, b, common)
    if difference != 0 { return Int(difference) }
  }
  return a.count - b.count
}

/// Whether the text of a row's field is a JSON number.
private func isJSONNumber(_ value: FieldValue) -> Bool {
  guard let first = value.bytes.first, first == 0x2D || first &- 0x30 < 10 else { return false }
  let scanner = JSONScanner(end: value.start + value.count)
  guard let behind = try? scanner.behindNumber(value.start) else { return false }
  return behind == value.start + value.count
}
