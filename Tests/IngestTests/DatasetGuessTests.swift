import Events
import Foundation
import Ingest
import Segments
import TestSupport
import Testing

@Suite("Proposed datasets")
struct DatasetGuessTests {
  static func guess(_ path: String, schema: EventSchema = testSchema) throws -> DatasetGuess {
    try DatasetGuess(of: path, schema: schema, workspaceFolder: repositoryFolder, latest: testArrival)
  }

  /// What a proposal reads, with nothing else said.
  static func ingest(_ guess: DatasetGuess, settings: String = PresetTests.settings) async throws -> IngestReport {
    let temporary = try TemporaryWorkspace(settings)
    let yaml = try YAMLValue(text: guess.yaml, file: "\(repositoryFolder)/datasets/guessed/dataset.yaml")
    let description = try DatasetDescription(yaml, name: "guessed", schema: temporary.workspace.settings.schema)
    let sources = LogSource.files(of: description, folder: "/")
    try #require(!sources.isEmpty, "the path of the proposal names no file")
    return try await IngestRun(temporary.workspace, arrival: testArrival, rejectLimit: 1).load(sources)
  }

  static let logs: [(preset: String, path: String)] = PresetTests.names.flatMap { name in
    PresetTests.logs(of: name).map { (name, $0) }
  }

  @Test("Each export is known by its marks, and its proposal reads what the preset reads", arguments: logs)
  func presets(preset: String, path: String) async throws {
    let guess = try Self.guess(path)
    #expect(guess.yaml.contains("\npreset: \(preset) "), "\(guess.yaml)")
    let report = try await Self.ingest(guess)
    let temporary = try TemporaryWorkspace(PresetTests.settings)
    let description = try Presets(workspaceFolder: repositoryFolder)
      .description(preset, schema: temporary.workspace.settings.schema)
    let sources = try LogSource.files([path], from: "/", as: description)
    let expected = try await IngestRun(temporary.workspace, arrival: testArrival, rejectLimit: 1).load(sources)
    #expect(report.totals == expected.totals)
    #expect(report.totals.stored > 0)
  }

  static let samples = [
    "\(repositoryFolder)/datasets/collegemsg/sample.txt", "\(repositoryFolder)/datasets/zulip-lean/sample.csv",
    "\(repositoryFolder)/datasets/gharchive/sample.jsonl",
  ]

  @Test("The proposal for a sample of the repository reads all of it", arguments: samples)
  func sample(path: String) async throws {
    let report = try await Self.ingest(Self.guess(path))
    #expect(report.totals.rejected == 0)
    #expect(report.totals.stored > 30)
  }

  /// Nil where the real logs are not there. A path counts from the repository.
  static let realLogs = ProcessInfo.processInfo.environment["MUSTER_REAL_LOGS"]
    .map { URL(fileURLWithPath: $0, relativeTo: URL(fileURLWithPath: repositoryFolder + "/")).path }
    .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

  @Test(
    "The proposal for a real log reads all of it", .enabled(if: realLogs != nil, "MUSTER_REAL_LOGS names no folder"),
    arguments: [
      ("collegemsg/CollegeMsg.txt", 59_835, ["member: 1"]),
      ("zulip-lean/messages.csv.gz", 956_250, ["member: user", "event-id: msg_id"]),
      ("gharchive/2015-01-01-12.json.gz", 8273, ["preset: gharchive"]),
    ])
  func realLog(name: String, count: Int, lines: [String]) async throws {
    let guess = try Self.guess("\(try #require(Self.realLogs))/\(name)")
    for line in lines { #expect(guess.yaml.contains("\n\(line) "), "\(guess.yaml)") }
    let report = try await Self.ingest(guess)
    #expect(report.totals.read == count)
    #expect(report.totals.rejected == 0)
  }

  @Test("In a long sample an id of records stays one, and is no dimension")
  func manyIDs() throws {
    let rows = (0..<9000).map { "2026-08-01T12:00:00Z,u\($0 % 7),m\($0),s\($0 % 3)\n" }.joined()
    let file = try TemporaryFile("ts,user,msg_id,stream\n\(rows)".utf8, suffix: ".csv")
    let yaml = try Self.guess(file.path).yaml
    #expect(yaml.contains("\nevent-id: msg_id "), "\(yaml)")
    #expect(yaml.contains("9000 different values in 9000 records"), "\(yaml)")
  }

  /// A log, its suffix, and lines of the proposal.
  static let forms: [(String, String, [String])] = [
    (
      (0..<60).map {
        #"{"event_id":"e\#($0)","ts":"2026-08-01T12:00:0\#($0 % 10)Z","user_id":"u\#($0 % 7)","event":"\#($0 % 3 == 0 ? "like" : "view")","platform":"ios"}"#
      }
      .joined(separator: "\n") + "\n", ".jsonl",
      [
        "time: {field: ts, format: iso8601}", "member: user_id", "event: event", "event-id: event_id",
        "  platform: platform",
      ]
    ),
    (
      "wann;wer;was\n" + (0..<50).map { "0\($0 % 9 + 1).03.2026 10:0\($0 % 10);m\($0 % 6);post\n" }.joined(), ".csv",
      [
        "format: csv", "delimiter: \";\"", "header: true", "time: {field: wann, format: \"%d.%m.%Y %H:%M\"}",
        "member: wer",
      ]
    ),
    (
      (0..<50).map { "\(1_772_359_200_000 + $0)\tp\($0 % 9)\t\($0)\n" }.joined(), ".tsv",
      ["format: tsv", "header: false", "time: {field: 1, format: unix-milliseconds}", "member: 2"]
    ),
    (
      #"{"meta":{"tags":[{"a":1}]},"data":{"items":["#
        + (0..<40).map { #"{"when":177235920\#($0 % 10),"author":{"id":\#($0 % 5)},"action":"a\#($0 % 2)"}"# }
        .joined(separator: ",") + "]}}", ".json",
      [
        "format: json", "records: data.items", "time: {field: when, format: unix-seconds}", "member: author.id",
        "event: action",
      ]
    ),
    (
      "[" + (0..<40).map { #"{"date":"2026-08-0\#($0 % 9 + 1)","user":"u\#($0 % 5)"}"# }.joined(separator: ",\n") + "]",
      ".json",
      ["records: \"*\"", "time: {field: date, format: iso8601}", "member: user", "event: {constant: event}"]
    ),
  ]

  @Test("Form, time and member of a log that no preset knows are proposed, and all of it is read", arguments: forms)
  func form(text: String, suffix: String, lines: [String]) async throws {
    let file = try TemporaryFile(text.utf8, suffix: suffix)
    let guess = try Self.guess(file.path)
    for line in lines {
      #expect(guess.yaml.split(separator: "\n").contains { $0.hasPrefix(line) }, "\(line) is not in:\n\(guess.yaml)")
    }
    let report = try await Self.ingest(guess)
    #expect(report.totals.rejected == 0)
    #expect(report.totals.stored >= 40)
  }

  static let doubtful: [(String, String, String)] = [
    ("a b 1772359200\nc d 1772359300\na d 1772359400\n", ".txt", "no field is called like a member id"),
    ("at,user\n01/02/2026 10:00,a\n03/04/2026 10:00,b\n", ".csv", "day and month could be the other way round"),
    ("at,user\n2026-02-01 10:00:00,a\n2026-02-01 10:00:00,b\n", ".csv", "the times name no zone"),
    ("ts,user\n2026-02-01T10:00:00Z,a\n2026-02-01T10:00:01Z,b\n", ".csv", "no field names what happened"),
  ]

  @Test("What is not certain is said", arguments: doubtful)
  func doubt(text: String, suffix: String, said: String) throws {
    let file = try TemporaryFile(text.utf8, suffix: suffix)
    let guess = try Self.guess(file.path)
    #expect(guess.doubts.contains { $0.contains(said) }, "\(guess.doubts)")
  }

  static let refused: [(String, IngestError.Code, String)] = [
    ("", .cannotRead, "empty"), ("  \n \n", .cannotRead, "empty"), ("PAR1\u{15}", .cannotRead, "Parquet"),
    ("a\u{0}b", .cannotRead, "no UTF-8 text"), ("hello\nworld\n", .cannotRead, "no form in common"),
    ("{\"user\":\"a\"}\n{\"user\":\"b\"}\n", .header, "no field of the log holds instants"),
    ("{\"ts\":\"2026-08-01T00:00:00Z\"}\n", .header, "can be a member id"), ("{", .header, "instants"),
  ]

  @Test("No proposal is made where there is nothing to go by", arguments: refused)
  func refusal(text: String, code: IngestError.Code, said: String) throws {
    let file = try TemporaryFile(text.utf8, suffix: ".log")
    let error = #expect(throws: IngestError.self) { try Self.guess(file.path) }
    #expect(error?.code == code)
    #expect(error?.message.contains(said) == true, "\(error!)")
  }

  @Test("Noise is refused or proposed, and never a crash", arguments: UInt64(1)...60)
  func noise(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    let pieces = [
      "{", "}", "[", "]", "\"", ",", ":", "\n", "ts", "user", "1772359200", "2026-08-01", "\\", " ", "\t", "é",
      "{\"a\":", "[{",
    ]
    let text = (0..<Int.random(in: 1...400, using: &numbers)).map { _ in pieces.randomElement(using: &numbers)! }
      .joined()
    let file = try TemporaryFile(text.utf8, suffix: ".json")
    do { _ = try Self.guess(file.path) } catch let error as IngestError { #expect(!error.hint.isEmpty) }
  }
}
