import Testing

import Aggregation
import Columns

/// Rows of `event`, `platform` and `properties`; nil is missing.
struct FilterRows {
  var event: [String?] = []
  var platform: [String?] = []
  var properties: [String?] = []

  func column(_ name: String) -> TextColumn? {
    let rows = ["event": event, "platform": platform, "properties": properties][name] ?? []
    return rows.isEmpty ? nil : TextColumn(rows)
  }

  /// The truth of each row as one character: `t`, `f` or `?`.
  func truth(of text: String) throws -> String {
    let filter = try Filter(text, dimensions: ["platform"])
    let count = max(event.count, platform.count, properties.count)
    return filter.evaluate(rowCount: count, column: column).map { ["f", "t", "?"][Int($0)] }.joined()
  }
}

@Suite struct FilterTests {
  static let platforms = FilterRows(platform: ["ios", "android", "Ios", "", "5", "05", "true", nil])

  @Test(arguments: [
    ("platform = 'ios'", "tffffff?"),
    ("platform != 'ios'", "ftttttt?"),
    ("platform <> 'ios'", "ftttttt?"),
    ("platform < 'ios'", "ftttttf?"),
    ("platform >= 'ios'", "tffffft?"),
    ("platform <= ''", "ffftfff?"),
    ("platform in ('ios', '5')", "tffftff?"),
    ("platform not in ('ios', '5')", "ftttftt?"),
    ("platform is null", "ffffffft"),
    ("platform is not null", "tttttttf"),
    ("platform like '%os'", "tftffff?"),
    ("platform not like 'i%'", "ftttttt?"),
    ("platform = 5", "????t???"),
    ("platform != 5", "????f???"),
    ("platform in (1, 5.0)", "????t???"),
    ("platform not in (1, 5.0)", "????f???"),
    ("platform = true", "??????t?"),
    ("platform != true", "??????f?"),
    ("platform in (false)", "??????f?"),
    ("not platform = 'ios'", "ftttttt?"),
    ("platform = 'ios' or platform is null", "tfffffft"),
    ("platform = 'ios' or platform = 5", "t???t???"),
    ("platform = 'ios' and platform = 5", "?ffffff?"),
  ])
  func `a condition on a dimension has the truth of SQL`(text: String, expected: String) throws {
    #expect(try Self.platforms.truth(of: text) == expected)
  }

  static let properties = FilterRows(properties: [
    #"{"a":{"b":"x"},"n":1.50}"#, #"{"a":{"b":null},"n":"1.5"}"#, #"{"a":[1.50,{"b":"x"}],"n":null}"#,
    #"{"a":"say \"hi\"\n\u0001😀","n":1e400}"#, #"{"a":true,"n":-0,"odd key":"y","q\"k":"z"}"#, "{}", nil,
  ])

  @Test(arguments: [
    ("properties.a.b = 'x'", "t??????"),
    ("properties.a.b is null", "ftttttt"),
    ("properties.a is null", "ffffftt"),
    ("properties.a = '{\"b\":\"x\"}'", "tffff??"),
    ("properties.a like '[1.50,%]'", "fftff??"),
    ("properties.a = 'say \"hi\"\n\u{1}😀'", "ffftf??"),
    ("properties.a like 'say%\n__'", "ffftf??"),
    ("properties.a = true", "????t??"),
    ("properties.a = 'true'", "fffft??"),
    ("properties.n = 1.5", "tt?ff??"),
    ("properties.n = '1.50'", "tf?ff??"),
    ("properties.n > 1e308", "ff?tf??"),
    ("properties.n = 0", "ff?ft??"),
    ("properties.n in ('-0', '1.5')", "ft?ft??"),
    ("properties.\"odd key\" = 'y'", "????t??"),
    ("properties.\"q\"\"k\" = 'z'", "????t??"),
    ("properties.\"odd key\".b = 'y'", "???????"),
  ])
  func `a condition on a property goes by the type of its literal`(text: String, expected: String) throws {
    #expect(try Self.properties.truth(of: text) == expected)
  }

  /// True, false and unknown against each other: `tt tf t? ft ff f? ?t ?f ??`.
  @Test(arguments: [
    ("event = 'y' and platform = 'y'", "tf?fff?f?"),
    ("event = 'y' or platform = 'y'", "ttttf?t??"),
    ("not event = 'y'", "fffttt???"),
    ("not (event = 'y' and platform = 'y')", "ft?ttt?t?"),
    ("not (event = 'y' or platform = 'y')", "fffft?f??"),
    ("event = 'y' and platform = 'y' or event is null", "tf?fffttt"),
    ("event = 'y' and (platform = 'y' or event is null)", "tf?fff???"),
  ])
  func `logic has three values`(text: String, expected: String) throws {
    let rows = FilterRows(
      event: ["y", "y", "y", "n", "n", "n", nil, nil, nil], platform: ["y", "n", nil, "y", "n", nil, "y", "n", nil])
    #expect(try rows.truth(of: text) == expected)
  }

  @Test(arguments: [
    ("1.5", true), ("-1", true), ("1e5", true), ("1E-5", true), ("0", true), ("-0.0", true),
    ("", false), ("01", false), ("+1", false), (".5", false), ("5.", false), ("1e", false), (" 1", false),
    ("1 ", false), ("1\n", false), ("NaN", false), ("inf", false), ("0x1", false), ("1d", false), ("１", false),
    ("1_0", false), ("-", false),
  ])
  func `only the grammar of JSON is a number`(value: String, isNumber: Bool) throws {
    #expect(try FilterRows(platform: [value]).truth(of: "platform > -1e300") == (isNumber ? "t" : "?"))
  }

  @Test func `text is ordered by its UTF-8 bytes and not normalised`() throws {
    let rows = FilterRows(platform: ["\u{FFFF}", "😀", "é", "e\u{301}", "B", "a"])
    #expect(try rows.truth(of: "platform < '😀'") == "tftttt")
    #expect(try rows.truth(of: "platform = 'é'") == "fftfff")
    #expect(try rows.truth(of: "platform < 'a'") == "fffftf")
  }

  @Test func `a segment without the column has only missing values`() throws {
    #expect(try FilterRows(event: ["a", "b"]).truth(of: "platform = 'x' or event = 'a'") == "t?")
    #expect(try FilterRows(event: ["a", "b"]).truth(of: "platform is null") == "tt")
    #expect(try FilterRows(event: ["a", "b"]).truth(of: "properties.a is not null") == "ff")
  }

  @Test func `the columns that it reads are known`() throws {
    let filter = try Filter("event = 'a' and not (push is null or properties.a > 1)", dimensions: ["platform", "push"])
    #expect(filter.columns == ["event", "push", "properties"])
    #expect(filter.evaluate(rowCount: 0) { _ in nil }.isEmpty)
  }
}
