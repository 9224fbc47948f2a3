internal import Columns
internal import Events
internal import Segments

/// Whose clock tells a member's hour: zones that facts of members name, and who has which.
struct MemberZones: Sendable {
  /// Attributes that may name a zone; the first that members have does.
  private static let attributes = ["time-zone", "time_zone", "zone"]

  /// The attribute that names zones, with its prefix; nil where members have none.
  private(set) var factName: String?
  /// Zones that members have, each once.
  private(set) var zones: [TimeZoneRules] = []
  /// Names that are no zone of this machine.
  private(set) var unknownNames: [String] = []
  /// By member key: a place in `zones`, or -1 for the community's.
  private(set) var places: [Int32] = []

  /// Of no members where the question goes by the community's clock.
  init(_ question: HoursQuestion, _ resolved: ResolvedQuestion) throws {
    guard question.clock == .member, let reader = try resolved.store.facts(resolved.snapshot) else { return }
    let names = reader.names
    guard let name = Self.attributes.first(where: { names.contains($0) }) else { return }
    factName = FactColumns.prefix + name
    let column = try reader.column(name, memberCount: resolved.snapshot.memberCount)
    let placeOfCode = column.values.strings.map { name -> Int32 in
      guard let zone = try? TimeZoneRules(named: name) else {
        unknownNames.append(name)
        return -1
      }
      zones.append(zone)
      return Int32(zones.count - 1)
    }
    places = column.codes.map { $0 == TextColumn.null ? -1 : placeOfCode[Int($0)] }
  }

  /// How many members have a zone of their own.
  var memberCount: Int { places.count { $0 >= 0 } }
}
