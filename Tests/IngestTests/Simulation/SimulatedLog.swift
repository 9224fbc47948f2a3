import Events
import Foundation
import Testing

import Ingest

/// A simulated log in memory.
struct SimulatedLog {
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
func tiny(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
  var options = SimulationOptions()
  options.memberCount = 300
  options.eventCount = 4_000
  options.dayCount = 14
  change(&options)
  return options
}

/// The text between `"field":"` and the next quote.
func field(_ name: String, of line: Substring) -> Substring? {
  guard let start = line.range(of: "\"\(name)\":\"")?.upperBound else { return nil }
  return line[start...].prefix { $0 != "\"" }
}

func instant(of line: Substring) throws -> Timestamp {
  let text = try #require(field("ts", of: line))
  return try #require(Timestamp(iso8601: String(text)))
}
