import Testing

import Aggregation

@Suite struct FilterParserTests {
  static let dimensions = ["community", "platform", "push"]

  @Test(arguments: [
    ("", 1, "expected a name, found the end"),
    ("   ", 4, "expected a name, found the end"),
    ("platform", 9, "expected a comparison, found the end"),
    ("platform ios", 10, "expected a comparison, found the name 'ios'"),
    ("platform = ", 12, "expected a value"),
    ("platform = ios", 12, "expected a value, found a name"),
    ("platform = \"ios\"", 12, "expected a value, found a name"),
    ("platform = and", 12, "expected a value"),
    ("platform == 'ios'", 10, "'==' is not a comparison"),
    ("platform = 'ios' platform = 'web'", 18, "expected 'and', 'or' or the end"),
    ("platform = 'ios' && push = 'a'", 18, "'&' has no meaning here"),
    ("! platform = 'ios'", 1, "'!' has no meaning here"),
    ("platform = 'ios", 12, "the text has no closing quote"),
    ("platform = 'it''s", 12, "the text has no closing quote"),
    ("properties.\"a = 1", 12, "the name has no closing quote"),
    ("properties.\"\" = 1", 12, "a name is empty"),
    ("properties. a = 1", 12, "a name is missing after '.'"),
    ("properties.a. = 1", 14, "a name is missing after '.'"),
    ("properties.push-id = 1", 16, "'-' cannot stand in a name"),
    ("properties = 1", 1, "'properties' alone has no value"),
    ("event.name = 'a'", 7, "'event' has no parts"),
    ("platform = null", 12, "no comparison with null is ever true"),
    ("platform in ('a', null)", 19, "null cannot stand in a list"),
    ("platform in ('a', 1)", 19, "a list has one type"),
    ("platform in (1, true)", 17, "a list has one type"),
    ("platform in ()", 14, "expected a value"),
    ("platform in 'a'", 13, "expected '('"),
    ("platform in ('a' 'b')", 18, "expected ',' or ')'"),
    ("platform in ('a',", 18, "expected a value"),
    ("platform like 5", 15, "expected a pattern in single quotes"),
    ("platform like true", 15, "expected a pattern in single quotes"),
    ("platform is 5", 13, "expected 'null' or 'not null', found the number 5"),
    ("platform is not 5", 17, "expected 'null'"),
    ("platform not null", 14, "expected 'in' or 'like', found 'null'"),
    ("platform < true", 12, "true and false have no order"),
    ("push = 01", 8, "this is not a number"),
    ("push = 1.", 8, "this is not a number"),
    ("push = 1.2.3", 8, "this is not a number"),
    ("push = 12ab", 8, "this is not a number"),
    ("push = -", 8, "this is not a number"),
    ("push = +1", 8, "'+' has no meaning here"),
    ("push = 1e400", 8, "the number 1e400 is too large"),
    ("'ios' = platform", 1, "expected a name, found a text"),
    ("5 < push", 1, "expected a name, found the number 5"),
    ("(platform = 'ios'", 18, "expected 'and', 'or' or ')'"),
    ("platform = 'ios')", 17, "expected 'and', 'or' or the end, found ')'"),
    ("platform = 'é😀' or or", 20, "expected a name, found 'or'"),
    ("platform = 'a\0'", 14, "a NUL character"),
  ])
  func `what is not a filter is an error at its place`(text: String, position: Int, message: String) throws {
    let error = try #require(throws: AggregationError.self) { try Filter(text, dimensions: Self.dimensions) }
    #expect(error.code == .filter)
    #expect(error.position == position)
    #expect(error.message.hasPrefix(message), "\(error)")
    #expect(error.text == text)
  }

  @Test(arguments: [
    ("platfrom = 'ios'", 1, "Did you mean 'platform'? A property is written properties.platfrom."),
    ("Event = 'a'", 1, "Did you mean 'event'? A property is written properties.Event."),
    ("propertis.a.b = 1", 1, "Did you mean 'properties'? A property is written properties.propertis.a.b."),
    (
      "event = 'a' and zzzzzz = 1", 17,
      "A filter can use event, community, platform, push, member.NAME, properties.KEY. A property is written properties.zzzzzz."
    ),
    ("memver.x = 1", 1, "Did you mean 'member'? A property is written properties.memver.x."),
  ])
  func `an unknown name is an error with what it could have been`(text: String, position: Int, hint: String) throws {
    let error = try #require(throws: AggregationError.self) { try Filter(text, dimensions: Self.dimensions) }
    #expect(error.code == .unknownName)
    #expect(error.position == position)
    #expect(error.hint == hint)
  }

  @Test(arguments: [
    ("platform = null", "Write 'platform is null'."),
    ("platform <> null", "Write 'platform is not null'."),
    ("platform == 'a'", "Write one '=' for equal."),
    ("platform = ios", "Names are compared with values; text goes in single quotes: 'ios'"),
    ("platform = \"it's\"", "Text goes in single quotes: 'it''s'"),
  ])
  func `a common slip is answered with what to write`(text: String, hint: String) throws {
    let error = try #require(throws: AggregationError.self) { try Filter(text, dimensions: Self.dimensions) }
    #expect(error.hint == hint)
  }

  @Test func `an error shows its place`() throws {
    let error = try #require(throws: AggregationError.self) {
      try Filter("event = 'a'\nand platform == 'ios'", dimensions: Self.dimensions)
    }
    #expect(
      error.description == """
        '==' is not a comparison, at column 26
          event = 'a' and platform == 'ios'
                                   ^
        Write one '=' for equal.
        """)
  }

  @Test func `an error in a long filter shows the part around its place`() throws {
    let before = String(repeating: "platform = 'ios' or ", count: 20)
    let text = before + "push == 1" + String(repeating: " or push = 1", count: 20)
    let error = try #require(throws: AggregationError.self) { try Filter(text, dimensions: Self.dimensions) }
    let lines = error.description.split(separator: "\n").map(Array.init)
    #expect(lines[1].count == 76)
    #expect(lines[1][lines[2].count - 1] == "=")
  }

  @Test func `depth and length have limits`() throws {
    let deep = { (depth: Int) in
      String(repeating: "(", count: depth) + "push = 1" + String(repeating: ")", count: depth)
    }
    #expect(try Filter(deep(100), dimensions: Self.dimensions).text == "push = 1")
    #expect(throws: AggregationError.self) { try Filter(deep(101), dimensions: Self.dimensions) }
    #expect(throws: AggregationError.self) { try Filter(deep(30_000), dimensions: Self.dimensions) }
    let nots = String(repeating: "not ", count: 101) + "push = 1"
    #expect(throws: AggregationError.self) { try Filter(nots, dimensions: Self.dimensions) }
    let long = [String](repeating: "push=1", count: 6_000).joined(separator: " or ")
    #expect(try Filter(long, dimensions: Self.dimensions).text.utf8.count == 6_000 * 12 - 4)
    let tooLong = "push = '" + String(repeating: "x", count: 64 << 10) + "'"
    #expect(throws: AggregationError.self) { try Filter(tooLong, dimensions: Self.dimensions) }
  }

  @Test func `no text makes the parser trap`() {
    let words = [
      "platform", "event", "properties", ".", "\"", "'", "(", ")", ",", "=", "!", "<", ">", "and", "or", "not", "in",
      "is", "null", "like", "true", "1", "-", "e5", "0", " ", "\n", "\0", "é", "😀", "\u{301}", "%", "\\", "member",
    ]
    var state = UInt64(7)
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += words[Int(state >> 33) % words.count] + (state >> 60 < 8 ? " " : "")
      }
      do {
        let filter = try Filter(text, dimensions: Self.dimensions)
        #expect((try? Filter(filter.text, dimensions: Self.dimensions)) == filter)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
