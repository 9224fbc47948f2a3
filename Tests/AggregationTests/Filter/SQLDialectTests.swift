import Testing

import Aggregation

@Suite struct SQLDialectTests {
  @Test(arguments: [
    ("a", "'a'", "'a'"), ("", "''", "''"), ("it's", "'it''s'", #"'it\'s'"#), (#"a\b"#, #"'a\b'"#, #"'a\\b'"#),
    ("${x}", "'${x}'", #"'\u0024{x}'"#), ("a\nb", "'a\nb'", #"'a\nb'"#), ("é😀", "'é😀'", "'é😀'"),
    ("'\u{301}", "'''\u{301}'", "'\\'\u{301}'"),
  ])
  func `text is quoted`(text: String, duckdb: String, spark: String) {
    #expect(SQLDialect.duckdb.literal(text) == duckdb)
    #expect(SQLDialect.spark.literal(text) == spark)
  }

  @Test(arguments: [("a", "\"a\"", "`a`"), ("a\"b`c", "\"a\"\"b`c\"", "`a\"b``c`"), ("a.b", "\"a.b\"", "`a.b`")])
  func `names are quoted`(name: String, duckdb: String, spark: String) {
    #expect(SQLDialect.duckdb.identifier(name) == duckdb)
    #expect(SQLDialect.spark.identifier(name) == spark)
  }
}
