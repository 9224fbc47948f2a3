internal import Events

/// Writes records as lines of the plain log: one JSON object each, fields in the order of the design.
struct PlainLogWriter {
  private static let platforms = ["ios", "android", "web", "wechat"].map { Array($0.utf8) }
  private static let kinds = [
    "post_view", "like", "comment", "share", "post_create", "message", "points_redeem", "invite", "leave",
    "push_planned", "push_sent", "push_open",
  ].map { Array($0.utf8) }
  private static let hex = Array("0123456789abcdef".utf8)

  private let options: SimulationOptions
  private let idPrefix: [UInt8]
  private(set) var bytes: [UInt8] = []
  private var dateNumber = Int64.min
  private var date: [UInt8] = []
  private var push = PushText()

  init(_ options: SimulationOptions) {
    self.options = options
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

  /// The next lines about a push are about that of `day`.
  mutating func beginPush(on day: Int32, _ experiment: PushExperiment) {
    if push.day == day { return }
    guard let plan = experiment.plan(on: Int(day)) else { preconditionFailure("no push on day \(day)") }
    push = PushText(day: day, PushExperiment.plans[plan], options)
  }

  /// Appends the line of an event, whose push is the one that began last. A plan is no interaction: it has no community,
  /// platform or content.
  mutating func append(_ draft: EventDraft, number: Int, at instant: Timestamp, content: UInt32) {
    bytes.append(contentsOf: idPrefix)
    append(decimal: UInt64(number))
    append("\",\"ts\":\"")
    append(instant)
    append("\",\"user_id\":\"u_")
    append(memberID: draft.member)
    append("\",\"event\":\"")
    bytes.append(contentsOf: Self.kinds[Int(draft.kind.rawValue)])
    if draft.kind == .pushPlanned {
      append("\"")
      return append(push.planned[Int(draft.arm)])
    }
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
    if draft.kind.isAdvertised {
      append(push.happened[Int(draft.arm)])
    } else {
      append(",\"properties\":null}\n")
    }
  }

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
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
    let id = RandomStream.scrambled(options.seed ^ UInt64(member) &* 0x9E37_79B9_7F4A_7C15)
    for shift in stride(from: 60, through: 0, by: -4) {
      bytes.append(Self.hex[Int(truncatingIfNeeded: (id &>> UInt64(shift)) & 15)])
    }
  }
}
