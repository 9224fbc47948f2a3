internal import Events

/// Why a record of good form cannot be stored, in words.
extension ChunkParsing {
  /// Rejects the record of kind `index`. Returns nil, so that a guard can pass it on.
  mutating func refuse<T>(_ reason: RejectionReason, _ index: Int, _ record: Record, ts: Int64 = 0) -> T? {
    let kind = parser.description.kinds[index]
    let detail: String
    switch reason {
    case .missingTime: detail = "the field '\(kind.time.field.text)' holds no time"
    case .unreadableTime:
      let slot = parser.mapping.kinds[index].timeSlot
      let text = String(decoding: collector.values[slot].bytes.prefix(64), as: UTF8.self)
      detail = "'\(text)' in the field '\(kind.time.field.text)' is not \(kind.time.format.expectation)"
    case .timeOutOfRange:
      let limit = Timestamp(microseconds: parser.accepted.upperBound)
      detail = "\(Self.instantText(ts)) is not between 1990-01-01T00:00:00Z and \(limit)"
    case .missingMember: detail = "\(Self.place(of: kind.member)) holds no member id"
    case .missingEvent: detail = "\(Self.place(of: kind.event)) holds no event name"
    case .nulByte: detail = "a mapped text holds the character U+0000"
    default: detail = reason.rawValue
    }
    reject(record, reason, detail, kind: parser.description.kinds.count > 1 ? index : nil)
    return nil
  }

  private static func place(of source: FieldSource) -> String {
    switch source {
    case .path(let path): "the field '\(path.text)'"
    case .constant: "the constant"
    }
  }

  /// The instant, or its number where it is too far away for a calendar.
  private static func instantText(_ microseconds: Int64) -> String {
    let isNear = abs(microseconds / 86_400_000_000) < 3_000_000
    return isNear ? Timestamp(microseconds: microseconds).description : "the instant"
  }
}
