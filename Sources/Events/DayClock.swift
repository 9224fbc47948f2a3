/// Turns many instants into calendar days: remembers the span within which the zone's offset holds.
package struct DayClock: Sendable {
  private let zone: TimeZoneRules
  private var span: Range<Int64>
  private var offset: Int64

  /// A clock that gives the days of `zone`.
  package init(_ zone: TimeZoneRules) {
    self.zone = zone
    (span, offset) = zone.constantSpan(around: Timestamp(microseconds: 0))
  }

  /// The calendar day of an instant in microseconds of UTC.
  @inline(__always)
  package mutating func day(of microseconds: Int64) -> CommunityDay {
    let local = localMicroseconds(of: microseconds)
    return CommunityDay(Int32(truncatingIfNeeded: local.flooredDivision(by: 86_400_000_000).quotient))
  }

  /// What a wall clock shows at an instant: microseconds since 1970-01-01T00:00:00 of local time.
  @inline(__always)
  package mutating func localMicroseconds(of microseconds: Int64) -> Int64 {
    if !span.contains(microseconds) {
      (span, offset) = zone.constantSpan(around: Timestamp(microseconds: microseconds))
    }
    return microseconds + offset
  }
}
