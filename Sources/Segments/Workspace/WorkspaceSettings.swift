package import Events

/// What `muster.yaml` says: every key has a default.
package struct WorkspaceSettings: Sendable, Equatable {
  /// IANA name of the community's zone.
  package var timeZone = "UTC"
  /// 1 = Monday … 7 = Sunday.
  package var weekStart = 1
  package var schema = EventSchema(dimensions: Self.defaultDimensions, passiveEvents: Self.defaultPassiveEvents)
  /// Published cells that rest on fewer members are withheld.
  package var publishedCellMinimum = 5
  /// Whether segments keep the event ids that the logs gave.
  package var keepsEventID = false
  /// Days after its last write for which a UTC day remembers its records.
  package var duplicateWindowDays = 35
  /// Seconds for which superseded segments stay in `retired/`, for readers that began before.
  package var gracePeriodSeconds: Int64 = 3600
  /// Days that `store expire` keeps, today included; nil keeps all.
  package var retentionDays: Int?
  /// Days after its batch for which a file of rejected records stays in `quarantine/`.
  package var quarantineDays = 365
  /// What events mean: joining, leaving, answering, contributing.
  package var community = CommunitySettings()

  package static let defaultDimensions = ["community", "platform", "content", "push", "arm"]
  package static let defaultPassiveEvents: Set = ["push_sent", "push_planned"]

  package init() {}

  static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// The known keys of `muster.yaml`.
  package static let keys = [
    "time-zone", "week-start", "passive-events", "dimensions", "published-cell-minimum", "keep-event-id",
    "duplicate-window", "grace-period", "retention-days", "quarantine-days",
  ]

  /// Reads `muster.yaml`.
  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(contentsOf file: String) throws {
    let yaml = try YAMLValue(contentsOf: file)
    let keys = try yaml.mapping(knowing: Self.keys + CommunitySettings.keys)
    if let value = keys["time-zone"] {
      timeZone = try value.string()
      do { timeZone = try TimeZoneRules(named: timeZone).name } catch let error as EventsError {
        throw value.error(error.message, hint: error.hint)
      }
    }
    if let value = keys["week-start"] {
      guard let index = Self.weekdays.firstIndex(of: try value.string().lowercased()) else {
        throw value.error("'\(try value.string())' is not a day of the week", hint: "Write one like monday or sunday.")
      }
      weekStart = index + 1
    }
    if let value = keys["passive-events"] { schema.passiveEvents = Set(try value.strings()) }
    if let value = keys["dimensions"] { schema.dimensions = try Self.dimensions(value) }
    if let value = keys["published-cell-minimum"] { publishedCellMinimum = try value.int(in: 0...1_000_000) }
    if let value = keys["keep-event-id"] { keepsEventID = try value.bool() }
    if let value = keys["duplicate-window"] { duplicateWindowDays = try value.int(in: 1...3650) }
    if let value = keys["grace-period"] {
      guard let seconds = durationSeconds(try value.string()) else {
        throw value.error("'\(try value.string())' is not a length of time", hint: "Write it like 30m, 1h or 7d.")
      }
      gracePeriodSeconds = seconds
    }
    if let value = keys["retention-days"] { retentionDays = try value.int(in: 1...36500) }
    if let value = keys["quarantine-days"] { quarantineDays = try value.int(in: 1...36500) }
    community = try CommunitySettings(keys)
  }

  private static func dimensions(_ value: YAMLValue) throws -> [String] {
    var seen: Set<String> = []
    return try value.list().map { element in
      let name = try element.string()
      guard EventSchema.isDimensionName(name) else {
        throw element.error(
          "'\(name)' cannot name a dimension",
          hint: "Use lower case letters, digits and _, first a letter; some words (ts, member, event, day …) are taken."
        )
      }
      guard seen.insert(name).inserted else { throw element.error("the dimension '\(name)' stands twice") }
      return name
    }
  }
}
