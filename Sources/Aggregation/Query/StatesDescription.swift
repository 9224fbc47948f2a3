package import Segments

/// States that a member can be in, which events lead into them, and which may follow which.
///
/// ```yaml
/// states:
///   registered: {event: register, to: [logged-in]}
///   logged-in:  {event: [login, sso_login], to: [applied]}
///   applied:    {event: apply}
/// start: [registered]        # default: those that no other leads to
/// ```
package struct StatesDescription: Sendable, Equatable {
  /// One state.
  package struct State: Sendable, Equatable {
    package var name: String
    /// Events that lead into it.
    package var events: [String]
    /// Places of the states that may follow.
    package var next: [Int]
    /// Whether a member may begin in it.
    package var isStart: Bool
  }

  package private(set) var states: [State]

  static let keys = ["states", "start"]
  static let stateKeys = ["event", "to"]
  /// More states are refused.
  static let stateCountMax = 100

  /// Reads the keys `states` and `start`.
  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(_ yaml: YAMLValue) throws {
    let keys = try yaml.mapping(knowing: Self.keys)
    try self.init(states: keys.require("states", of: yaml), start: keys["start"])
  }

  /// As ``init(_:)`` where the two values are at hand; nil is a `start` that is not given.
  package init(states yaml: YAMLValue, start: YAMLValue?) throws {
    let pairs = try yaml.pairs()
    guard (2...Self.stateCountMax).contains(pairs.count) else {
      throw yaml.error("expected 2 to \(Self.stateCountMax) states", hint: "Write NAME: {event: EVENT, to: [NAME]}.")
    }
    let names = pairs.map(\.key)
    func place(_ value: YAMLValue) throws -> Int {
      let name = try value.string()
      guard let place = names.firstIndex(of: name) else {
        throw value.error("'\(name)' is not a state", hint: "Known: \(names.joined(separator: ", ")).")
      }
      return place
    }
    var seen: Set<String> = []
    states = try pairs.map { name, value in
      let keys = try value.mapping(knowing: Self.stateKeys)
      let events = try keys.require("event", of: value).strings()
      for event in events where !seen.insert(event).inserted {
        throw value.error("the event '\(event)' leads into two states", hint: "Name it once.")
      }
      guard !events.isEmpty else { throw value.error("no event leads into '\(name)'", hint: "Name one: event: EVENT.") }
      return State(name: name, events: events, next: try keys["to"]?.list().map(place) ?? [], isStart: false)
    }
    let starts = try start?.list().map(place)
    for state in states.indices {
      let isLedTo = states.indices.contains { $0 != state && states[$0].next.contains(state) }
      states[state].isStart = starts?.contains(state) ?? !isLedTo
    }
    guard states.contains(where: \.isStart) else {
      throw yaml.error("every state has one before it, so none can be the first", hint: "Name it: start: [NAME].")
    }
  }

  /// Whether a member may go from one state to another; nil is before the first.
  func allows(_ from: Int?, _ to: Int) -> Bool { from.map { states[$0].next.contains(to) } ?? states[to].isStart }
}
