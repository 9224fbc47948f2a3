import Columns
import Events
import Foundation
import Ingest
import Segments
import TestSupport
import Testing

/// Each folder of `Tests/Fixtures/Presets` holds small exports in their true form, made up, with what real ones have
/// of awkward records; `expected` beside them is what ingest makes of them.
///
/// `RECORD_SNAPSHOTS=1` writes it anew; that run fails, so that somebody looks at it.
@Suite("Presets")
struct PresetTests {
  static let fixtures = "\(repositoryFolder)/Tests/Fixtures/Presets"
  static let names = Presets(workspaceFolder: repositoryFolder).names

  /// The logs of a fixture: files, or a folder that the preset's own path reads.
  static func logs(of name: String) -> [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(fixtures)/\(name)")) ?? []
    return found.filter { $0 != "expected" }.sorted().map { "\(fixtures)/\(name)/\($0)" }
  }

  static let settings = """
    time-zone: UTC
    passive-events: [push_sent, wechat_user_summary, wechat_article_total]
    """

  @Test("There is a fixture for each preset, and a preset for each fixture")
  func complete() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.fixtures).sorted()
    #expect(folders == Self.names)
    #expect(folders.count == 15)
  }

  @Test("A preset makes of an export what it made before", arguments: names)
  func fixture(name: String) async throws {
    let temporary = try TemporaryWorkspace(Self.settings)
    let schema = temporary.workspace.settings.schema
    let description = try Presets(workspaceFolder: repositoryFolder).description(name, schema: schema)
    let sources = try LogSource.files(Self.logs(of: name), from: "/", as: description)
    #expect(!sources.isEmpty)
    var said = ""
    for source in sources {
      let log = try parseFile(source.path, source.description)
      said += "## \(source.path.dropFirst(Self.fixtures.count + name.count + 2))\n"
      said += log.rows.map { "\($0)\n" }.joined()
      for record in log.rejected {
        let text = String(decoding: record.text.prefix(60), as: UTF8.self).split(separator: "\n").joined(separator: " ")
        said +=
          "! line \(record.line) byte \(record.byteOffset) \(record.reason.rawValue): \(record.detail) | \(text)\n"
      }
    }
    let report = try await IngestRun(temporary.workspace, arrival: testArrival, rejectLimit: 1).load(sources)
    let totals = report.totals
    said += """
      ## stored
      read \(totals.read), stored \(totals.stored), duplicate \(totals.duplicate), rejected \(totals.rejected), \
      conflicts \(totals.conflicts)
      rejected: \(report.rejectionSummary)
      days: \(report.days.map { "\($0)" }.joined(separator: " "))

      """
    #expect(totals.read == totals.stored + totals.duplicate + totals.rejected)
    let golden = "\(Self.fixtures)/\(name)/expected"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try said.write(toFile: golden, atomically: true, encoding: .utf8)
      Issue.record("recorded \(golden): look at it, then run again without RECORD_SNAPSHOTS")
    }
    #expect(try String(contentsOfFile: golden, encoding: .utf8) == said)
  }

  @Test("A rejected record lies where its line and offset say", arguments: names)
  func places(name: String) throws {
    let description = try Presets(workspaceFolder: repositoryFolder).description(name, schema: testSchema)
    for source in try LogSource.files(Self.logs(of: name), from: "/", as: description) {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source.path)))
      for record in try parseFile(source.path, source.description).rejected where !record.text.isEmpty {
        let there = bytes[record.byteOffset...].prefix(record.text.count).map { $0 == 0x0A ? 0x20 : $0 }
        #expect(there == record.text.map { $0 == 0x0A ? 0x20 : $0 }, "\(source.path): \(record)")
        #expect(bytes[..<record.byteOffset].count { $0 == 0x0A } == record.line - 1, "\(source.path): \(record)")
      }
    }
  }

  @Test(
    "Totals are refused while they would count as activity", arguments: ["wechat-user-summary", "wechat-article-total"])
  func totals(name: String) async throws {
    let temporary = try TemporaryWorkspace()
    let presets = Presets(workspaceFolder: repositoryFolder)
    let description = try presets.description(name, schema: temporary.workspace.settings.schema)
    let sources = try LogSource.files(Self.logs(of: name), from: "/", as: description)
    let error = await #expect(throws: IngestError.self) {
      try await IngestRun(temporary.workspace, arrival: testArrival).load(sources)
    }
    #expect(error?.code == .configuration)
    #expect(error?.hint.contains("passive-events") == true)
  }

  @Test("What a dataset.yaml says beats its preset")
  func overriding() throws {
    let folder = "\(repositoryFolder)/datasets/mine"
    let yaml = """
      preset: mixpanel
      member: properties.$insert_id
      dimensions: {arm: properties.$city}
      """
    let value = try YAMLValue(text: yaml, file: "\(folder)/dataset.yaml")
    let description = try DatasetDescription(value, name: "mine", schema: testSchema)
    let log = try parseFile(Self.logs(of: "mixpanel").first { $0.hasSuffix("jsonl") }!, description)
    #expect(log.rows.first?.member == "a1")
    #expect(log.rows.first?.dimensions == [nil, nil, nil, nil, "München"])
  }

  static let faults: [(String, String)] = [
    ("preset: telegrm", "Did you mean 'telegram'?"), ("preset: ../presets/telegram", "no preset is called"),
    ("preset: telegram\nmembre: x", "Did you mean 'member'?"),
    ("preset: telegram\ndimensions: {comunity: x}", "Did you mean 'community'?"),
    ("preset: telegram\nmarks: [a]", "unknown key 'marks'"),
  ]

  @Test("A preset that cannot be meant is an error that helps", arguments: faults)
  func fault(yaml: String, said: String) throws {
    let error = #expect(throws: StoreError.self) {
      let value = try YAMLValue(text: yaml, file: "\(repositoryFolder)/datasets/mine/dataset.yaml")
      _ = try DatasetDescription(value, name: "mine", schema: testSchema)
    }
    #expect("\(error!)".contains(said), "\(error!)")
  }

  @Test("A dimension that the workspace does not declare becomes a property")
  func undeclared() throws {
    let schema = EventSchema(dimensions: ["platform"], passiveEvents: [])
    let description = try Presets(workspaceFolder: repositoryFolder).description("discord", schema: schema)
    let path = Self.logs(of: "discord").first { $0.hasSuffix("json") }!
    let reader = try LogReader(path: path, description: description)
    let parser = try reader.parser(schema: schema, communityZone: .utc, arrival: testArrival, keepsEventID: false)
    let batch = parser.parse(try #require(try reader.next()))
    #expect(batch.properties[0]?.contains(#""community":"800""#) == true)
  }
}
