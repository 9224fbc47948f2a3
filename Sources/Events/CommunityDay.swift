/// A calendar day of the community: days since 1970-01-01 in the proleptic Gregorian calendar.
package struct CommunityDay: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var number: Int32

  package init(_ number: Int32) { self.number = number }

  /// The day of a civil date; `month` and `day` are taken as valid.
  /// Source of the arithmetic: days are counted in 400-year eras that start on 1 March.
  package init(year: Int, month: Int, day: Int) {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// Reads `YYYY-MM-DD`; nil where `text` is not a real date.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month), day >= 1, day <= daysInMonth(year: year, month: month)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The date in the proleptic Gregorian calendar; year 0 is the one before year 1.
  package var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(number) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// 1 = Monday … 7 = Sunday.
  package var weekday: Int { Int((Int64(number) + 3).flooredDivision(by: 7).remainder) + 1 }

  /// `YYYY-MM-DD`.
  package var description: String {
    let (year, month, day) = civil
    return "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(Int64(day), 2))"
  }

  package static func < (a: CommunityDay, b: CommunityDay) -> Bool { a.number < b.number }
  /// The day `days` later.
  package static func + (day: CommunityDay, days: Int) -> CommunityDay { CommunityDay(day.number + Int32(days)) }
  /// The day `days` earlier.
  package static func - (day: CommunityDay, days: Int) -> CommunityDay { CommunityDay(day.number - Int32(days)) }
  /// How many days `a` is after `b`.
  package static func - (a: CommunityDay, b: CommunityDay) -> Int { Int(a.number) - Int(b.number) }
}

/// 28 to 31; `month` is 1 to 12.
package func daysInMonth(year: Int, month: Int) -> Int {
  switch month {
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}
