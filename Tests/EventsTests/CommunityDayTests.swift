import Events
import Testing

@Suite struct CommunityDayTests {
  @Test("Every day from 1600 to 2400 is the one after the day before it")
  func everyDay() {
    // The slow way: count days from a known Saturday, 1 January 1600, with the rule of the leap years alone.
    var (year, month, dayOfMonth, weekday) = (1600, 1, 1, 6)
    var number: Int32 = -135_140
    while year <= 2400 {
      let day = CommunityDay(number)
      guard day == CommunityDay(year: year, month: month, day: dayOfMonth), day.civil == (year, month, dayOfMonth),
        day.weekday == weekday
      else {
        Issue.record("day \(number) should be \(year)-\(month)-\(dayOfMonth), weekday \(weekday); it is \(day)")
        return
      }
      number += 1
      weekday = weekday % 7 + 1
      dayOfMonth += 1
      if dayOfMonth > slowMonthLength(year, month) { (month, dayOfMonth) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(number == 157_420)
  }

  @Test(
    "Known dates have their numbers",
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2026-08-01", 20_666),
      ("1600-01-01", -135_140), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ])
  func known(text: String, number: Int32) {
    #expect(CommunityDay(text) == CommunityDay(number))
    #expect(CommunityDay(number).description == text)
  }

  @Test(
    "Weekdays count from Monday",
    arguments: [
      ("1970-01-01", 4), ("1969-12-31", 3), ("2000-01-01", 6), ("2024-02-29", 4), ("2026-08-02", 7), ("2026-08-03", 1),
    ])
  func weekdays(text: String, weekday: Int) throws {
    #expect(try #require(CommunityDay(text)).weekday == weekday)
  }

  @Test(
    "What is no date is not read",
    arguments: [
      "", "2026", "2026-08", "2026-8-1", "2026-08-1", "26-08-01", "02026-08-01", "2026-08-01 ", " 2026-08-01",
      "2026-08-01T00:00:00Z", "2026/08/01", "20260801", "2026-00-10", "2026-13-10", "2026-01-00", "2026-01-32",
      "2026-04-31", "2026-02-29", "1900-02-29", "2026-02-30", "-026-01-01", "+026-01-01", "2026-+1-01", "2026-01-+1",
      "2026--1-01", "２０２６-08-01", "٢٠٢٦-08-01", "2026-08-01\u{301}", "abcd-ef-gh", "2026-08-01-", "-2026-08-01",
    ])
  func rejected(text: String) {
    #expect(CommunityDay(text) == nil)
  }

  @Test("Leap days are read", arguments: ["2024-02-29", "2000-02-29", "1600-02-29", "2400-02-29"])
  func leapDays(text: String) {
    #expect(CommunityDay(text)?.description == text)
  }

  @Test("Days move by whole days, and their difference is the way between")
  func arithmetic() {
    let day = CommunityDay(year: 2024, month: 2, day: 28)
    #expect((day + 1).description == "2024-02-29")
    #expect((day + 2).description == "2024-03-01")
    #expect((day - 59).description == "2023-12-31")
    #expect((day + 366) - day == 366)
    #expect(day - (day + 400) == -400)
    #expect(day < day + 1)
    #expect(!(day < day))
  }

  @Test(
    "A month has its days",
    arguments: [
      (2023, 2, 28), (2024, 2, 29), (1900, 2, 28), (2000, 2, 29), (2026, 4, 30), (2026, 12, 31), (2026, 1, 31),
    ])
  func months(year: Int, month: Int, days: Int) {
    #expect(daysInMonth(year: year, month: month) == days)
  }
}

/// The length of a month by the rhyme, not by the code under test.
private func slowMonthLength(_ year: Int, _ month: Int) -> Int {
  let leap = year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
}
