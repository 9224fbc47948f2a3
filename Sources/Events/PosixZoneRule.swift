/// The rule for the far future in a zone file's footer: `EST5EDT,M3.2.0,M11.1.0` (POSIX TZ, with the
/// extensions of RFC 8536: quoted names, hours from −167 to 167).
struct PosixZoneRule {
  /// When a change happens within a year.
  enum Date {
    case monthWeekday(month: Int, week: Int, weekday: Int)  // weekday 0 = Sunday, week 5 = last
    case julian(Int)  // 1…365, 29 February never counted
    case ordinal(Int)  // 0…365
  }

  /// Seconds east of UTC.
  let standardOffset: Int32
  let daylight: (offset: Int32, start: Date, startSecond: Int, end: Date, endSecond: Int)?

  init?(_ text: String) {
    var reader = Reader(text: Array(text.utf8))
    guard reader.name(), let west = reader.clock(hourMax: 24) else { return nil }
    standardOffset = Int32(-west)
    guard !reader.atEnd else {
      daylight = nil
      return
    }
    guard reader.name() else { return nil }
    var offset = standardOffset + 3600
    if !reader.next(is: 0x2C) {
      guard let west = reader.clock(hourMax: 24) else { return nil }
      offset = Int32(-west)
    }
    guard let start = reader.date(), let end = reader.date(), reader.atEnd else { return nil }
    daylight = (offset, start.date, start.second, end.date, end.second)
  }

  /// The changes of all years in order; with times of a week one can fall into the year beside its own.
  func transitions(fromYear: Int, untilYear: Int) -> [(second: Int64, offset: Int32)] {
    guard let daylight else { return [] }
    if fromYear > untilYear { return [] }
    let changes = (fromYear...untilYear).flatMap { year in
      let on = Self.second(daylight.start, year: year) + Int64(daylight.startSecond) - Int64(standardOffset)
      let off = Self.second(daylight.end, year: year) + Int64(daylight.endSecond) - Int64(daylight.offset)
      return [(second: on, offset: daylight.offset), (second: off, offset: standardOffset)]
    }
    return changes.sorted { $0.second < $1.second }
  }

  private static func second(_ date: Date, year: Int) -> Int64 {
    let january = CommunityDay(year: year, month: 1, day: 1)
    let day: CommunityDay
    switch date {
    case .ordinal(let number): day = january + number
    case .julian(let number):
      let isLeap = daysInMonth(year: year, month: 2) == 29
      day = january + (number - 1 + (isLeap && number >= 60 ? 1 : 0))
    case .monthWeekday(let month, let week, let weekday):
      let first = CommunityDay(year: year, month: month, day: 1)
      let ahead = (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7
      day = first + (ahead >= daysInMonth(year: year, month: month) ? ahead - 7 : ahead)
    }
    return Int64(day.number) * 86400
  }

  private struct Reader {
    let text: [UInt8]
    var position = 0

    var atEnd: Bool { position >= text.count }
    func next(is byte: UInt8) -> Bool { position < text.count && text[position] == byte }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard next(is: byte) else { return false }
      position += 1
      return true
    }

    mutating func name() -> Bool {
      let start = position
      if skip(0x3C) {
        while !atEnd, !next(is: 0x3E) { position += 1 }
        return skip(0x3E)
      }
      while !atEnd, text[position] | 0x20 >= 0x61, text[position] | 0x20 <= 0x7A { position += 1 }
      return position - start >= 3
    }

    mutating func number() -> Int? {
      let start = position
      var value = 0
      while !atEnd, text[position] &- 48 < 10, value < 1000 {
        value = value * 10 + Int(text[position] &- 48)
        position += 1
      }
      return position == start ? nil : value
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func clock(hourMax: Int) -> Int? {
      let sign = skip(0x2D) ? -1 : 1
      if sign == 1 { _ = skip(0x2B) }
      guard let hours = number(), hours <= hourMax else { return nil }
      var seconds = hours * 3600
      for unit in [60, 1] where skip(0x3A) {
        guard let part = number(), part < 60 else { return nil }
        seconds += part * unit
      }
      return sign * seconds
    }

    /// `,date[/time]`.
    mutating func date() -> (date: Date, second: Int)? {
      guard skip(0x2C), let date = day() else { return nil }
      if skip(0x2F) { return clock(hourMax: 167).map { (date, $0) } }
      return (date, 7200)
    }

    private mutating func day() -> Date? {
      if skip(0x4D) {
        guard let month = number(), (1...12).contains(month), skip(0x2E), let week = number(), (1...5).contains(week),
          skip(0x2E), let weekday = number(), weekday < 7
        else { return nil }
        return .monthWeekday(month: month, week: week, weekday: weekday)
      }
      if skip(0x4A) {
        guard let number = number(), (1...365).contains(number) else { return nil }
        return .julian(number)
      }
      guard let number = number(), number <= 365 else { return nil }
      return .ordinal(number)
    }
  }
}
