import Testing

import Aggregation

@Suite struct FilterRenderingTests {
  @Test(arguments: [
    ("platform='ios'", "platform = 'ios'"),
    ("(platform <> 'it''s')", "platform != 'it''s'"),
    ("NOT(platform='a')", "not platform = 'a'"),
    ("not (platform = 'a' AND event='b')", "not (platform = 'a' and event = 'b')"),
    ("(event='a' or event='b') and platform='c'", "(event = 'a' or event = 'b') and platform = 'c'"),
    ("(event='a' and event='b') or platform='c'", "event = 'a' and event = 'b' or platform = 'c'"),
    ("event='a' and (event='b' and platform='c')", "event = 'a' and event = 'b' and platform = 'c'"),
    ("event='a' or (event='b' or (platform='c'))", "event = 'a' or event = 'b' or platform = 'c'"),
    ("not not event is NULL", "not not event is null"),
    ("event Is Not Null", "event is not null"),
    ("event NOT IN('a','b')", "event not in ('a', 'b')"),
    ("event Not Like'%'", "event not like '%'"),
    ("event=-1.50e+3", "event = -1.50e+3"),
    ("event=TRUE", "event = true"),
    ("\"platform\"='a'", "platform = 'a'"),
    ("properties.a.\"b\".\"c d\".1.\"and\"=1", "properties.a.b.\"c d\".1.and = 1"),
    ("properties.\"q\"\"k\".é=1", "properties.\"q\"\"k\".é = 1"),
  ])
  func `a filter has one canonical text`(text: String, expected: String) throws {
    let filter = try Filter(text, dimensions: ["platform"])
    #expect(filter.text == expected)
    #expect(try Filter(expected, dimensions: ["platform"]) == filter)
  }

  @Test func `texts that only look alike are different filters`() throws {
    let composed = try Filter("event = '\u{E9}'", dimensions: [])
    #expect(try composed != Filter("event = 'e\u{301}'", dimensions: []))
  }
}
