// Days and times of day as ISO 8601, in the calendar that goes on in both directions for ever.

/// Writes dates; remembers the last one, since neighbours in a log share it.
struct CalendarText {
  private var day = Int64.min
  /// `YYYY-MM-DD`, sixteen bytes at most.
  private var text: [UInt8] = []

  /// Appends the date that lies `day` days after 1970-01-01.
  ///
  /// Years outside 0…9999 have a sign and at least six digits.
  mutating func append(day: Int64, to output: inout RowText) {
    if day != self.day {
      self.day = day
      text = Self.date(day)
    }
    output.append(text)
  }

  private static func date(_ day: Int64) -> [UInt8] {
    // Years that begin in March: leap days come last. An era is 400 years.
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * march + 2) / 5 + 1
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let isPlain = (0...9999).contains(year)
    var digits = String(year.magnitude)
    digits = String(repeating: "0", count: max(0, (isPlain ? 4 : 6) - digits.utf8.count)) + digits
    let sign = isPlain ? "" : year < 0 ? "-" : "+"
    return Array("\(sign)\(digits)-\(month < 10 ? "0" : "")\(month)-\(dayOfMonth < 10 ? "0" : "")\(dayOfMonth)".utf8)
  }

  /// Appends `"date"T"time"` between quotes; `count` units of `1 / unitsPerSecond` seconds lie after 1970.
  mutating func append(instant count: Int64, unitsPerSecond: Int, isUTC: Bool, to output: inout RowText) {
    let unitsPerDay = Int64(unitsPerSecond) * 86_400
    let (day, units) = count.quotientAndRemainder(dividingBy: unitsPerDay)
    let isBefore = units < 0
    append(
      day: isBefore ? day - 1 : day, units: isBefore ? units + unitsPerDay : units, unitsPerSecond: unitsPerSecond,
      isUTC: isUTC, to: &output)
  }

  /// The same of a day and the units since its midnight.
  mutating func append(day: Int64, units: Int64, unitsPerSecond: Int, isUTC: Bool, to output: inout RowText) {
    output.append(0x22)
    append(day: day, to: &output)
    output.append(0x54)
    output.append(timeOfDay: units, unitsPerSecond: unitsPerSecond)
    if isUTC { output.append(0x5A) }
    output.append(0x22)
  }
}

extension RowText {
  /// Appends `hh:mm:ss.ffffff`; nine digits where there are nanoseconds.
  mutating func append(timeOfDay units: Int64, unitsPerSecond: Int) {
    let (seconds, fraction) = units.quotientAndRemainder(dividingBy: Int64(unitsPerSecond))
    append(decimal: UInt64(seconds / 3600), digits: 2)
    append(0x3A)
    append(decimal: UInt64(seconds / 60 % 60), digits: 2)
    append(0x3A)
    append(decimal: UInt64(seconds % 60), digits: 2)
    append(0x2E)
    let nanoseconds = UInt64(fraction) * UInt64(1_000_000_000 / unitsPerSecond)
    if nanoseconds % 1000 == 0 {
      append(decimal: nanoseconds / 1000, digits: 6)
    } else {
      append(decimal: nanoseconds, digits: 9)
    }
  }
}
