import Columns
import Events
import Ingest
import Segments
import Testing

@Suite("The plain log")
struct PlainLogTests {
  static let lines: [(String, String)] = [
    (
      #"""
      {"event_id":"e1","ts":"2026-08-01T12:30:00.5Z","user_id":"u1","event":"like",\#
      "community_id":"c1","platform":"ios","content_id":"p1","properties":null}
      """#,
      "2026-08-01T12:30:00.500000Z u1 like [c1,ios,p1,-,-] - id e1"
    ),
    (
      #"""
      {"ts":"2026-08-01 12:30:00+08:00","user_id":"u1","event":"push_open",\#
      "properties":{"push_id":"p","arm":"20:20","experiment":"x","n":1}}
      """#,
      #"2026-08-01T04:30:00Z u1 push_open [-,-,-,p,20:20] {"experiment":"x","n":1} id -"#
    ),
    (
      #" { "user_id" : 17 , "event" : true, "ts" : 1785587400 , "extra" : [1, 2.50, {"b":1,"a":null}] } "#,
      #"2026-08-01T12:30:00Z 17 true [-,-,-,-,-] {"extra":[1,2.50,{"a":null,"b":1}]} id -"#
    ),
    (
      #"{"ts":1785587400123,"user_id":"\u5f20\ud83d\ude00\/","event":"a\tb","community_id":"","platform":null}"#,
      "2026-08-01T12:30:00.123000Z 张😀/ a\tb [-,-,-,-,-] - id -"
    ),
    (
      #"{"ts":1785587400123456,"user_id":"a","event":"b","arm":"top","properties":{"arm":"inner","\u0061rm":"last"}}"#,
      "2026-08-01T12:30:00.123456Z a b [-,-,-,-,last] - id -"
    ),
    (
      #"{"ts":"2026-08-01","user_id":"a","event":"b","x":1,"properties":{"x":2,"z":null},"x":3,"properties":{"x":4}}"#,
      #"2026-08-01T00:00:00Z a b [-,-,-,-,-] {"x":4} id -"#
    ),
    (
      #"{"ts":"2026-08-01","user_id":"a","event":"b","properties":"text","content_id":{"b":[],"a":"\u0041"}}"#,
      #"2026-08-01T00:00:00Z a b [-,-,{"a":"A","b":[]},-,-] {"properties":"text"} id -"#
    ),
    (
      #"{"ts":"2026-08-01","user_id":"a","event":"b","y":1,"y":null,"user_id":"c"}"#,
      "2026-08-01T00:00:00Z c b [-,-,-,-,-] - id -"
    ),
  ]

  @Test("A line becomes a record", arguments: lines)
  func line(line: String, record: String) throws {
    let log = try parseText(line + "\n")
    #expect(log.rejected == [])
    #expect(log.rows.map(\.description) == [record])
  }

  @Test("A CSV file with the same field names says the same")
  func csv() throws {
    let text = #"""
      event_id,ts,user_id,event,community_id,platform,content_id,properties,note
      e1,2026-08-01T12:30:00Z,u1,like,c1,ios,p1,,"a ""b"""
      e2,1785587400,u2,push_open,,,,"{""push_id"":""p"",""arm"":""20:20"",""n"":[1, 2]}",007
      e3,1785587400,u3,like,,,,{not json},-1.50
      e4,1785587400,u3,like,,,,plain,

      """#
    let log = try parseText(text, suffix: ".csv")
    #expect(
      log.rows.map(\.description) == [
        #"2026-08-01T12:30:00Z u1 like [c1,ios,p1,-,-] {"note":"a \"b\""} id e1"#,
        #"2026-08-01T12:30:00Z u2 push_open [-,-,-,p,20:20] {"n":[1,2],"note":"007"} id e2"#,
        #"2026-08-01T12:30:00Z u3 like [-,-,-,-,-] {"properties":"plain"} id e4"#,
      ])
    #expect(log.rejected.map(\.reason) == [.notJSON])
    #expect(log.rejected.map(\.line) == [4])
    #expect(log.lineCount == 5)
  }

  @Test("A dimension that is not declared stays in the properties, and a declared one of another name comes from them")
  func otherSchema() throws {
    let schema = EventSchema(dimensions: ["experiment", "campaign"], passiveEvents: [])
    let file = try TemporaryFile(
      #"""
      {"ts":"2026-08-01","user_id":"a","event":"b","platform":"ios",\#
      "properties":{"arm":"x","experiment":"e","campaign":"c"}}
      """#.utf8)
    let reader = try LogReader(path: file.path, description: .plainLog(schema: schema))
    let parser = try reader.parser(schema: schema, communityZone: .utc, arrival: testArrival, keepsEventID: false)
    let batch = parser.parse(try #require(try reader.next()))
    #expect(batch.dimensions.map { $0[0] } == ["e", "c"])
    #expect(batch.properties[0] == #"{"arm":"x","platform":"ios"}"#)
    #expect(batch.eventIDs == nil)
  }

  @Test("The identity rests on what is mapped, not on how it is written")
  func identity() throws {
    let log = try parseText(
      """
      {"event_id":"e1","ts":"2026-08-01T00:00:00Z","user_id":"a","event":"b","properties":{"x":1,"y":"é"}}
      {"properties":{"y":"\\u00e9", "x":1},"event":"b","user_id":"a","ts":"2026-08-01T08:00:00+08:00","event_id":"e1"}
      {"event_id":"e1","ts":"2026-08-01T00:00:00Z","user_id":"a","event":"b","properties":{"x":1.0,"y":"é"}}
      {"ts":"2026-08-01T00:00:00Z","user_id":"a","event":"b","properties":{"x":1,"y":"é"}}

      """)
    let identities = log.rows.map(\.identity)
    #expect(identities[0] == identities[1])
    #expect(identities[0].idHash == identities[2].idHash && identities[0].contentHash != identities[2].contentHash)
    #expect(identities[3].idHash == 0 && identities[3].contentHash == identities[0].contentHash)
    #expect(identities[0].idHash != 0)
  }
}
