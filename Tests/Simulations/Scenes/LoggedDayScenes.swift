import Foundation

/// The week in which clocks change, in a log that goes through the whole program.
package enum LoggedDayScenes {
  package static let all: [Scene] = [
    Scene(name: "log: week of a day of 25 hours", run: { week("2025-10-30", $0, $1) }),
    Scene(name: "log: week of a day of 23 hours", run: { week("2026-03-05", $0, $1) }),
  ]

  private static let zone = TimeZone(identifier: "America/New_York")!
  private static let arms = ["00:30", "22:30"]

  private static let file = """
    design: send-randomised
    arms:
      "00:30": {weight: 0.5, at: "00:30"}
      "22:30": {weight: 0.5, at: "22:30"}
    control: "00:30"
    primary: back
    goals: {back: {event: view, within: 1d}}
    past: false
    planned-units: 700
    """

  /// The first second of so many days after `day`, and of the day after.
  private static func bounds(_ day: String, _ offset: Int) -> Range<Int> {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let parts = day.split(separator: "-").map { Int($0)! }
    func start(_ more: Int) -> Int {
      let date = DateComponents(year: parts[0], month: parts[1], day: parts[2] + more)
      return Int(calendar.startOfDay(for: calendar.date(from: date)!).timeIntervalSince1970)
    }
    return start(offset)..<start(offset + 1)
  }

  /// A send every day for five days, the fourth of which has another length; visits come at any hour alike.
  private static func week(_ first: String, _ effort: Effort, _ seed: UInt64) -> [Finding] {
    let days = (0..<5).map { bounds(first, $0) }
    precondition(days.filter { $0.count == 86_400 }.count == 4, "one day is longer or shorter")
    let shares = tally(runs: effort.logRuns, seed: seed, chunk: 8) { draws in
      var log = AnalysedLog(zone: "America/New_York", experiment: file)
      var (naive, planned) = (NaiveArms(), NaiveArms())
      for member in 0..<700 {
        for (place, day) in days.enumerated() {
          let arm = draws.below(2)
          log.plan(member, at: day.lowerBound, .init(arm: arms[arm], push: "p\(place)"))
          // The wall clock's time: the clocks change at two in the morning.
          let sent = arm == 0 ? day.lowerBound + 1800 : day.upperBound - 5400
          log.send(member, at: sent, push: "p\(place)")
          // Four visits in ten hours, on the first second of a day and its last among them.
          let chance = 0.4 * Double(day.count) / 86_400
          var visit: Int?
          if draws.happens(chance) {
            let edge = draws.below(20)
            visit =
              edge == 0 ? day.lowerBound : edge == 1 ? day.upperBound - 1 : day.lowerBound + draws.below(day.count)
          }
          if let visit { log.add("view", member, at: visit) }
          planned.add(arm: arm, visit != nil)
          naive.add(arm: arm, visit.map { $0 >= sent } ?? false)
        }
      }
      let analysis = log.analysis(asOf: bounds(first, 6).lowerBound.formattedInstant)
      let isExact = (0..<2).allSatisfy { analysis.says("back", arms[$0], "value", planned.share($0)) }
      return [analysis.calls("back", "22:30"), naive.callsDifference, isExact]
    }
    return Finding.ofLog(
      "week of \(first) in New York", shares, ours: "a difference is called",
      naive: "what is left of the day after the send", naiveLeast: 0.9, exact: "each day has its own hours", effort)
  }
}

extension Int {
  /// Seconds of Unix as an instant.
  fileprivate var formattedInstant: String {
    ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(self)))
  }
}
