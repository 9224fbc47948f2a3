import Foundation
import TestSupport
import Testing

/// A store that was reindexed answers like one that was fed the same logs under the new settings.
@Suite struct ReindexTests {
  @Test(
    "Another time zone, also one with clock changes: every answer is that of a fresh ingest, and back again",
    arguments: ["America/New_York", "Asia/Shanghai", "Pacific/Apia", "America/Havana", "Australia/Lord_Howe"])
  func zones(_ zone: String) throws {
    let store = try HourlyStore()
    let utc = store.answers()
    try store.workspace.write("time-zone: \(zone)\n", to: "muster.yaml")
    let refused = store.workspace.muster("query", "activity")
    #expect(refused.status == 64 && refused.complaint.contains("muster store reindex"), "\(refused.complaint)")
    let run = store.workspace.muster("store", "reindex")
    #expect(run.status == 0 && run.output.contains("time zone UTC → \(zone)"), "\(run.output)\(run.complaint)")
    store.feed("fresh")
    #expect(store.answers() == store.answers("fresh"))
    #expect(store.answers() != utc)
    #expect(store.check().status == 0, "\(store.check().output)")
    try store.workspace.write("time-zone: UTC\n", to: "muster.yaml")
    #expect(store.workspace.muster("store", "reindex").status == 0)
    #expect(store.answers() == utc)
    #expect(store.workspace.muster("store", "reindex").output.contains("nothing to do"))
  }

  static let log =
    (0..<600).map { number in
      let second = number % 60 < 10 ? "0\(number % 60)" : "\(number % 60)"
      let properties = [
        #"{"lang":"en","n":\#(number % 7)}"#, #"{"n":1,"lang":"a\"b\\c\u0001\té"}"#, #"{"lang":null}"#, #"{"lang":7}"#,
        #"{"lang":{"b":[1,2],"a":true},"x":"y"}"#, #"{"push_id":"p\#(number % 3)","arm":"A"}"#, "{}",
      ][number % 7]
      return #"{"event_id":"e\#(number)","ts":"2025-03-0\#(1 + number % 9)T1\#(number % 10):00:\#(second)Z","#
        + #""user_id":"m\#(number % 40)","event":"view","platform":"p\#(number % 2)","community_id":"c\#(number % 3)","#
        + #""properties":\#(properties)}"#
    }.joined(separator: "\n") + "\n"

  @Test(
    "Other dimensions: a new one comes from the properties, one that is gone goes back there",
    arguments: [
      "[platform, lang]", "[]", "[community, platform, content, push, arm, n]", "[arm, push, platform]",
    ])
  func dimensions(_ list: String) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(Self.log, to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    try workspace.write("dimensions: \(list)\n", to: "muster.yaml")
    #expect(workspace.muster("ingest", "log.jsonl").status == 64)
    #expect(workspace.muster("store", "reindex").status == 0)
    #expect(workspace.muster("ingest", "--store", "fresh", "log.jsonl").status == 0)
    let names = list.dropFirst().dropLast().split(separator: ",").map { $0.replacing(" ", with: "") }
    func answers(_ store: String) -> String {
      let conditions = ["lang", "n", "community_id", "platform", "push_id", "arm", "x"].filter { !names.contains($0) }
        .flatMap { ["properties.\($0) is not null", "properties.\($0) >= 'c'", "properties.\($0) = 1"] }
      let questions =
        [["activity", "--by", (["event"] + names).joined(separator: ",")], ["retention", "--periods", "3"]]
        + (conditions + ["properties.lang.a = true"].filter { _ in !names.contains("lang") })
        .map { ["activity", "--where", $0] }
      return questions.map { question in
        let run = workspace.start(["query"] + question + ["--store", store, "--format", "csv", "--quiet"]).wait()
        return "\(question): \(run.status)\n\(run.output)\(run.complaint)"
      }.joined()
    }
    let said = answers(".muster")
    #expect(!said.contains(": 64") && said.contains("2025-03-09"), "\(said)")
    #expect(said == answers("fresh"))
    #expect(workspace.muster("store", "check").status == 0)
  }

  /// Fields of `properties`, beside it, in both, in either order, empty, null, twice.
  private static let places = [
    #""city":"beside""#, #""properties":{"city":"inside"}"#, #""city":"beside","properties":{"city":"inside"}"#,
    #""properties":{"city":"inside"},"city":"beside""#, #""city":"beside","properties":{"city":null,"n":1}"#,
    #""properties":{"city":null},"city":"beside""#, #""properties":{"n":1,"city":null},"city":"beside""#,
    ##""city":"beside","properties":{"city":""}"##, #""city":null,"properties":{"n":2}"#, #""city":"","n":3"#,
    #""city":7,"properties":null"#, #""city":{"b":1,"a":[]},"properties":{}"#, #""properties":"city","city":"beside""#,
    #""properties":{"city":"first"},"city":"beside","properties":{"n":4}"#, #""city":"first","city":"beside""#,
    #""push_id":"p1","arm":"A","platform":"ios","community_id":"c""#,
    #""push_id":"p1","properties":{"push_id":"p2","arm":"B"},"arm":"A""#, #""city":"a\"\u00e9","user":"x""#,
    #""user_id":"again","properties":{"user_id":"inside","event_id":"e"}"#,
  ]

  @Test(
    "A field becomes the same dimension whether it is declared before its log is loaded or after",
    arguments: ["[city]", "[push, arm, city]", "[community, platform, content, push, arm, user_id, city]"])
  func declaredLater(_ list: String) throws {
    let lines = Self.places.enumerated().map { number, fields in
      #"{"ts":"2025-03-01T10:00:\#(10 + number)Z","user_id":"m\#(number)","event":"view",\#(fields)}"#
    }
    let rows =
      "ts,user_id,event,city,arm,properties\n" + "2025-03-01T11:00:00Z,a,view,beside,,\n"
      + #"2025-03-01T11:00:01Z,b,view,beside,A,"{""city"":""inside""}""# + "\n2025-03-01T11:00:02Z,c,view,7,,{}\n"
    let workspace = try BinaryWorkspace(settings: "dimensions: []\n")
    try workspace.write(lines.joined(separator: "\n") + "\n", to: "log.jsonl")
    try workspace.write(rows, to: "log.csv")
    func ingest(_ store: String) -> [Int32] {
      ["log.jsonl", "log.csv"].map { workspace.muster("ingest", $0, "--store", store, "--quiet").status }
    }
    #expect(ingest(".muster") == [0, 0])
    try workspace.write("dimensions: \(list)\n", to: "muster.yaml")
    #expect(workspace.muster("store", "reindex").status == 0)
    #expect(ingest("fresh") == [0, 0])
    let reindexed = try workspace.storedRows()
    #expect(try reindexed == workspace.storedRows("fresh"))
    #expect(reindexed.count == Self.places.count + 3 && reindexed.contains { $0.contains("m0 view") })
    let question = ["query", "activity", "--by", "city", "--format", "csv", "--quiet"]
    let answer = workspace.start(question).wait().output
    #expect(answer.contains("beside") && answer.contains("inside") && answer.contains("7,"), "\(answer)")
    #expect(answer == workspace.start(question + ["--store", "fresh"]).wait().output)
  }

  @Test("It says what it costs, changes nothing with --dry-run, and the old settings still work then")
  func dryRun() throws {
    let store = try HourlyStore()
    let before = store.answers()
    let content = try store.workspace.storeContent()
    try store.workspace.write("time-zone: Asia/Tokyo\ndimensions: [platform]\n", to: "muster.yaml")
    let dry = store.workspace.muster("store", "reindex", "--dry-run")
    #expect(dry.status == 0, "\(dry.complaint)")
    for words in ["time zone UTC → Asia/Tokyo", "dimension community → properties.community_id", "free"] {
      #expect(dry.output.contains(words), "\(dry.output)")
    }
    #expect(try store.workspace.storeContent() == content)
    try store.workspace.write("time-zone: UTC\n", to: "muster.yaml")
    #expect(store.answers() == before)
  }

  @Test("After a compaction and with expired days it still equals a fresh ingest of what is left")
  func together() throws {
    let store = try HourlyStore()
    #expect(store.workspace.muster("store", "compact").status == 0)
    try store.workspace.write("time-zone: Australia/Lord_Howe\n", to: "muster.yaml")
    #expect(store.workspace.muster("store", "reindex").status == 0)
    store.feed("fresh")
    #expect(store.answers() == store.answers("fresh"))
    for name in [".muster", "fresh"] {
      #expect(store.workspace.muster("store", "expire", "--before", "2025-03-09", "--store", name).status == 0)
    }
    #expect(store.answers() == store.answers("fresh"))
    #expect(store.check().status == 0)
  }
}
