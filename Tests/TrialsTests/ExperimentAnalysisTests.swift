import Aggregation
import Events
import Experiments
import TestSupport
import Testing
import Trials

/// What an analysis says of units whose truth is known.
@Suite struct ExperimentAnalysisTests {
  /// A column of the row of a metric and an arm.
  private func cell(_ answer: Answer, _ metric: String, _ arm: String?, _ column: String) -> Cell? {
    let row = answer.rows.first { $0[0] == .text(metric) && $0[1] == arm.map { .text($0) } ?? .null }
    return answer.columns.firstIndex { $0.name == column }.flatMap { row?[$0] }
  }

  private func number(_ answer: Answer, _ metric: String, _ arm: String?, _ column: String) -> Double? {
    if case .float(let value) = cell(answer, metric, arm, column) { return value }
    return nil
  }

  @Test("At one look two shares of members are the pooled test of two proportions")
  func fixed() throws {
    let experiment = try MadeUnits.experiment(MadeUnits.members)
    let units = (0..<2000).map {
      MadeUnits.Unit(cluster: $0, arm: $0 % 2, day: $0 % 20, value: $0 % 7 < 1 + $0 % 2 ? 1 : 0)
    }
    let answer = ExperimentAnalysis(experiment, MadeUnits.table(units)).answer
    let events = [0, 1].map { arm in units.count { $0.arm == arm && $0.value == 1 } }
    let expected = try TwoProportions(
      treatment: ProportionSums(events: events[1], units: 1000), control: ProportionSums(events: events[0], units: 1000)
    ).comparison()
    #expect(number(answer, "did", "B", "p") == expected.p)
    #expect(number(answer, "did", "B", "diff_low") == expected.low)
    #expect(cell(answer, "did", "A", "difference") == .null)
    #expect(cell(answer, "sample-ratio", "A", "p") == .float(1))
    #expect(cell(answer, "verdict", nil, "verdict") == .text("ship B"))
  }

  @Test("A sample ratio that is off hides the verdict and says why")
  func sampleRatio() throws {
    let experiment = try MadeUnits.experiment(MadeUnits.members)
    let units = (0..<9463 + 7681).map {
      MadeUnits.Unit(cluster: $0, arm: $0 < 9463 ? 0 : 1, day: $0 % 20, value: $0 % 5 == 0 ? 1 : 0)
    }
    let analysis = ExperimentAnalysis(experiment, MadeUnits.table(units))
    let p = try #require(number(analysis.answer, "sample-ratio", "B", "p"))
    #expect(abs(p / 3.502192273e-42 - 1) < 1e-9)
    #expect(analysis.verdictText.hasPrefix("no verdict: the arms do not hold the units"))
    #expect(cell(analysis.answer, "did", "B", "verdict") == .null)
  }

  /// Sends with arms drawn anew, two plan versions, a base rate that rises when the share of B does.
  private static func sends(effect: Double, days: Int = 30, members: Int = 500) -> [MadeUnits.Unit] {
    var random = SeededNumbers(seed: 5)
    return (0..<members).flatMap { member -> [MadeUnits.Unit] in
      let level = Double.random(in: 0...0.15, using: &random)
      return stride(from: member % 3, to: days, by: 3).map { day in
        let share = day < days / 2 ? 0.2 : 0.8
        let isB = Double.random(in: 0..<1, using: &random) < share
        let base = level + (day < days / 2 ? 0.1 : 0.4)
        let did = Double.random(in: 0..<1, using: &random) < base + (isB ? effect : 0)
        return MadeUnits.Unit(
          cluster: member, arm: isB ? 1 : 0, day: day, value: did ? 1 : 0, propensity: isB ? share : 1 - share,
          version: day < days / 2 ? 0 : 1)
      }
    }
  }

  private static let drawn = """
    design: send-randomised
    arms: {A: {weight: 0.5}, B: {weight: 0.5}}
    control: A
    primary: opened
    goals: {opened: {event: push_open, of: push, within: 24h}}
    past: false
    """

  @Test(
    "Where shares and the base rate change together, the pooled difference is wrong and ours is not",
    arguments: [true, false])
  func allocation(logsPropensities: Bool) throws {
    let experiment = try MadeUnits.experiment(Self.drawn)
    var units = Self.sends(effect: 0)
    if !logsPropensities { for place in units.indices { units[place].propensity = .nan } }
    let analysis = ExperimentAnalysis(experiment, MadeUnits.table(units))
    let answer = analysis.answer
    func share(_ arm: Int) -> Double {
      let own = units.filter { $0.arm == arm }
      return own.reduce(0) { $0 + $1.value } / Double(own.count)
    }
    #expect(share(1) - share(0) > 0.15)
    let (low, high) = (number(answer, "opened", "B", "diff_low")!, number(answer, "opened", "B", "diff_high")!)
    #expect(low < 0 && high > 0 && high < 0.12)
    // Without propensities the configured halves are not what was drawn, and the sample ratio says so.
    #expect((cell(answer, "sample-ratio", "B", "verdict") == .text("alarm")) == !logsPropensities)
  }

  @Test("The least p of all nights is reported, whoever looked when")
  func nights() throws {
    let experiment = try MadeUnits.experiment(Self.drawn)
    let units = Self.sends(effect: 0.12)
    var least = 1.0
    for night in 0..<30 {
      // Worked out anew for this night alone.
      let known = Dictionary(grouping: units.filter { $0.day <= night }, by: \.cluster).values
      let sums = known.reduce(CrossedRatioSums.zero) { sums, member in
        func total(_ arm: Int, _ value: (MadeUnits.Unit) -> Double) -> Double {
          member.filter { $0.arm == arm }.reduce(0) { $0 + value($1) / $1.propensity }
        }
        return sums
          + CrossedRatioSums(
            treatment: (total(1, \.value), total(1) { _ in 1 }), control: (total(0, \.value), total(0) { _ in 1 }))
      }
      let answer = ExperimentAnalysis(experiment, MadeUnits.table(units, lastMatureDay: night)).answer
      guard let p = number(answer, "opened", "B", "p"), let pair = try? sums.estimates() else { continue }
      least = min(least, ConfidenceSequence().p(z: pair.difference / pair.standardError, units: pair.units))
      // The arms' own errors are over their own clusters here, over all of the two arms there.
      #expect(abs(p / least - 1) < 0.2)
    }
    #expect(least < 0.001)
  }

  @Test("Units whose windows are open are not counted, and said")
  func immature() throws {
    let experiment = try MadeUnits.experiment(Self.drawn)
    let units = Self.sends(effect: 0)
    let analysis = ExperimentAnalysis(experiment, MadeUnits.table(units, lastMatureDay: 20))
    let mature = units.filter { $0.day <= 20 }
    let members = Set(mature.filter { $0.arm == 1 }.map(\.cluster)).count
    #expect(cell(analysis.answer, "opened", "B", "units") == .int(members))
    #expect(analysis.answer.notes.contains { $0.contains("\(units.count - mature.count) units are not counted yet") })
  }

  @Test("Too little says what is missing")
  func little() throws {
    let experiment = try MadeUnits.experiment(Self.drawn)
    let units = Self.sends(effect: 0, days: 6, members: 60)
    let text = ExperimentAnalysis(experiment, MadeUnits.table(units)).verdictText
    #expect(text.hasPrefix("insufficient-data:") && text.contains("units, 100 needed"))
  }

  @Test("The past of the units narrows the interval and leaves the estimate near")
  func past() throws {
    let text = Self.drawn.replacing("past: false", with: "past: true")
    let experiment = try MadeUnits.experiment(text)
    var random = SeededNumbers(seed: 9)
    let units = (0..<3000).map { cluster -> MadeUnits.Unit in
      let level = Double.random(in: 0...10, using: &random)
      return MadeUnits.Unit(
        cluster: cluster, arm: cluster % 2, day: cluster % 20, value: level + Double.random(in: 0...1, using: &random),
        past: level, propensity: 0.5)
    }
    var plain = experiment
    plain.units.outcomes[0].isProportion = false
    func width(_ readsPast: Bool) throws -> Double {
      let analysis = ExperimentAnalysis(plain, MadeUnits.table(units, readsPast: readsPast))
      #expect(analysis.answer.notes.contains { $0.contains("adjusted by the 14 days") } == readsPast)
      let answer = analysis.answer
      return number(answer, "opened", "B", "diff_high")! - number(answer, "opened", "B", "diff_low")!
    }
    #expect(try width(true) < 0.2 * width(false))
  }

  @Test("Groups that differ by luck alone are called so, planted ones are found")
  func exploration() throws {
    let experiment = try MadeUnits.experiment(Self.drawn + "\nsegments: [platform, [platform, prior-activity]]")
    let units = Self.sends(effect: 0, members: 1500)
    var table = MadeUnits.table(units)
    #expect(experiment.units.segments == ["platform", "prior-activity"])
    table.segments = [
      .init(codes: table.members.map { $0 % 3 }, values: ["ios", "web", "mini"]),
      .init(codes: table.members.map { $0 % 2 }, values: ["0", "1–3"]),
    ]
    let quiet = ExperimentAnalysis(experiment, table).exploration
    #expect(quiet.rows.count > 10)
    #expect(quiet.rows.allSatisfy { $0.last == .text("no evidence of a difference") })
    for row in 0..<table.count where table.members[row] % 3 == 1 && table.arms[row] == 1 {
      table.outcomes[0].values[row] = row % 10 < 9 ? 1 : 0
    }
    let loud = ExperimentAnalysis(experiment, table).exploration
    let found = loud.rows.filter { $0[1] == .text("platform") && $0.last == .text("higher here") }
    #expect(found.map { $0[2] } == [.text("web")])
    let crossed = loud.rows.filter { $0[1] == .text("platform × prior-activity") && $0.last == .text("higher here") }
    #expect(crossed.map { $0[2] } == [.text("web, 0"), .text("web, 1–3")])
  }

  @Test(
    "A group is compared within plan versions, and over those that could draw both arms",
    arguments: [false, true])
  func exploredVersions(isBarred: Bool) throws {
    let experiment = try MadeUnits.experiment(Self.drawn + "\nsegments: [platform]")
    var units = Self.sends(effect: 0, members: 1500)
    for place in units.indices {
      units[place].propensity = .nan
      // Every third member's plan has no arm B, and they open nearly all.
      if isBarred {
        let isOpen = units[place].cluster % 3 > 0
        units[place].version = isOpen ? 0 : 1
        units[place].propensity = isOpen ? 0.5 : 1
        units[place].arm = isOpen ? (units[place].cluster + units[place].day) % 2 : 0
        units[place].value = isOpen ? (units[place].day % 5 == 0 ? 1 : 0) : (units[place].day % 5 == 0 ? 0 : 1)
      }
    }
    var table = MadeUnits.table(units)
    table.segments = [.init(codes: table.members.map { $0 % 2 }, values: ["ios", "web"])]
    let answer = ExperimentAnalysis(experiment, table).exploration
    #expect(Set(answer.rows.map { $0[1] }).count >= 3)
    for row in answer.rows {
      guard case .float(let difference) = row[6] else { continue }
      #expect(abs(difference) < 0.07, "\(row)")
    }
  }
}
