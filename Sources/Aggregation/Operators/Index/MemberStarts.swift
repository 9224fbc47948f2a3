internal import Events
internal import Segments

/// The community day of each member's first event that is not passive, before as-of.
struct MemberStarts {
  let resolved: ResolvedQuestion

  /// Costs reading a few kilobytes; where as-of cuts a day, or days are of
  /// another zone, all first instants.
  /// - Throws: `StoreError` `corrupt`.
  func find() throws -> FirstDays {
    let zone = resolved.zone
    let cut = zone.day(of: resolved.asOf)
    // Where clocks turn back over midnight, an instant of a day may lie before the day's begin.
    let isWholeDays = zone.start(of: cut) == resolved.asOf && !zone.turnsBackOver(midnightOf: cut)
    if isWholeDays, !resolved.isForeign { return try resolved.store.firstDays(resolved.snapshot).before(cut) }
    var clock = DayClock(zone)
    return FirstDays(
      try resolved.firstInstants().map { first in
        first < resolved.asOf.microseconds ? clock.day(of: first).number : FirstDays.none
      })
  }
}
