internal import Events

/// Writes records as lines of the plain log: one JSON object each, fields in the order of the design.
struct PlainLogWriter {
  private static let platforms = ["ios", "android", "web", "wechat"].map { Array($0.utf8) }
  private static let kinds = [
    "post_view", "like", "comment", "share", "post_create", "message", "points_redeem", "invite", "push_sent",
    "push_open",
  ].map { Array($0.utf8) }
  private static let hex = Array("0123456789abcdef".utf8)

  private let seed: UInt64
  private let idPrefix: [UInt8]
  private let firstDay: CommunityDay
  private(set) var bytes: [UInt8] = []
  private var dateNumber = Int64.min
  private var date: [UInt8] = []
  /// How the lines of one push end, by arm.
  private var pushes: (day: Int32, properties: [[UInt8]]) = (-1, [])

  init(_ options: SimulationOptions) {
    seed = options.seed
    firstDay = options.firstDay
    idPrefix = Array("{\"event_id\":\"e\(options.seed)_".utf8)
  }

  /// Where the next line starts.
  var count: Int { bytes.count }

  /// The bytes so far; the writer starts anew.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  mutating func reserve(_ lineCount: Int) { bytes.reserveCapacity(lineCount * 256) }

  /// Appends `line`, which ends in a newline.
  mutating func append(_ line: some Sequence<UInt8>) { bytes.append(contentsOf: line) }

  /// Takes the bytes from `start` on off the end.
  mutating func removeTail(from start: Int) -> ArraySlice<UInt8> {
    let tail = bytes[start...]
    bytes.removeSubrange(start...)
    return tail
  }

  mutating func append(_ draft: EventDraft, number: Int, at instant: Timestamp, content: UInt32, arm: UInt8) {
    bytes.append(contentsOf: idPrefix)
    append(decimal: UInt64(number))
    append("\",\"ts\":\"")
    append(instant)
    append("\",\"user_id\":\"u_")
    append(memberID: draft.member)
    append("\",\"event\":\"")
    bytes.append(contentsOf: Self.kinds[Int(draft.kind.rawValue)])
    append("\",\"community_id\":\"c_")
    append(decimal: UInt64(draft.community))
    append("\",\"platform\":\"")
    bytes.append(contentsOf: Self.platforms[Int(draft.platform)])
    if content == ContentCatalog.none {
      append("\",\"content_id\":null")
    } else {
      append("\",\"content_id\":\"p_")
      append(decimal: UInt64(content))
      append("\"")
    }
    if draft.kind.isPush {
      append(properties(day: draft.pushDay, arm: arm))
    } else {
      append(",\"properties\":null}\n")
    }
  }

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func properties(day: Int32, arm: UInt8) -> [UInt8] {
    if pushes.day != day {
      pushes.day = day
      pushes.properties = PushExperiment.arms.map { arm in
        let push = "push_\(firstDay + Int(day))"
        let properties = "{\"experiment\":\"\(PushExperiment.name)\",\"arm\":\"\(arm)\",\"push_id\":\"\(push)\"}"
        return Array(",\"properties\":\(properties)}\n".utf8)
      }
    }
    return pushes.properties[Int(arm)]
  }

  private mutating func append(decimal value: UInt64) {
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(48 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  private mutating func append(_ value: Int64, digits: Int) {
    var scale: Int64 = 1
    for _ in 1..<digits { scale *= 10 }
    while scale > 0 {
      bytes.append(48 + UInt8(truncatingIfNeeded: value / scale % 10))
      scale /= 10
    }
  }

  /// `2026-08-01T12:30:00.123456Z`.
  private mutating func append(_ instant: Timestamp) {
    let (day, clock) = instant.microseconds.flooredDivision(by: WallClock.dayMicroseconds)
    if day != dateNumber {
      dateNumber = day
      date = Array(CommunityDay(Int32(day)).description.utf8)
    }
    bytes.append(contentsOf: date)
    let (seconds, fraction) = clock.quotientAndRemainder(dividingBy: 1_000_000)
    for (mark, value) in [(0x54 as UInt8, seconds / 3600), (0x3A, seconds / 60 % 60), (0x3A, seconds % 60)] {
      bytes.append(mark)
      append(value, digits: 2)
    }
    bytes.append(0x2E)
    append(fraction, digits: 6)
    bytes.append(0x5A)
  }

  /// Sixteen hexadecimal digits, different for each member.
  private mutating func append(memberID member: UInt32) {
    let id = RandomStream.scrambled(seed ^ UInt64(member) &* 0x9E37_79B9_7F4A_7C15)
    for shift in stride(from: 60, through: 0, by: -4) {
      bytes.append(Self.hex[Int(truncatingIfNeeded: (id &>> UInt64(shift)) & 15)])
    }
  }
}
