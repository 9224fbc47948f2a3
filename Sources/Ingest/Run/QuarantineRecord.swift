internal import Segments

/// A line of the quarantine as it was read back.
struct QuarantineRecord {
  var source = ""
  var dataset = ""
  var reason: RejectionReason?
  var line: Int?
  var byteOffset: Int?
  var detail = ""
  /// As in the source; of a longer record the first bytes.
  var bytes: [UInt8] = []
  /// Of the whole record, where `bytes` are only its first ones.
  var wholeByteCount: Int?
  /// Names of the columns, where the source's first row gave them.
  var header: [String]?
  /// Which kind of event of its line.
  var kind: Int?

  /// Nil where the line is not one of the quarantine.
  /// - Parameter json: with readable bytes behind it.
  init?(_ json: UnsafeRawBufferPointer) {
    guard let base = json.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    var scratch = ScratchBytes()
    do throws(JSONFault) {
      try read(JSONScanner(end: base + json.count), base, &scratch)
    } catch { return nil }
    if dataset.isEmpty || reason == nil { return nil }
  }

  private mutating func read(
    _ scanner: JSONScanner, _ base: UnsafePointer<UInt8>, _ scratch: inout ScratchBytes
  ) throws(JSONFault) {
    guard base.pointee == 0x7B else { throw JSONFault(.expected("an object"), base) }
    var place = try scanner.firstMember(base, depth: 1)
    while place.pointee != 0x7D {
      let (key, start) = try scanner.key(place)
      let value = try scanner.value(start, depth: 2)
      let name = String(decoding: key.bytes, as: UTF8.self)
      if name == "header" {
        header = try Self.strings(scanner, value, &scratch)
      } else {
        let text = CanonicalJSON.text(of: value, scratch: &scratch)
        if name == "text" { if bytes.isEmpty { bytes = Array(text) } } else { set(name, text) }
      }
      place = scanner.skipBlanks(scanner.behind(value))
      if place.pointee == 0x2C { place = scanner.skipBlanks(place + 1) } else { break }
    }
    guard place.pointee == 0x7D else { throw JSONFault(.expected("'}'"), place) }
  }

  private mutating func set(_ name: String, _ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    switch name {
    case "source": source = text
    case "dataset": dataset = text
    case "reason": reason = RejectionReason(rawValue: text)
    case "line": line = Int(text)
    case "byte_offset": byteOffset = Int(text)
    case "detail": detail = text
    case "length": wholeByteCount = Int(text)
    case "kind": kind = Int(text)
    case "hex": self.bytes = Self.bytes(ofHex: bytes)
    default: break
    }
  }

  private static func strings(
    _ scanner: JSONScanner, _ list: FieldValue, _ scratch: inout ScratchBytes
  ) throws(JSONFault) -> [String] {
    guard list.kind == .array else { return [] }
    var strings: [String] = []
    var place = try scanner.firstMember(list.start, depth: 2)
    while place.pointee != 0x5D {
      let value = try scanner.value(place, depth: 3)
      strings.append(String(decoding: CanonicalJSON.text(of: value, scratch: &scratch), as: UTF8.self))
      place = scanner.skipBlanks(scanner.behind(value))
      if place.pointee == 0x2C { place = scanner.skipBlanks(place + 1) }
    }
    return strings
  }

  private static func bytes(ofHex digits: UnsafeRawBufferPointer) -> [UInt8] {
    stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
      UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
    }
  }

  /// Reasons that no mapping mends: the bytes are not there, or may not be.
  private static let finalReasons: Set<RejectionReason> = [.truncated, .sourceEndedEarly, .lineTooLong, .erased]

  /// Whether reading it again can give anything else.
  func isReplayable(reopens: Bool) -> Bool {
    guard let reason, !Self.finalReasons.contains(reason) else { return false }
    return reopens || reason != .pastWindow
  }

  /// The same record with the reason of now.
  func rejected(_ reason: RejectionReason, _ detail: String) -> RejectedRecord {
    RejectedRecord(
      reason: reason, line: line ?? 0, byteOffset: byteOffset ?? 0, detail: detail,
      text: Array(bytes.prefix(IngestLimits.rejectedTextByteCountMax)), byteCount: wholeByteCount ?? bytes.count,
      kind: kind)
  }
}
