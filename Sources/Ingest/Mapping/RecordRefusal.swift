internal import Events

/// Why a record of good form cannot be stored, in words.
extension ChunkParsing {
  /// Rejects the record of kind `index`. Returns nil, so that a guard can pass it on.
  mutating func refuse<T>(_ reason: RejectionReason, _ index: Int, _ record: Record, ts: Int64 = 0) -> T? {
    let kind = parser.description.kinds[index]
    let detail: String
    switch reason {
    case .missingTime: detail = Self.lack(of: "time", in: kind.time.source)
    case .unreadableTime:
      let text = String(decoding: value(of: parser.mapping.kinds[index].time).bytes.prefix(64), as: UTF8.self)
      detail = "'\(text)' in the field '\(kind.time.field.text)' is not \(kind.time.format.expectation)"
    case .timeOutOfRange:
      let limit = Timestamp(microseconds: parser.accepted.upperBound)
      detail = "\(Self.instantText(ts)) is not between 1990-01-01T00:00:00Z and \(limit)"
    case .missingMember: detail = Self.lack(of: "member id", in: kind.member)
    case .missingEvent: detail = Self.lack(of: "event name", in: kind.event)
    case .nulByte: detail = "a mapped text holds the character U+0000"
    default: detail = reason.rawValue
    }
    reject(record, reason, detail, kind: parser.description.kinds.count > 1 ? index : nil)
    return nil
  }

  private static func lack(of what: String, in source: FieldSource) -> String {
    switch source {
    case .path(let path): return "the field '\(path.text)' holds no \(what)"
    case .first, .property:
      let names = source.paths.map { "'\($0.text)'" }.joined(separator: ", ")
      return "the fields \(names) hold no \(what)"
    case .constant: return "the constant holds no \(what)"
    }
  }

  /// The instant, or its number where it is too far away for a calendar.
  private static func instantText(_ microseconds: Int64) -> String {
    let isNear = abs(microseconds / 86_400_000_000) < 3_000_000
    return isNear ? Timestamp(microseconds: microseconds).description : "the instant"
  }
}
