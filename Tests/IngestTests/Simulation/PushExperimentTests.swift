import Events
import Foundation
import Testing

import Ingest

private let armNames = ["08:30", "12:30", "17:00", "20:20", "none"]

/// 4,000 members, 80,000 events, 30 days.
private func community(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
  tiny {
    $0.memberCount = 4_000
    $0.eventCount = 80_000
    $0.dayCount = 30
    change(&$0)
  }
}

/// The member and the push of a line about a push.
private struct Unit: Hashable {
  var member: Substring
  var push: Substring

  init(_ line: Substring) throws {
    member = try #require(field("user_id", of: line))
    push = try #require(field("push_id", of: line))
  }
}

@Suite("The push experiment of a simulation")
struct PushExperimentTests {
  @Test func `what arms planned, sent, opened and lost is in the log`() throws {
    let log = SimulatedLog(community())
    #expect(log.summary.arms.map(\.arm) == armNames + armNames)
    #expect(log.summary.arms.map(\.plan) == [String](repeating: "1", count: 5) + [String](repeating: "2", count: 5))
    var plans: [Substring: Substring] = [:]
    var counts: [String: Int] = [:]
    for line in log.lines where line.contains("\"push_") {
      let push = try Unit(line).push
      if let plan = field("plan", of: line) { plans[push] = plan }
      let arm = try #require(field("arm", of: line))
      counts["\(try #require(field("event", of: line))) \(try #require(plans[push])) \(arm)", default: 0] += 1
    }
    for arm in log.summary.arms {
      #expect(counts["push_planned \(arm.plan) \(arm.arm)", default: 0] == arm.planned)
      #expect(counts["push_sent \(arm.plan) \(arm.arm)", default: 0] == arm.sent)
      let opened = counts["push_open \(arm.plan) \(arm.arm)", default: 0]
      #expect((arm.opened - 3...arm.opened).contains(opened), "after the last day there is no record")
    }
    let left = log.lines.count { $0.contains("\"leave\"") }
    let leaving = log.summary.arms.reduce(0) { $0 + $1.left }
    #expect(left > 0 && (leaving - 1...leaving).contains(left))
  }

  @Test(arguments: [7, 8, 9] as [UInt64])
  func `outcomes have the probabilities that the summary tells`(seed: UInt64) {
    var log = SimulatedLog(community { $0.seed = seed })
    #expect(log.summary.arms.count == 10)
    for plan in ["1", "2"] {
      let units = log.summary.arms.filter { $0.plan == plan }.reduce(0) { $0 + $1.planned }
      for arm in log.summary.arms where arm.plan == plan {
        #expect(agree(arm.planned, of: units, with: arm.propensity))
        #expect(agree(arm.sent, of: arm.planned, with: arm.arm == "none" ? 0 : 0.98))
        #expect(agree(arm.opened, of: arm.planned, with: arm.openProbability))
        #expect(agree(arm.left, of: arm.planned, with: arm.leaveProbability))
      }
    }
    log.summary.arms.removeAll { $0.arm == "none" }
    for plan in ["1", "2"] {
      let arms = log.summary.arms.filter { $0.plan == plan }
      #expect(arms.max { $0.openProbability < $1.openProbability }?.arm == "20:20")
      #expect(arms.max { $0.leaveProbability < $1.leaveProbability }?.arm == "08:30")
      #expect(Set(arms.dropFirst().map(\.leaveProbability)).count == 1)
    }
    for (first, second) in zip(log.summary.arms.prefix(4), log.summary.arms.suffix(4)) {
      #expect(second.openProbability < first.openProbability, "opening wears off")
    }
  }

  /// Whether `count` of `total` lies within 4.5 standard errors of `probability`.
  private func agree(_ count: Int, of total: Int, with probability: Double) -> Bool {
    let error = (probability * (1 - probability) * Double(total)).squareRoot()
    return abs(Double(count) - probability * Double(total)) <= 4.5 * error
  }

  @Test func `a unit is planned once; what happens to it has its arm, and nothing happens in the holdout`() throws {
    let log = SimulatedLog(community())
    var arms: [Unit: Substring] = [:]
    var happened: [Unit: Set<Substring>] = [:]
    for line in log.lines where line.contains("\"push_") {
      let unit = try Unit(line)
      let arm = try #require(field("arm", of: line))
      let event = try #require(field("event", of: line))
      if event == "push_planned" {
        #expect(arms.updateValue(arm, forKey: unit) == nil, "\(line)")
      } else {
        #expect(arms[unit] == arm && arm != "none", "\(line)")
        #expect(happened[unit, default: []].insert(event).inserted, "\(line)")
        #expect(event == "push_sent" || happened[unit]!.contains("push_sent"), "\(line)")
      }
    }
    let drawn = Dictionary(grouping: arms, by: \.key.member).mapValues { Set($0.map(\.value)).count }
    #expect(drawn.values.filter { $0 > 1 }.count > drawn.count / 2, "a member's arm is drawn anew each time")
  }

  @Test func `before the first send of a day the arms are alike`() throws {
    let log = SimulatedLog(community { $0.eventCount = 160_000 })
    var arms: [Unit: Substring] = [:]
    var early: Set<Unit> = []
    for file in log.files {
      var planned: [Substring: Unit] = [:]
      for line in file.lines {
        let member = try #require(field("user_id", of: line))
        if field("event", of: line) == "push_planned" {
          let unit = try Unit(line)
          planned[member] = unit
          arms[unit] = field("arm", of: line)
        } else if let unit = planned[member], try #require(field("ts", of: line)).dropFirst(11) < "08:30" {
          early.insert(unit)
        }
      }
    }
    let share = Double(early.count) / Double(arms.count)
    for arm in armNames {
      let units = arms.filter { $0.value == arm }
      #expect(units.count > 500 && share > 0.02)
      #expect(agree(units.keys.count { early.contains($0) }, of: units.count, with: share), "\(arm)")
    }
  }

  @Test func `after leaving there is nothing`() throws {
    let log = SimulatedLog(community())
    var gone: Set<Substring> = []
    for line in log.lines {
      let member = try #require(field("user_id", of: line))
      #expect(!gone.contains(member), "\(line)")
      if field("event", of: line) == "leave" { gone.insert(member) }
    }
    #expect(gone.count > 10)
  }

  @Test func `an opened push is followed by a visit`() throws {
    let log = SimulatedLog(community())
    let lines = Dictionary(grouping: log.lines) { field("user_id", of: $0) }
    for (_, own) in lines {
      for (place, line) in own.enumerated() where field("event", of: line) == "push_open" {
        let opened = try instant(of: line)
        let next = try own[(place + 1)...].first.map(instant)
        #expect(next.map { $0 <= opened.adding(seconds: 3) } ?? line.contains("push-2026-08-28"), "\(line)")
      }
    }
  }
}
