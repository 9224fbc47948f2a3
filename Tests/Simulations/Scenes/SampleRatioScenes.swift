import Experiments

/// Ninety nights of counts: alarms without a fault, and with one.
package enum SampleRatioScenes {
  package static let all: [Scene] = [
    Scene(name: "sample ratio: no fault", run: noFault), Scene(name: "sample ratio: lost units", run: lostUnits),
  ]

  private static func noFault(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    [20, 2000].flatMap { nightly -> [Finding] in
      let shares = tally(runs: effort.runs(40_000), seed: seed &+ UInt64(nightly)) { draws in
        alarms(nightly: nightly, share: 0.5, &draws)
      }
      let setting = "sample ratio without fault, \(nightly) units a night"
      return [
        Finding(setting, "anytime-valid: any of 90 alarms", shares[0], .limitAtMost(0.001), effort),
        Finding(setting, "chi-square: any of 90 alarms", shares[1]),
      ]
    }
  }

  private static func lostUnits(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let shares = tally(runs: effort.runs(2000), seed: seed) { draws in
      // The treatment loses four units in a hundred.
      alarms(nightly: 1000, share: 0.48 / 0.98, &draws)
    }
    return [
      Finding(
        "4 % of the treatment lost, 1000 units a night", "anytime-valid: alarm within 90 nights", shares[0],
        .limitAtLeast(0.9), effort)
    ]
  }

  private static func alarms(nightly: Int, share: Double, _ draws: inout Draws) -> [Bool] {
    let sequence = SampleRatioSequence(weights: [1, 1])
    var (units, p, isChiSquareAlarm) = ([0, 0], 1.0, false)
    for _ in 0..<SequentialScenes.nights {
      let treated = draws.binomial(nightly, share)
      units = [units[0] + nightly - treated, units[1] + treated]
      p = sequence.p(units: units, earlier: p)
      if let test = try? SampleRatioTest(units: units, weights: [1, 1]), test.isAlarm { isChiSquareAlarm = true }
    }
    return [p < SampleRatioTest.alarmLevel, isChiSquareAlarm]
  }
}
