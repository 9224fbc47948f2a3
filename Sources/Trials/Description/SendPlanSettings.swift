package import Aggregation
internal import Events
internal import Segments

/// What the key `plan` says: whom next week's sends may reach, when, and how often.
package struct SendPlanSettings: Sendable, Equatable {
  /// How likely each arm is.
  package enum Allocation: String, CaseIterable, Sendable {
    /// As the weights of the arms say.
    case weights
    /// As likely as it is the best so far, within the share that is not held out.
    case thompson
  }

  /// How many sends a member may get within so many days, the day of the send included.
  package struct MemberCap: Sendable, Equatable {
    package var sends: Int
    package var days: Int
  }

  /// How many mass sends the account has.
  package struct Quota: Sendable, Equatable {
    /// What a quota is renewed with.
    package enum Period: String, CaseIterable, Sendable { case day, month }

    package var sends: Int
    package var period: Period
  }

  /// Hours of a clock in which nothing is sent, in minutes after midnight; they may go over midnight.
  package struct QuietHours: Sendable, Equatable {
    package var from: Int
    package var to: Int

    /// Whether a send would fall into them.
    package func hold(_ minute: Int) -> Bool {
      from < to ? minute >= from && minute < to : minute >= from || minute < to
    }
  }

  /// The version that is logged with every planned unit; another one draws anew.
  package var version = "1"
  /// A condition on facts of members; nil is all.
  package var members: Filter?
  /// Only members who were active in so many last days.
  package var activeWithinDays: Int?
  /// Days of the week with sends, 1 = Monday, ascending.
  package var weekdays = Array(1...7)
  package var quietHours: QuietHours?
  package var perMember: MemberCap?
  package var account: Quota?
  package var allocation = Allocation.weights
  /// The least probability of an arm with a send that is allowed.
  package var floor = 0.0

  package init() {}

  static let keys = [
    "version", "members", "active-within", "days", "quiet-hours", "per-member", "account", "allocate", "floor",
  ]
  private static let capKeys = ["sends", "within"]
  private static let quotaKeys = ["sends", "per"]
  /// The floor of an allocation that learns: an arm that is never drawn is never learned of.
  private static let learningFloor = 0.05
  private static let dayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["version"] { version = try value.string() }
    if let value = keys["members"] {
      let filter = try value.filter(schema)
      if let other = filter.columns.sorted().first(where: { !$0.hasPrefix("member.") }) {
        throw value.error(
          "'\(other)' is of events, and members are chosen here", hint: "Write facts of members, such as member.city.")
      }
      members = filter
    }
    if let value = keys["active-within"] { activeWithinDays = try Self.days(value) }
    if let value = keys["days"] { weekdays = try Self.weekdays(value) }
    if let value = keys["quiet-hours"] { quietHours = try Self.quietHours(value) }
    if let value = keys["per-member"] {
      let keys = try value.mapping(knowing: Self.capKeys)
      perMember = MemberCap(
        sends: try keys.require("sends", of: value).int(in: 1...1000),
        days: try Self.days(keys.require("within", of: value)))
    }
    if let value = keys["account"] {
      let keys = try value.mapping(knowing: Self.quotaKeys)
      account = Quota(
        sends: try keys.require("sends", of: value).int(in: 1...1000),
        period: try keys.require("per", of: value).choice(of: Quota.Period.self, "a period of a quota"))
    }
    if let value = keys["allocate"] { allocation = try value.choice(of: Allocation.self, "an allocation") }
    floor = try keys["floor"]?.number(in: 0...0.5) ?? (allocation == .thompson ? Self.learningFloor : 0)
  }

  private static func days(_ yaml: YAMLValue) throws -> Int {
    let seconds = try yaml.duration()
    guard seconds % 86400 == 0, seconds <= 366 * 86400 else {
      throw yaml.error("expected whole days, at most 366", hint: "Write it like 7d.")
    }
    return Int(seconds / 86400)
  }

  private static func weekdays(_ yaml: YAMLValue) throws -> [Int] {
    let days = try yaml.list().map { element in
      guard let place = dayNames.firstIndex(of: try element.string().lowercased()) else {
        throw element.error(
          "'\(try element.string())' is not a day of the week", hint: "Write one like monday or sunday.")
      }
      return place + 1
    }
    guard !days.isEmpty else { throw yaml.error("a plan has one day of the week at least") }
    return Set(days).sorted()
  }

  private static func quietHours(_ yaml: YAMLValue) throws -> QuietHours {
    let text = try yaml.string()
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { minuteOfDay(String($0)) }
    guard ends.count == 2, let from = ends[0], let to = ends[1], from != to else {
      throw yaml.error("'\(text)' is no stretch of hours", hint: "Write it like \"22:00-08:00\", in quotes.")
    }
    return QuietHours(from: from, to: to)
  }
}
