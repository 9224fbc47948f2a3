import Aggregation
import Columns
import Testing

@Suite struct FactFilterTests {
  @Test(
    "A fact is a name behind member, and reads back as it is written",
    arguments: [
      ("member.arm='a'", "member.arm = 'a'", "member.arm"),
      (#"member."odd key" is null"#, #"member."odd key" is null"#, "member.odd key"),
      ("not (member.rounds > 1e1)", "not member.rounds > 1e1", "member.rounds"),
    ])
  func form(text: String, canonical: String, column: String) throws {
    let filter = try Filter(text, dimensions: ["platform"])
    #expect(filter.text == canonical)
    #expect(filter.columns == [column])
    #expect(try Filter(filter.text, dimensions: []) == filter)
  }

  @Test("member alone, or with more than one name, is no fact", arguments: ["member = 'a'", "member.a.b = 1"])
  func mistakes(text: String) throws {
    let error = #expect(throws: AggregationError.self) { try Filter(text, dimensions: []) }
    #expect(error?.message == "a fact of members is written member.NAME")
  }

  @Test("A fact is compared as any other value, missing ones being unknown")
  func truth() throws {
    let filter = try Filter("member.rounds > 5 or member.rounds is null", dimensions: [])
    let column = TextColumn(["7", nil, "many", "5"])
    #expect(filter.evaluate(rowCount: 4) { $0 == "member.rounds" ? column : nil } == [1, 1, 2, 0])
  }

  @Test("In SQL a fact is a column of its own", arguments: [(SQLDialect.duckdb, "\""), (.spark, "`")])
  func sql(dialect: SQLDialect, quote: String) throws {
    let filter = try Filter("member.arm = 'a'", dimensions: [])
    #expect(filter.sql(dialect) == "(\(quote)member.arm\(quote) = 'a')")
  }
}
