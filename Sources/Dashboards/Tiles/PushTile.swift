internal import Aggregation
internal import Events
internal import Segments

extension PushQuestion: TileQuestion {
  static let keys = [
    "window", "attribution", "by", "send", "open", "leave", "leave-window", "fatigue", "guardrails", "where",
  ]
  var chart: TileDescription.Chart { .table }
  /// Every figure rests on the members that were sent to.
  var suppression: SuppressionRule {
    .rows(base: "sent", keys: Set(by + ["received"]), alone: ["opened", "left", "affected"])
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["window"] { window = try value.duration() }
    if let value = keys["attribution"] { attribution = try value.choice(of: Attribution.self, "an attribution") }
    if let value = keys["by"] { by = try value.breakdown(schema) }
    if let value = keys["send"] { send = try value.string() }
    if let value = keys["open"] { open = try value.string() }
    if let value = keys["leave"] { leave.event = try value.string() }
    if let value = keys["leave-window"] { leave.windowSeconds = try value.duration() }
    if let value = keys["fatigue"] { fatigue = try value.bool() }
    if fatigue { by = [] }
    guardrails = try keys["guardrails"]?.list().map(Self.guardrail) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
  }

  private static func guardrail(_ yaml: YAMLValue) throws -> Guardrail {
    let text = try yaml.string()
    guard let colon = text.lastIndex(of: ":"), let seconds = durationSeconds(String(text[text.index(after: colon)...]))
    else { throw yaml.error("'\(text)' is no guardrail", hint: "Write an event and its window: leave:72h.") }
    return Guardrail(event: String(text[..<colon]), windowSeconds: seconds)
  }
}
