import Events
import Foundation
import TestSupport
import Testing

@Suite struct TZifFileTests {
  @Test("Changes hold from their second on")
  func changes() throws {
    let file = ZoneFileBytes(
      changes: [(-1000, 1), (0, 0), (1000, 2)], types: [(3600, false), (7200, true), (-3600, false)])
    let rules = try TimeZoneRules(named: "Test", zoneFile: file.bytes)
    let offsets = [-5000, -1001, -1000, -1, 0, 999, 1000, 1_000_000].map {
      rules.offsetSeconds(at: Timestamp(seconds: $0))
    }
    #expect(offsets == [3600, 3600, 7200, 7200, 3600, 3600, -3600, -3600])
    #expect(rules.name == "Test")
  }

  @Test("Before the first change the first standard offset holds")
  func before() throws {
    let file = ZoneFileBytes(changes: [(0, 1)], types: [(7200, true), (3600, false)])
    #expect(try TimeZoneRules(named: "Test", zoneFile: file.bytes).offsetSeconds(at: Timestamp(seconds: -1)) == 3600)
  }

  @Test("A first change at the big bang gives the offset before all others")
  func bigBang() throws {
    let file = ZoneFileBytes(changes: [(-1 << 59, 1), (0, 0)], types: [(0, false), (1800, false)])
    let rules = try TimeZoneRules(named: "Test", zoneFile: file.bytes)
    #expect(rules.offsetSeconds(at: Timestamp(microseconds: .min)) == 1800)
    #expect(rules.offsetSeconds(at: Timestamp(seconds: 0)) == 0)
    #expect(rules.constantSpan(around: Timestamp(seconds: -1)).microseconds == Int64.min..<0)
  }

  @Test("A change into the same offset is none")
  func sameOffset() throws {
    let file = ZoneFileBytes(changes: [(0, 1), (100, 0)], types: [(3600, false), (3600, true)])
    let rules = try TimeZoneRules(named: "Test", zoneFile: file.bytes)
    #expect(rules.constantSpan(around: Timestamp(seconds: 0)).microseconds == Int64.min..<Int64.max)
  }

  @Test("Defects are errors", arguments: Defect.allCases)
  func defects(defect: Defect) throws {
    let whole = ZoneFileBytes(changes: [(0, 1), (100, 0)], types: [(0, false), (3600, true)])
    #expect(throws: Never.self) { try TimeZoneRules(named: "Test", zoneFile: whole.bytes) }
    #expect(throws: EventsError.self) { try TimeZoneRules(named: "Test", zoneFile: defect.bytes(from: whole)) }
  }

  /// What can be wrong with a zone file.
  enum Defect: String, CaseIterable {
    case empty, notAZoneFile, firstVersionOnly, noTypes, unknownType, descendingTimes, equalTimes, timeFarAhead
    case offsetTooFarEast, offsetTooFarWest, leapSeconds, noFooter, openFooter, unreadableRule, textAfterFooter
    case hugeCount

    func bytes(from whole: ZoneFileBytes) -> [UInt8] {
      var file = whole
      switch self {
      case .empty: return []
      case .notAZoneFile: file.magic = "TZiF"
      case .firstVersionOnly: file.version = 0
      case .noTypes: (file.changes, file.types) = ([], [])
      case .unknownType: file.changes[1].type = 2
      case .descendingTimes: file.changes[1].second = -1
      case .equalTimes: file.changes[1].second = 0
      case .timeFarAhead: file.changes[1].second = .max
      case .offsetTooFarEast: file.types[1].offset = 93_600
      case .offsetTooFarWest: file.types[1].offset = -90_000
      case .leapSeconds: file.leapSecondCount = 1
      case .noFooter: file.footer = ""
      case .openFooter: file.footer = "\nUTC0"
      case .unreadableRule: file.footer = "\nnonsense\n"
      case .textAfterFooter: file.footer = "\nUTC0\nmore"
      case .hugeCount:
        var bytes = file.bytes
        bytes[44 + 32] = 0xFF
        return bytes
      }
      return file.bytes
    }
  }

  @Test("No cut of a file is a file", arguments: ["America/New_York", "Africa/Casablanca", "Asia/Kolkata"])
  func cuts(zone: String) throws {
    let whole = try systemZoneFile(zone)
    for count in 0..<whole.count {
      #expect(throws: EventsError.self, "\(count) bytes") {
        try TimeZoneRules(named: zone, zoneFile: Array(whole[..<count]))
      }
    }
  }

  @Test("Damaged bytes are an error or rules, never a trap", arguments: [1, 2, 3, 4] as [UInt64])
  func damage(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let zones = ["America/New_York", "Europe/Dublin", "Asia/Kolkata", "Pacific/Apia"]
    let whole = try systemZoneFile(zones[Int(seed) % zones.count])
    for _ in 0..<1500 {
      var bytes = whole
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let index = Int.random(in: bytes.indices, using: &random)
        bytes[index] =
          [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      // The rule at the end is few bytes of many: damage it as often as the rest.
      if Bool.random(using: &random) {
        let index = Int.random(in: max(0, bytes.count - 25)..<bytes.count, using: &random)
        bytes[index] = Array("0123456789,./-+MJ<>\nA".utf8).randomElement(using: &random) ?? 0
      }
      exercise(bytes)
    }
  }

  @Test("Damaged counts and times of a small file never trap", arguments: [5, 6] as [UInt64])
  func smallDamage(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    var file = ZoneFileBytes(changes: [(0, 1), (100, 0)], types: [(0, false), (3600, true)])
    file.footer = "\nAAA0BBB,M3.2.0/2,M11.1.0/-2\n"
    for _ in 0..<20_000 {
      var bytes = file.bytes
      for _ in 0...2 {
        let index = Int.random(in: 44..<bytes.count, using: &random)
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      exercise(bytes)
    }
  }

  @Test("Every zone of the system is read")
  func everyZone() throws {
    let folder = URL(filePath: zoneFolder)
    let table = try String(contentsOf: folder.appending(path: "tzdata.zi"), encoding: .utf8)
    let names = table.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.first == "Z" ? String(words[1]) : nil
    }
    #expect(names.count > 300)
    for name in names { #expect(throws: Never.self, "\(name)") { try TimeZoneRules(named: name) } }
  }
}

private let zoneFolder = ProcessInfo.processInfo.environment["TZDIR"] ?? "/usr/share/zoneinfo"

private func systemZoneFile(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: "\(zoneFolder)/\(name)")))
}

/// Reads `bytes` and asks all that rules can be asked.
private func exercise(_ bytes: [UInt8]) {
  guard let rules = try? TimeZoneRules(named: "Damaged", zoneFile: bytes) else { return }
  var clock = DayClock(rules)
  for second in [-70_000_000_000, -2_000_000_000, 0, 1_785_587_400, 4_000_000_000, 8_000_000_000] as [Int64] {
    let instant = Timestamp(seconds: second)
    let span = rules.constantSpan(around: instant)
    #expect(span.microseconds.contains(instant.microseconds))
    #expect(span.offsetMicroseconds == Int64(rules.offsetSeconds(at: instant)) * 1_000_000)
    let day = clock.day(of: instant.microseconds)
    #expect(day == rules.day(of: instant))
    _ = rules.start(of: day)
  }
}
