import Columns
import Events
import Foundation
import Testing

import Ingest

/// A simulated log in memory.
private struct SimulatedLog {
  var files: [(name: String, lines: [Substring])] = []
  var bytes: [UInt8] = []
  var summary = SimulationSummary()

  init(_ options: SimulationOptions) {
    var simulator = CommunitySimulator(options)
    summary = simulator.run { name, bytes, events in
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == events, "\(name)")
      files.append((name, lines))
      self.bytes += bytes
    }
  }

  var lines: [Substring] { files.flatMap(\.lines) }
}

/// 300 members, 4,000 events, 14 days.
private func tiny(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
  var options = SimulationOptions()
  options.memberCount = 300
  options.eventCount = 4_000
  options.dayCount = 14
  change(&options)
  return options
}

/// The text between `"field":"` and the next quote.
private func field(_ name: String, of line: Substring) -> Substring? {
  guard let start = line.range(of: "\"\(name)\":\"")?.upperBound else { return nil }
  return line[start...].prefix { $0 != "\"" }
}

private func instant(of line: Substring) throws -> Timestamp {
  let text = try #require(field("ts", of: line))
  return try #require(Timestamp(iso8601: String(text)))
}

@Suite struct CommunitySimulatorTests {
  @Test func `the same options give the same bytes on every machine`() {
    let hash = SimulatedLog(tiny()).bytes.withUnsafeBytes { byteHash($0) }
    #expect(hash == 0x8694_2fd8_08cc_dc5d, "the simulated log has changed: 0x\(String(hash, radix: 16))")
  }

  @Test func `a second run repeats the first, another seed does not`() {
    var simulator = CommunitySimulator(tiny())
    var runs: [[UInt8]] = [[], []]
    let first = simulator.run { _, bytes, _ in runs[0] += bytes }
    let second = simulator.run { _, bytes, _ in runs[1] += bytes }
    #expect(runs[0] == runs[1])
    #expect(first == second)
    #expect(SimulatedLog(tiny { $0.seed = 8 }).bytes != runs[0])
  }

  @Test(arguments: [
    (300, 4_000, 14), (300, 300, 14), (2_000, 6_000, 40), (1_000, 60_000, 20), (1, 50, 1), (50, 900, 3),
  ])
  func `the number of events comes near the target`(members: Int, events: Int, days: Int) {
    let options = tiny {
      $0.memberCount = members
      $0.eventCount = events
      $0.dayCount = days
    }
    let log = SimulatedLog(options)
    #expect(abs(log.summary.events - events) <= max(3, events / 20), "\(log.summary.events)")
    #expect(log.summary.lines == log.lines.count)
    #expect(log.summary.days == days && log.files.count == days)
    #expect(log.summary.members == Set(log.lines.map { field("user_id", of: $0) }).count)
    #expect(Set(log.lines.map { field("event_id", of: $0) }).count == log.summary.events)
  }

  @Test func `every line is a record of the plain log`() throws {
    let known: Set = [
      "post_view", "like", "comment", "share", "post_create", "message", "points_redeem", "invite", "push_sent",
      "push_open",
    ]
    let pattern = try Regex(
      #"\{"event_id":"e7_\d+","ts":"[^"]{27}","user_id":"u_[0-9a-f]{16}","event":"[a-z_]+","community_id":"c_\d+","platform":"(ios|android|web|wechat)","content_id":(null|"p_\d+"),"properties":(null|\{"experiment":"push_time","arm":"\d\d:\d\d","push_id":"push_[0-9-]{10}"\})\}"#
    )
    var seen: Set<String> = []
    for line in SimulatedLog(tiny()).lines {
      #expect(line.wholeMatch(of: pattern) != nil, "\(line)")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
      let kind = String(try #require(field("event", of: line)))
      #expect(kind.hasPrefix("push_") == line.contains("\"properties\":{"))
      seen.insert(kind)
    }
    #expect(seen == known)
  }

  @Test(arguments: [
    ("America/New_York", "2026-03-05"), ("America/New_York", "2026-10-29"), ("Africa/Cairo", "2026-04-22"),
    ("Asia/Shanghai", "2026-08-01"), ("America/Havana", "2026-10-29"), ("Asia/Beirut", "2026-10-22"),
    ("Australia/Lord_Howe", "2026-04-02"), ("Pacific/Apia", "2011-12-27"),
  ])
  func `files are community days in order of time, also where the clocks change`(zone: String, first: String) throws {
    let rules = try TimeZoneRules(named: zone)
    let options = tiny {
      $0.zone = rules
      $0.firstDay = CommunityDay(first)!
      $0.dayCount = 7
    }
    let log = SimulatedLog(options)
    for (index, file) in log.files.enumerated() {
      let day = options.firstDay + index
      #expect(file.name == "day-\(day).jsonl")
      let instants = try file.lines.map(instant)
      #expect(instants.allSatisfy { rules.day(of: $0) == day }, "\(zone) \(day)")
      #expect(zip(instants, instants.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test(arguments: ["2026-03-05", "2026-10-29"])
  func `pushes leave at the arm's local time before and after New York's clocks change`(first: String) throws {
    let rules = try TimeZoneRules(named: "America/New_York")
    let options = tiny {
      $0.zone = rules
      $0.firstDay = CommunityDay(first)!
      $0.eventCount = 8_000
    }
    var offsets: Set<Int> = []
    for line in SimulatedLog(options).lines where line.contains("\"push_sent\"") {
      let sent = try instant(of: line)
      let offset = rules.offsetSeconds(at: sent)
      let local = sent.adding(seconds: Int64(offset))
      let clock = try #require(field("arm", of: line)).split(separator: ":").map { Int64($0)! }
      let late = local.microseconds % 86_400_000_000 - (clock[0] * 60 + clock[1]) * 60_000_000
      #expect((0..<90_000_000).contains(late))
      #expect([2, 5].contains(rules.day(of: sent).weekday))
      offsets.insert(offset)
    }
    #expect(offsets == [-18_000, -14_400])
  }

  @Test func `late and repeated records are the clean log in another order`() {
    let clean = SimulatedLog(tiny())
    let dirty = SimulatedLog(
      tiny {
        $0.lateShare = 0.1
        $0.duplicateShare = 0.05
      })
    #expect(Set(dirty.lines) == Set(clean.lines))
    #expect(dirty.summary.events == clean.summary.events)
    #expect(dirty.lines.count == dirty.summary.events + dirty.summary.repeatedLines)
    #expect((300...500).contains(dirty.summary.lateRecords), "\(dirty.summary.lateRecords)")
    #expect((150...250).contains(dirty.summary.repeatedLines), "\(dirty.summary.repeatedLines)")
  }

  @Test func `late records come in the file of a later day, within a week`() throws {
    let options = tiny { $0.lateShare = 0.1 }
    let log = SimulatedLog(options)
    var delays: [Int: Int] = [:]
    for (index, file) in log.files.enumerated() {
      for line in file.lines {
        let day = options.zone.day(of: try instant(of: line)) - options.firstDay
        delays[index - day, default: 0] += 1
      }
    }
    #expect(delays.keys.allSatisfy { (0...7).contains($0) })
    #expect(delays.filter { $0.key > 0 }.values.reduce(0, +) == log.summary.lateRecords)
  }

  @Test func `the truth of the push experiment is in the log`() {
    let log = SimulatedLog(
      tiny {
        $0.memberCount = 4_000
        $0.eventCount = 60_000
        $0.dayCount = 30
      })
    for arm in log.summary.arms {
      let sent = log.lines.count { $0.contains("\"push_sent\"") && $0.contains("\"arm\":\"\(arm.arm)\"") }
      #expect(sent == arm.sent)
      let error = (arm.openProbability * (1 - arm.openProbability) / Double(arm.sent)).squareRoot()
      #expect(abs(Double(arm.opened) / Double(arm.sent) - arm.openProbability) < 4 * error)
    }
    #expect(log.summary.arms.map(\.arm) == ["08:30", "12:30", "17:00", "20:20"])
    #expect(log.summary.arms.reduce(0) { $0 + $1.assigned } == 4_000)
    #expect(log.summary.arms.map(\.openProbability).max() == log.summary.arms[3].openProbability)
  }

  @Test func `new members come back as in a real community`() throws {
    let options = tiny {
      $0.memberCount = 8_000
      $0.eventCount = 130_000
      $0.dayCount = 60
    }
    let log = SimulatedLog(options)
    var days: [Substring: Set<Int>] = [:]
    for (index, file) in log.files.enumerated() {
      for line in file.lines where !line.contains("\"push_sent\"") {
        days[try #require(field("user_id", of: line)), default: []].insert(index)
      }
    }
    let newcomers = days.values.filter { (14..<30).contains($0.min()!) }
    let expected: [(day: Int, rate: ClosedRange<Double>)] = [(1, 0.25...0.35), (7, 0.12...0.20), (30, 0.06...0.12)]
    for (day, rate) in expected {
      let back = newcomers.count { $0.contains($0.min()! + day) }
      #expect(rate.contains(Double(back) / Double(newcomers.count)), "day \(day): \(back) of \(newcomers.count)")
    }
  }

  @Test func `an error of the sink stops the run`() {
    struct Full: Error {}
    var simulator = CommunitySimulator(tiny())
    #expect(throws: Full.self) { try simulator.run { _, _, _ in throw Full() } }
  }

  @Test func `options that make no log are named`() {
    #expect(tiny().complaint == nil)
    #expect(tiny { $0.dayCount = 0 }.complaint == "the number of days must be 1 to 3660, not 0")
    #expect(tiny { $0.memberCount = 0 }.complaint == "the number of members must be 1 to 100000000, not 0")
    #expect(tiny { $0.eventCount = 299 }.complaint == "300 members need at least as many events, not 299")
    #expect(tiny { $0.eventCount = .max }.complaint?.hasPrefix("the number of events must be at most") == true)
    #expect(tiny { $0.lateShare = 1.5 }.complaint == "the share of late records must be 0 to 1, not 1.5")
    #expect(tiny { $0.duplicateShare = .nan }.complaint == "the share of duplicate records must be 0 to 1, not nan")
  }
}
