import Columns
import Events
import Foundation
import Testing

import Ingest

@Suite struct CommunitySimulatorTests {
  @Test func `the same options give the same bytes on every machine`() {
    let hash = SimulatedLog(tiny()).bytes.withUnsafeBytes { byteHash($0) }
    #expect(hash == 0x0f74_40ee_e9ee_930d, "the simulated log has changed: 0x\(String(hash, radix: 16))")
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
      "post_view", "like", "comment", "share", "post_create", "message", "points_redeem", "invite", "leave",
      "push_planned", "push_sent", "push_open",
    ]
    let start = #"\{"event_id":"e7_\d+","ts":"[^"]{27}","user_id":"u_[0-9a-f]{16}","event":"[a-z_]+","#
    let place = #""community_id":"c_\d+","platform":"(ios|android|web|wechat)","content_id":(null|"p_\d+"),"#
    let push = #""experiment":"push_time","push_id":"push-[0-9-]{10}","arm":"(\d\d:\d\d|none)""#
    let draw = #","propensity":0\.\d{1,3},"plan":"[12]"(,"send_at":"[0-9-]{10}T\d\d:\d\d:00Z")?"#
    let ends = [
      place + #""properties":null"#, place + #""properties":\{\#(push)\}"#, #""properties":\{\#(push + draw)\}"#,
    ]
    let pattern = try Regex(start + "(\(ends.joined(separator: "|")))\\}")
    var seen: Set<String> = []
    for line in SimulatedLog(tiny { $0.eventCount = 20_000 }).lines {
      #expect(line.wholeMatch(of: pattern) != nil, "\(line)")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
      let kind = String(try #require(field("event", of: line)))
      #expect(kind.hasPrefix("push_") == line.contains("\"properties\":{"))
      #expect((kind == "push_planned") == line.contains("\"propensity\":"))
      #expect((kind == "push_planned" && field("arm", of: line) != "none") == line.contains("\"send_at\":"))
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

  @Test func `new members come back as in a real community`() throws {
    let options = tiny {
      $0.memberCount = 8_000
      $0.eventCount = 150_000
      $0.dayCount = 60
    }
    let log = SimulatedLog(options)
    var days: [Substring: Set<Int>] = [:]
    for (index, file) in log.files.enumerated() {
      for line in file.lines where !line.contains("\"push_sent\"") && !line.contains("\"push_planned\"") {
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
