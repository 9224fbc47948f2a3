internal import Glibc

/// The offsets of one IANA zone through time, read from the system's time zone database.
///
/// Instants before the first transition take the zone's first standard offset; instants after the
/// last listed one follow the rule in the file's footer (both forms of tz data, "fat" and "slim", work).
package struct TimeZoneRules: Sendable, Equatable {
  /// The IANA name.
  package let name: String
  /// `starts[i]` is the UTC second from which `offsets[i]` holds; ascending, the first is `Int64.min`.
  let starts: [Int64]
  /// Seconds east of UTC.
  let offsets: [Int32]

  /// Universal time, which needs no file.
  package static let utc = TimeZoneRules(name: "UTC", starts: [.min], offsets: [0])

  init(name: String, starts: [Int64], offsets: [Int32]) {
    self.name = name
    self.starts = starts
    self.offsets = offsets
  }

  /// The rules of `name`, from `/usr/share/zoneinfo` or `$TZDIR`.
  /// - Throws: ``EventsError`` where the zone is unknown or its file is damaged.
  package init(named name: String) throws {
    if name == "UTC" || name == "Etc/UTC" || name == "Z" {
      self = TimeZoneRules(name: "UTC", starts: [.min], offsets: [0])
      return
    }
    let isPlain = name.utf8.allSatisfy {
      (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || [45, 43, 95, 47].contains($0)
    }
    guard isPlain, !name.isEmpty, !name.hasPrefix("/") else { throw EventsError.unknownZone(name) }
    let folder = getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"
    guard let bytes = readWholeFile("\(folder)/\(name)") else { throw EventsError.unknownZone(name) }
    try self.init(named: name, zoneFile: bytes)
  }

  /// The rules that a compiled zone file holds.
  /// - Throws: ``EventsError`` where `bytes` are not such a file.
  package init(named name: String, zoneFile bytes: [UInt8]) throws {
    guard let parsed = TZifFile(bytes) else { throw EventsError.unknownZone(name) }
    let table = parsed.transitions(untilYear: 2200)
    self.init(name: name, starts: table.starts, offsets: table.offsets)
  }

  private func index(atSecond second: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= second { low = middle } else { high = middle }
    }
    return low
  }

  /// Seconds east of UTC at an instant.
  package func offsetSeconds(at instant: Timestamp) -> Int {
    Int(offsets[index(atSecond: instant.microseconds.flooredDivision(by: 1_000_000).quotient)])
  }

  /// The calendar day of an instant.
  package func day(of instant: Timestamp) -> CommunityDay {
    let local = instant.microseconds + Int64(offsetSeconds(at: instant)) * 1_000_000
    return CommunityDay(Int32(local.flooredDivision(by: 86_400_000_000).quotient))
  }

  /// The first instant of a calendar day: midnight, or the end of the gap that swallows midnight.
  /// A day that the zone skips whole starts where the next one does.
  package func start(of day: CommunityDay) -> Timestamp {
    instant(localMicroseconds: Int64(day.number) * 86_400_000_000)
  }

  /// Whether clocks turn back after the midnight that begins `day`, so far that the day before goes on.
  package func turnsBackOver(midnightOf day: CommunityDay) -> Bool {
    let midnight = start(of: day)
    let span = constantSpan(around: midnight).microseconds
    guard span.upperBound < midnight.adding(seconds: 86_400).microseconds else { return false }
    return self.day(of: Timestamp(microseconds: span.upperBound)) < day
  }

  /// The instant that a wall clock shows. Of an hour that comes twice it is the first; a time in a gap
  /// is the end of the gap.
  package func instant(localMicroseconds local: Int64) -> Timestamp {
    let localSecond = local.flooredDivision(by: 1_000_000).quotient
    // Offsets lie within ±26 h: only transitions around the guess matter.
    var index = max(0, index(atSecond: localSecond - 100_000))
    while true {
      let utc = localSecond - Int64(offsets[index])
      let end = index + 1 < starts.count ? starts[index + 1] : Int64.max
      if utc < end {
        if utc >= starts[index] { return Timestamp(microseconds: local - Int64(offsets[index]) * 1_000_000) }
        return Timestamp(seconds: starts[index])  // in the gap before `index`
      }
      index += 1
    }
  }

  /// The instants around `instant` that share its offset, and that offset: the fast path of turning many
  /// instants into days.
  package func constantSpan(around instant: Timestamp) -> (microseconds: Range<Int64>, offsetMicroseconds: Int64) {
    let index = index(atSecond: instant.microseconds.flooredDivision(by: 1_000_000).quotient)
    let low = starts[index] == .min ? Int64.min : starts[index] * 1_000_000
    let high = index + 1 < starts.count ? starts[index + 1] * 1_000_000 : Int64.max
    return (low..<high, Int64(offsets[index]) * 1_000_000)
  }
}

/// The bytes of a small file, nil where it cannot be read.
private func readWholeFile(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 18)
  let count = fread(&bytes, 1, bytes.count, file)
  return count > 0 && count < bytes.count ? Array(bytes[..<count]) : nil
}
