import Aggregation
import Testing
import Trials

/// What was promised to arms that no unit shows.
@Suite struct SampleRatioTests {
  private static func text(_ looks: String) -> String {
    """
    design: send-randomised
    looks: \(looks)
    arms: {A: {weight: 0.3}, B: {weight: 0.3}, C: {weight: 0.3}, D: {weight: 0.1}}
    control: A
    primary: did
    goals: {did: {event: post, within: 1d}}
    past: false
    """
  }

  /// So many units of each arm, with the propensity that the log has.
  private func answer(_ counts: [Int], _ propensities: [Double], looks: String) throws -> Answer {
    var units: [MadeUnits.Unit] = []
    for arm in counts.indices {
      for _ in 0..<counts[arm] {
        units.append(
          MadeUnits.Unit(
            cluster: units.count, arm: arm, day: units.count % 20, value: units.count % 5 == 0 ? 1 : 0,
            propensity: propensities[arm]))
      }
    }
    return ExperimentAnalysis(try MadeUnits.experiment(Self.text(looks)), MadeUnits.table(units)).answer
  }

  private func column(_ answer: Answer, _ name: String) -> [Double?] {
    let place = answer.columns.firstIndex { $0.name == name }!
    return answer.rows.filter { $0[0] == .text("sample-ratio") }.map {
      if case .float(let value) = $0[place] { value } else { nil }
    }
  }

  @Test(
    "What logged propensities leave of 1 was promised to the arms that are not seen, by their weights",
    arguments: [
      // Quiet hours ruled C and D out for all: nothing is missing.
      ([1000, 1000, 0, 0], [0.5, 0.5, .nan, .nan], [0.5, 0.5, 0, 0], false),
      // C and D were drawn in two of five, and none of them came.
      ([1000, 1000, 0, 0], [0.3, 0.3, .nan, .nan], [0.3, 0.3, 0.3, 0.1], true),
      ([900, 900, 0, 200], [0.45, 0.45, .nan, 0.1], [0.45, 0.45, 0, 0.1], false),
      ([900, 900, 0, 200], [0.3, 0.3, .nan, 0.1], [0.3, 0.3, 0.3, 0.1], true),
      // Twelve digits are logged: what is left by rounding was promised to nobody.
      ([1000, 1000, 0, 0], [0.4999999999, 0.5, .nan, .nan], [0.5, 0.5, 0, 0], false),
      // Without any propensity the weights of the file count.
      ([600, 600, 600, 200], [.nan, .nan, .nan, .nan], [0.3, 0.3, 0.3, 0.1], false),
    ] as [([Int], [Double], [Double], Bool)])
  func unseen(counts: [Int], propensities: [Double], promised: [Double], isAlarm: Bool) throws {
    for looks in ["fixed", "sequential"] {
      let answer = try answer(counts, propensities, looks: looks)
      let (found, away) = (column(answer, "value"), column(answer, "difference"))
      for arm in 0..<4 {
        let share = try #require(found[arm])
        #expect(abs(share - (try #require(away[arm])) - promised[arm]) < 1e-6)
      }
      let p = try #require(column(answer, "p")[0])
      #expect(isAlarm ? p < 1e-9 : p > 0.05, "\(looks): \(p)")
    }
  }

  @Test("Propensities of more than 1 promise nothing, and it is said")
  func tooMuch() throws {
    let answer = try answer([500, 500, 500, 500], [0.5, 0.5, 0.5, 0.1], looks: "fixed")
    #expect(column(answer, "p") == [nil, nil, nil, nil])
    #expect(answer.notes.contains { $0.contains("add to more than 1") })
  }
}
