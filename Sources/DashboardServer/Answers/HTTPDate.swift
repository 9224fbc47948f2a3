/// `Sat, 21 Nov 2026 13:00:44 GMT` of unix seconds (RFC 9110, section 5.6.7).
///
/// Days to a civil date by eras of 400 years that begin in March, after Hinnant,
/// "chrono-compatible low-level date algorithms".
func httpDate(_ unixSeconds: Int64) -> String {
  let dayCount = Int64(86_400)
  let secondOfDay = ((unixSeconds % dayCount) + dayCount) % dayCount
  let day = (unixSeconds - secondOfDay) / dayCount

  let sinceMarch = day + 719_468
  let era = (sinceMarch >= 0 ? sinceMarch : sinceMarch - 146_096) / 146_097
  let dayOfEra = sinceMarch - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let marchMonth = (5 * dayOfYear + 2) / 153
  let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
  let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

  let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  let weekday = weekdays[Int(((day % 7) + 7) % 7)]
  let clock = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map { padded($0, 2) }
  let date = "\(padded(dayOfMonth, 2)) \(months[Int(month) - 1]) \(padded(year, 4))"
  return "\(weekday), \(date) \(clock.joined(separator: ":")) GMT"
}

private func padded(_ number: Int64, _ digitCount: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, digitCount - digits.count)) + digits
}
