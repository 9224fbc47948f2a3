import Events
import Ingest
import Segments
import Testing

@Suite("dataset.yaml")
struct DatasetFileTests {
  static let base = "time: t\nmember: m\nevent: e\n"

  static let mistakes: [(String, String)] = [
    ("time: t\nmember: m\nevent: e\nformt: csv", "dataset.yaml:4:1: unknown key 'formt'. Did you mean 'format'?"),
    ("time: t\nmember: m\n", "dataset.yaml:1:1: the key 'event' is missing."),
    ("member: m\nevent: e\n", "dataset.yaml:1:1: the key 'time' is missing."),
    ("time: t\nevent: e\n", "dataset.yaml:1:1: the key 'member' is missing."),
    (
      base + "format: cvs",
      "dataset.yaml:4:9: 'cvs' is not a format. Did you mean 'csv'? Known: jsonl, json, csv, tsv, space, parquet, access-log."
    ),
    (base + "format: csv\nrecords: m", "dataset.yaml:5:10: 'records' is for JSON."),
    (base + "records: []", "dataset.yaml:4:10: expected the key of the records here"),
    (base + "records: a..b", "dataset.yaml:4:10: 'a..b' is not the path of a field."),
    (base + "properties: {a: []}", "dataset.yaml:4:17: expected a field here"),
    ("time: []\nmember: m\nevent: e", "dataset.yaml:1:7: expected a field here"),
    ("time: $file\nmember: m\nevent: e", "dataset.yaml:1:1: '$file' cannot be a time or a condition."),
    (base + "events: []", "dataset.yaml:4:9: 'event' and 'events' cannot both be given."),
    (
      "time: t\nmember: m\nevents: [{event: e, when: {field: a, equals: b, differs: c}}]",
      "dataset.yaml:3:27: expected one of 'equals', 'differs' and 'present'"
    ),
    (base + "duplicates: ids", "dataset.yaml:4:13: 'ids' is not a rule for duplicates. Did you mean 'id'?"),
    (
      base + "dimensions: {platfrm: x}",
      "dataset.yaml:4:23: the workspace declares no dimension 'platfrm'. Did you mean 'platform'?"
    ),
    (base + "properties: keep", "dataset.yaml:4:13: 'keep' does not say which properties to keep."),
    (base + "properties: [a.x, b.x]", "dataset.yaml:4:19: two properties are called 'x'."),
    (base + "properties: {a: {constnt: x}}", "dataset.yaml:4:18: unknown key 'constnt'. Did you mean 'constant'?"),
    (base + "format: csv\ndelimiter: ab", "dataset.yaml:5:12: expected one ASCII character."),
    (base + "format: tsv\ndelimiter: a", "dataset.yaml:5:12: a delimiter is for csv only."),
    (base + "header: [a, a]", "dataset.yaml:4:9: expected the names of the columns, each once"),
    ("time: {field: t, format: unix}\nmember: m\nevent: e", "dataset.yaml:1:26: 'unix' is not a format of times."),
    ("time: {field: t, zone: Mars/City}\nmember: m\nevent: e", "dataset.yaml:1:24: unknown time zone 'Mars/City'."),
    ("time: {format: iso8601}\nmember: m\nevent: e", "dataset.yaml:1:7: the key 'field' is missing"),
    ("time: a..b\nmember: m\nevent: e", "dataset.yaml:1:7: 'a..b' is not the path of a field."),
    (base + "events: [{event: x}]", "dataset.yaml:4:9: 'event' and 'events' cannot both be given."),
    ("time: t\nmember: m\nevents: []", "dataset.yaml:3:9: expected 1 to 256 kinds of event here"),
    ("time: t\nmember: m\nevents: [{evnt: x}]", "dataset.yaml:3:11: unknown key 'evnt'. Did you mean 'event'?"),
    ("time: t\nmember: m\nevents: [{time: x}]", "dataset.yaml:3:10: the key 'event' is missing."),
    (
      "time: t\nmember: m\nevents: [{event: x, when: {field: f}}]",
      "dataset.yaml:3:27: expected one of 'equals', 'differs' and 'present'"
    ),
  ]

  @Test("A mistake is named with its place", arguments: mistakes)
  func mistake(yaml: String, message: String) {
    let error = #expect(throws: StoreError.self) { try dataset(yaml) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test("A file without a column that is mapped is an error with the nearest name")
  func missingColumn() throws {
    let description = try dataset("format: csv\ntime: at\nmember: userid\nevent: {constant: x}")
    let file = try TemporaryFile("at,user_id\n2026-08-01,a\n".utf8, suffix: ".csv")
    let error = #expect(throws: IngestError.self) { try parseFile(file.path, description) }
    #expect(error?.code == .header && error?.file == file.path)
    #expect(error?.message == "there is no column 'userid'")
    #expect(error?.hint == "Did you mean 'user_id'? The columns are: at, user_id.")
  }

  @Test("Two columns of one name are an error")
  func twoColumns() throws {
    let error = #expect(throws: IngestError.self) { try parseText("ts,user_id,event,ts\n", suffix: ".csv") }
    #expect(error?.message == "two columns are called 'ts'")
  }

  static let logs: [(String, String, String, [String])] = [
    (
      "nested fields, the rest pruned", "time: at\nmember: actor.id\nevent: type\ndimensions: {community: repo.id}",
      #"{"at":"2026-08-01","type":"x","actor":{"id":7,"login":"l"},"repo":{"id":8},"deep":{"a":{"b":1}}}"#,
      [#"2026-08-01T00:00:00Z 7 x [8,-,-,-,-] {"actor":{"login":"l"},"deep":{"a":{"b":1}}} id -"#]
    ),
    (
      "a field where an object is expected", "time: at\nmember: m\nevent: e\ndimensions: {community: repo.id}",
      #"{"at":"2026-08-01","m":1,"e":"x","repo":"text"}"#,
      [#"2026-08-01T00:00:00Z 1 x [-,-,-,-,-] {"repo":"text"} id -"#]
    ),
    (
      "the last of two objects counts", "time: at\nmember: a.id\nevent: e",
      #"{"at":"2026-08-01","a":{"id":1,"x":1},"e":"x","a":{"id":2}}"#, ["2026-08-01T00:00:00Z 2 x [-,-,-,-,-] - id -"]
    ),
    (
      "a whole object and a part of it", "time: at\nmember: a.id\nevent: e\nproperties: [a, b]",
      #"{"at":"2026-08-01","a":{"id":"1","c":null},"e":"x","b":"\u0041"}"#,
      [#"2026-08-01T00:00:00Z 1 x [-,-,-,-,-] {"a":{"c":null,"id":"1"},"b":"A"} id -"#]
    ),
    (
      "named properties",
      "time: at\nmember: m\nevent: {constant: e}\nproperties: {size: p.n, web: {constant: 1}, gone: q}",
      #"{"at":"2026-08-01","m":"a","p":{"n":2.50},"x":1}"#,
      [#"2026-08-01T00:00:00Z a e [-,-,-,-,-] {"size":2.50,"web":1} id -"#]
    ),
    (
      "properties from an object alone", "time: at\nmember: m\nevent: e\nproperties: none\nproperties-from: data.more",
      #"{"at":"2026-08-01","m":"a","e":"x","data":{"more":{"b":1},"c":2},"d":3}"#,
      [#"2026-08-01T00:00:00Z a x [-,-,-,-,-] {"b":1} id -"#]
    ),
    (
      "properties from an object and the rest", "time: at\nmember: m\nevent: e\nproperties-from: data.more",
      #"{"at":"2026-08-01","m":"a","e":"x","data":{"more":{"b":1},"c":2},"b":3}"#,
      [#"2026-08-01T00:00:00Z a x [-,-,-,-,-] {"b":1,"data":{"c":2}} id -"#]
    ),
    (
      "the zone of the dataset", "time: {field: at, zone: America/New_York}\nmember: m\nevent: e\nproperties: none",
      #"{"at":"2026-08-01 00:00:00","m":true,"e":"x","y":1}"#, ["2026-08-01T04:00:00Z true x [-,-,-,-,-] - id -"]
    ),
    (
      "several kinds of event from one line",
      """
      member: user
      event-id: case
      dimensions: {platform: via}
      properties: none
      events:
        - {event: {constant: applied}, time: applied_at, when: {field: applied_at, present: true}}
        - event: {constant: funded}
          time: funded_at
          member: funder
          when: {field: funded_at, present: true}
          dimensions: {community: {constant: money}}
        - {event: kind, time: at, when: {field: kind, equals: [view, like]}}
        - {event: {constant: silent}, time: at, when: {field: kind, present: false}}
      """,
      #"""
      {"case":"c1","user":"u","funder":"f","applied_at":"2026-08-01","funded_at":"2026-08-02","kind":"x","via":"web"}
      {"case":"c2","user":"u","applied_at":null,"kind":"li\u006be","at":"2026-08-03"}
      {"case":"c3","user":"u","kind":"nothing"}
      {"case":"c3","user":"u","at":"2026-08-04"}
      """#,
      [
        "2026-08-01T00:00:00Z u applied [-,web,-,-,-] - id c1",
        "2026-08-02T00:00:00Z f funded [money,web,-,-,-] - id c1",
        "2026-08-03T00:00:00Z u like [-,-,-,-,-] - id c2", "2026-08-04T00:00:00Z u silent [-,-,-,-,-] - id c3",
      ]
    ),
    (
      "columns without names", "format: csv\nheader: false\ndelimiter: ';'\ntime: 2\nmember: 1\nevent: {constant: e}",
      "a;2026-08-01;x\nb;2026-08-02\n",
      [#"2026-08-01T00:00:00Z a e [-,-,-,-,-] {"3":"x"} id -"#, "2026-08-02T00:00:00Z b e [-,-,-,-,-] - id -"]
    ),
    (
      "blanks between columns",
      "format: space\ntime: {field: 3, format: unix-seconds}\nmember: 1\nevent: {constant: e}\nproperties: {to: 2}",
      "a  b 1785587400\n\n c\td 1785587401 \n",
      [
        #"2026-08-01T12:30:00Z a e [-,-,-,-,-] {"to":"b"} id -"#,
        #"2026-08-01T12:30:01Z c e [-,-,-,-,-] {"to":"d"} id -"#,
      ]
    ),
    (
      "tabs between columns", "format: tsv\ntime: t\nmember: m\nevent: e", "t\tm\te\tx\n2026-08-01\t\"a\tb\t\n",
      [#"2026-08-01T00:00:00Z "a b [-,-,-,-,-] - id -"#]
    ),
  ]

  @Test("What it says is done", arguments: logs)
  func log(name: String, yaml: String, text: String, rows: [String]) throws {
    let log = try parseText(text, dataset(yaml))
    #expect(log.rejected == [])
    #expect(log.rows.map(\.description) == rows)
  }

  @Test("Of several kinds each has its own identity, and a line of none is counted")
  func kinds() throws {
    let description = try dataset(
      "time: t\nmember: m\nevent-id: i\n"
        + "events: [{event: {constant: a}}, {event: {constant: b}}, {event: c, when: {field: c, present: true}}]"
    )
    let log = try parseText(#"{"t":"2026-08-01","m":"x","i":"1"}"#, description)
    #expect(Set(log.rows.map(\.identity.idHash)).count == 2)
    let none = try parseText(
      "{\"t\":1}\n", dataset("time: t\nmember: m\nevents: [{event: c, when: {field: c, present: true}}]"))
    #expect(none.rows == [] && none.rejected == [] && none.unmatchedLineCount == 1)
  }

  @Test("With duplicates: line the content is the id")
  func lineRule() throws {
    let description = try dataset("time: t\nmember: m\nevent: e\nevent-id: i\nduplicates: line")
    let log = try parseText(
      "{\"t\":\"2026-08-01\",\"m\":\"x\",\"e\":\"y\",\"i\":1}\n{\"t\":\"2026-08-01\",\"m\":\"x\",\"e\":\"y\"}",
      description)
    #expect(log.rows.map(\.identity.idHash) == log.rows.map(\.identity.contentHash))
    #expect(log.rows[0].identity == log.rows[1].identity)
  }

  @Test("Two rejected records of one line have the same place")
  func twoRejected() throws {
    let description = try dataset(
      "time: t\nmember: m\nevents: [{event: {constant: a}}, {event: {constant: b}, time: u}]")
    let log = try parseText(#"{"t":"2026-08-01","u":"x"}"#, description)
    #expect(log.rejected.map(\.reason) == [.missingMember, .unreadableTime])
    #expect(log.rejected.map(\.line) == [1, 1])
  }
}
