import Ingest
import Segments
import Testing

@Suite("dataset.yaml of members")
struct DatasetMembersTests {
  @Test(
    "What members cannot have is an error with its place",
    arguments: [
      ("kind: members\nmember: id\ntime: at", "dataset.yaml:3:7: members have no 'time'."),
      ("kind: members\nmember: id\nevent: {constant: x}", "dataset.yaml:3:8: members have no 'event'."),
      ("kind: members\nmember: id\nproperties: rest", "dataset.yaml:3:13: members have no 'properties'."),
      ("kind: members\nattributes: rest", "dataset.yaml:1:1: the key 'member' is missing."),
      ("kind: members\nmember: id\nattributes: none", "dataset.yaml:3:13: members without attributes say nothing"),
      ("kind: member\nmember: id", "dataset.yaml:1:7: 'member' is not a kind of dataset. Did you mean 'members'?"),
      ("time: t\nmember: m\nevent: e\nattributes: [a]", "dataset.yaml:4:13: only members have attributes."),
    ])
  func mistake(yaml: String, message: String) {
    let error = #expect(throws: StoreError.self) { try dataset(yaml) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
  }

  @Test(
    "Attributes are the columns that are named, or all others",
    arguments: [
      ("attributes: rest", "id,arm,city\n7,a,\n8,,Rome\n", ".csv", ["7 [a,-]", "8 [-,Rome]"]),
      ("attributes: {town: city}", "id,arm,city\n7,a,\n8,,Rome\n", ".csv", ["7 [-]", "8 [Rome]"]),
      (
        "attributes: [arm, a.b]", #"{"id":7,"arm":{"x": 1},"a":{"b":2.50}}"# + "\n" + #"{"id":"x"}"#, ".jsonl",
        [#"7 [{"x":1},2.50]"#, "x [-,-]"]
      ),
      ("attributes: rest", "", ".csv", []),
    ])
  func rows(yaml: String, text: String, suffix: String, rows: [String]) throws {
    let log = try parseText(text, dataset("kind: members\nmember: id\n" + yaml), suffix: suffix)
    let found = log.rows.map { "\($0.member) [\($0.dimensions.map { $0 ?? "-" }.joined(separator: ","))]" }
    #expect(found == rows)
    #expect(log.rejected == [])
  }

  @Test("All attributes of a log without names of columns cannot be asked for")
  func unnamed() {
    let error = #expect(throws: IngestError.self) {
      try parseText(#"{"id":1}"#, dataset("kind: members\nmember: id"), suffix: ".jsonl")
    }
    #expect(error?.code == .configuration && error?.hint.contains("attributes: [city, role]") == true)
  }

  @Test("A row without an id is rejected, whatever it says")
  func noMember() throws {
    let log = try parseText("id,arm\n,a\n8,b\n", dataset("kind: members\nmember: id"), suffix: ".csv")
    #expect(log.rejected.map(\.reason) == [.missingMember] && log.rows.count == 1)
  }
}
