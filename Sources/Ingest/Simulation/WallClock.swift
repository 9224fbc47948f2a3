package import Events

/// One community day: turns times on the wall into microseconds since the day began.
///
/// A day on which the clocks change has 23, 25 or another number of hours. A time that the clock skips is
/// mirrored behind the gap (02:10 → 03:50 where 02:00–03:00 is missing); of a time that comes twice
/// the caller chooses one.
package struct WallClock {
  /// Of a day without a clock change.
  package static let dayMicroseconds: Int64 = 86_400_000_000

  /// The day, and its first instant.
  package let day: CommunityDay
  package let start: Timestamp
  /// 0 for a day that the zone skips whole.
  package let lengthMicroseconds: Int64
  private let zone: TimeZoneRules
  private let keepsOffset: Bool

  /// The clock of `day` in `zone`.
  package init(_ day: CommunityDay, in zone: TimeZoneRules) {
    self.day = day
    self.zone = zone
    start = zone.start(of: day)
    let end = zone.start(of: day + 1)
    lengthMicroseconds = end.microseconds - start.microseconds
    let span = zone.constantSpan(around: start).microseconds
    keepsOffset = lengthMicroseconds == Self.dayMicroseconds && span.upperBound >= end.microseconds
  }

  /// - Parameter local: microseconds that the wall clock shows, in `0..<dayMicroseconds`.
  package func elapsed(atLocal local: Int64, secondTime: Bool) -> Int64 {
    if keepsOffset { return local }
    let wall = Int64(day.number) * Self.dayMicroseconds + local
    let first = zone.instant(localMicroseconds: wall)
    let skipped = shown(at: first) - wall
    var instant = first.microseconds + max(0, skipped)
    let later = Timestamp(microseconds: instant + abs(Self.dayMicroseconds - lengthMicroseconds))
    if skipped == 0, secondTime, shown(at: later) == wall { instant = later.microseconds }
    return max(0, min(lengthMicroseconds - 1, instant - start.microseconds))
  }

  private func shown(at instant: Timestamp) -> Int64 {
    instant.microseconds + Int64(zone.offsetSeconds(at: instant)) * 1_000_000
  }
}
