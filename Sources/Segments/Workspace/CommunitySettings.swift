package import Events

/// What the events of a community mean: part of `muster.yaml`, every key has a default.
package struct CommunitySettings: Sendable, Equatable {
  /// How many followed at the start of a day: a log of joins and leaves alone does not say.
  package struct FollowersOpening: Sendable, Equatable {
    package var date: CommunityDay
    package var count: Int

    package init(date: CommunityDay, count: Int) {
      (self.date, self.count) = (date, count)
    }
  }

  /// What a member's value is made of; weights are whole numbers, their sum is what counts as one.
  package struct ValueWeights: Sendable, Equatable {
    package var recency = 1
    package var frequency = 1
    package var contribution = 1
    package var referral = 1

    package init() {}

    static let keys = ["recency", "frequency", "contribution", "referral"]

    /// In the order of the keys.
    package var list: [Int] { [recency, frequency, contribution, referral] }
  }

  /// Events by which somebody starts, ends and passes on membership.
  package var joinEvents = ["join", "follow", "subscribe", "channel_join"]
  package var leaveEvents = ["leave", "unfollow", "unsubscribe", "channel_leave"]
  package var inviteEvents = ["invite"]
  /// The property that an invite and the join that came of it share.
  package var inviteLink = "invite_id"
  package var followersOpening: FollowersOpening?
  /// Events that open a topic, and those that answer in it.
  package var topicEvents = ["post_create", "post", "message"]
  package var replyEvents = ["comment", "reply", "post", "message"]
  /// Events that give the community something; love weighs them, in thousandths, 1000 where nothing is said.
  package var contributionEvents = ["post_create", "post", "comment", "reply", "message", "share"]
  package var loveWeights: [String: Int] = [:]
  package var valueWeights = ValueWeights()
  /// How many members a team can write to in a week.
  package var contactBudget = 100

  package init() {}

  /// Its keys of `muster.yaml`.
  static let keys = [
    "join-events", "leave-events", "invite-events", "invite-link", "followers-opening", "topic-events",
    "reply-events", "contribution-events", "love-weights", "value-weights", "contact-budget",
  ]
  static let openingKeys = ["date", "count"]

  /// Reads its keys of a file.
  /// - Throws: ``StoreError`` with line and column.
  init(_ keys: [String: YAMLValue]) throws {
    func names(_ key: String, _ names: inout [String]) throws {
      guard let value = keys[key] else { return }
      names = try value.strings()
      if Set(names).count < names.count { throw value.error("an event stands twice in '\(key)'") }
    }
    try names("join-events", &joinEvents)
    try names("leave-events", &leaveEvents)
    try names("invite-events", &inviteEvents)
    try names("topic-events", &topicEvents)
    try names("reply-events", &replyEvents)
    try names("contribution-events", &contributionEvents)
    if let value = keys["invite-link"] { inviteLink = try value.string() }
    if let value = keys["followers-opening"] { followersOpening = try Self.opening(value) }
    for (event, weight) in try keys["love-weights"]?.pairs() ?? [] { loveWeights[event] = try Self.thousandths(weight) }
    if let value = keys["value-weights"] { valueWeights = try Self.weights(value) }
    if let value = keys["contact-budget"] { contactBudget = try value.int(in: 1...100_000_000) }
  }

  private static func opening(_ value: YAMLValue) throws -> FollowersOpening {
    let keys = try value.mapping(knowing: openingKeys)
    let text = try keys.require("date", of: value)
    guard let date = CommunityDay(try text.string()) else {
      throw text.error("'\(try text.string())' is not a date", hint: "Write it like 2026-01-31.")
    }
    return FollowersOpening(date: date, count: try keys.require("count", of: value).int(in: 0...1_000_000_000_000))
  }

  private static func weights(_ value: YAMLValue) throws -> ValueWeights {
    let keys = try value.mapping(knowing: ValueWeights.keys)
    func weight(_ key: String) throws -> Int { try keys[key]?.int(in: 0...1000) ?? 0 }
    var weights = ValueWeights()
    weights.recency = try weight("recency")
    weights.frequency = try weight("frequency")
    weights.contribution = try weight("contribution")
    weights.referral = try weight("referral")
    if weights.list.allSatisfy({ $0 == 0 }) {
      throw value.error("the weights are all 0", hint: "Give one of \(ValueWeights.keys.joined(separator: ", ")).")
    }
    return weights
  }

  /// A weight of at most three decimals, so that sums of weights are exact.
  private static func thousandths(_ value: YAMLValue) throws -> Int {
    let text = try value.string()
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    guard isPlain, parts.count <= 2, let whole = Int(parts[0]), whole <= 1_000_000,
      parts.count == 1 || parts[1].utf8.count <= 3
    else { throw value.error("'\(text)' is not a weight", hint: "Write a number from 0 with at most three decimals.") }
    let decimals = parts.count == 1 ? "" : String(parts[1])
    return whole * 1000 + (Int(decimals + String(repeating: "0", count: 3 - decimals.utf8.count)) ?? 0)
  }
}
