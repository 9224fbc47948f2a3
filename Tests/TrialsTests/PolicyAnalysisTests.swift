import Aggregation
import Events
import Experiments
import TestSupport
import Testing
import Trials

/// Values of other rules of send hours, from sends with known propensities.
@Suite struct PolicyAnalysisTests {
  /// Members of whom every third's hour is 8, 12, 20, and who open 4 of 10 pushes at their hour and 1 of 10 else.
  private func sends(
    _ count: Int32 = 3000, propensity: Double = 0.3, holdout: Bool = true
  ) -> (UnitTable, UnitTraits) {
    var random = SeededNumbers(seed: 11)
    var (rows, hours): ([UnitRow], [Int8]) = ([], [])
    for member in 0..<count {
      let own = Int(member % 3)
      for day in 0..<2 {
        let arm = holdout && random.next() % 10 == 0 ? 3 : Int(random.next() % 3)
        let isOpened = random.next() % 10 < (arm == own ? 4 : 1)
        rows.append(
          UnitRow(
            member: member, day: Int32(day), arm: UInt8(arm), value: arm < 3 && isOpened ? 1 : 0,
            propensity: arm == 3 ? 0.1 : propensity, segments: [["early", "noon", "late"][own]]))
        hours.append([8, 12, 20][own])
      }
    }
    let folds = rows.map { UInt8($0.member / 3 % 5) }
    return (UnitTable(rows, segmentCount: 1), UnitTraits(ownHours: hours, folds: folds))
  }

  private static let segmented = threeHours + "segments: [platform]\n"

  @Test("Each estimate is its formula, the holdout left out and propensities made conditional")
  func formulas() throws {
    let (table, traits) = sends()
    let analysis = try PolicyAnalysis(table, traits, of: try experiment(Self.segmented))
    let pushed = (0..<table.count).filter { table.arms[$0] != 3 }
    let matched = pushed.filter { Int(table.arms[$0]) == Int(table.members[$0]) % 3 }
    let opened = matched.reduce(0) { $0 + table.outcomes[0].values[$1] }
    let own = analysis.rows.filter { $0.policy == .ownHour }
    #expect(own.map(\.estimator) == [.inverse, .selfNormalised, .doublyRobust])
    #expect(own.allSatisfy { $0.sendCount == pushed.count && $0.refusal == nil })
    #expect(abs(try #require(own[0].value).value - opened * 3 / Double(pushed.count)) < 1e-12)
    #expect(abs(try #require(own[1].value).value - opened / Double(matched.count)) < 1e-12)
    #expect(abs(try #require(own[0].effectiveSends) - Double(matched.count)) < 1e-6)
    #expect(abs(try #require(own[0].largestWeight) - 1 / Double(matched.count)) < 1e-12)
    let observed = try #require(analysis.rows.first)
    let plain = pushed.reduce(0) { $0 + table.outcomes[0].values[$1] } / Double(pushed.count)
    #expect(observed.policy == .logging && abs(observed.value!.value - plain) < 1e-12)
    #expect(abs(own[0].difference!.difference - (own[0].value!.value - plain)) < 1e-12)
  }

  @Test(
    "The own hour and the hour of a segment that knows it are worth 0.4, one hour for all 0.2; all intervals say so")
  func values() throws {
    let (table, traits) = sends(9000)
    let analysis = try PolicyAnalysis(table, traits, of: try experiment(Self.segmented))
    for row in analysis.rows where row.policy != .logging {
      let truth = row.policy == .oneBestHour ? 0.2 : 0.4
      let interval = try #require(row.value).interval(level: 0.999)
      #expect(interval.low < truth && truth < interval.high, "\(row)")
      let difference = try #require(row.difference)
      #expect(row.policy == .oneBestHour ? difference.low < 0.02 : difference.low > 0.15, "\(row)")
    }
    #expect(analysis.notes.contains("Best hour of late: 20:20 in 5 of 5 folds."))
  }

  @Test("The doubly robust estimate does not need right propensities where the model is right")
  func robust() throws {
    let (table, traits) = sends(9000, propensity: 0.15)
    let analysis = try PolicyAnalysis(table, traits, of: try experiment(Self.segmented))
    let own = analysis.rows.filter { $0.policy == .ownHour }
    #expect(own[0].value!.value > 0.7)
    #expect(abs(own[2].value!.value - 0.4) < 0.03)
  }

  @Test(
    "Nothing is said where the sends cannot say it",
    arguments: [
      (3000, Double.nan, "sends have no propensity above 0"), (3000, 0.0, "sends have no propensity above 0"),
      (3000, 0.95, "above what the holdout leaves"), (400, 0.3, "effective sends, 400 needed"),
    ])
  func refuses(members: Int32, propensity: Double, message: String) throws {
    let (table, traits) = sends(members, propensity: propensity)
    let rows = try PolicyAnalysis(table, traits, of: try experiment(Self.segmented)).rows
    #expect(rows.count == 4)
    for row in rows where row.policy != .logging {
      #expect(row.refusal?.contains(message) == true && row.value == nil && row.difference == nil, "\(row)")
    }
    #expect(rows[0].value != nil)
  }

  @Test("Sends of members whose plan lacks an hour are left out: they would have no value under a rule that wants it")
  func barred() throws {
    let (whole, traits) = sends(9000)
    var table = whole
    // A plan without 12:30 for every fifth member: its units of that arm are of the others' hours.
    let isBarred = table.members.map { $0 % 5 == 0 }
    table.versions = .init(codes: isBarred.map { $0 ? 1 : 0 }, values: ["1", "1/08:30+20:20"])
    for row in 0..<table.count where isBarred[row] && table.arms[row] < 3 {
      table.propensities[row] = 0.45
      if table.arms[row] == 1 { table.arms[row] = 0 }
    }
    let analysis = try PolicyAnalysis(table, traits, of: try experiment(Self.segmented))
    let count = (0..<table.count).count { table.arms[$0] != 3 && !isBarred[$0] }
    #expect(analysis.rows.allSatisfy { $0.sendCount == count })
    let left = (0..<table.count).count { table.arms[$0] != 3 && isBarred[$0] }
    #expect(analysis.notes.contains("\(left) sends are left out: their plan could not draw every arm."))
    let own = try #require(analysis.rows.first { $0.policy == .ownHour && $0.estimator == .inverse }?.value)
    let interval = own.interval(level: 0.999)
    #expect(interval.low < 0.4 && 0.4 < interval.high)
  }

  @Test("Without segments there is no best hour by segment; open windows do not count")
  func parts() throws {
    let (whole, traits) = sends()
    var table = whole
    table.segments = []
    table.outcomes[0].lastMatureDay = CommunityDay(0)
    let analysis = try PolicyAnalysis(table, traits, of: try experiment(threeHours))
    #expect(analysis.rows.first { $0.policy == .bestHourBySegment }?.refusal == "the experiment has no segments")
    let first = (0..<table.count).count { table.days[$0] == 0 && table.arms[$0] != 3 }
    #expect(analysis.rows.allSatisfy { $0.sendCount == first })
  }

  @Test(
    "An experiment that draws no hours is refused",
    arguments: [
      ("send-randomised", "switchback"),
      ("{event: push_open, of: push, within: 24h}", "{days: like, per: share, within: 1d}"),
    ])
  func others(old: String, new: String) throws {
    let experiment = try experiment(threeHours.replacing(old, with: new))
    #expect(throws: AggregationError.self) { try PolicyAnalysis.check(experiment) }
  }
}
