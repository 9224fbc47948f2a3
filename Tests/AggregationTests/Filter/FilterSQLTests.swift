import Testing

import Aggregation

@Suite struct FilterSQLTests {
  static func sql(_ text: String, _ dialect: SQLDialect) throws -> String {
    try Filter(text, dimensions: ["platform", "order"]).sql(dialect)
  }

  @Test(arguments: [
    ("order = 'it''s'", #"("order" = 'it''s')"#, #"(`order` = 'it\'s')"#),
    (
      "event = 'a' and not (platform is null or event != 'b')",
      #"(("event" = 'a') AND (NOT (("platform" IS NULL) OR ("event" <> 'b'))))"#,
      "((`event` = 'a') AND (NOT ((`platform` IS NULL) OR (`event` <> 'b'))))"
    ),
    ("event not in ('a', 'b')", #"("event" NOT IN ('a', 'b'))"#, "(`event` NOT IN ('a', 'b'))"),
    (#"event like 'a\%'"#, #"("event" LIKE 'a\%')"#, #"(`event` LIKE 'a\\\\%')"#),
    (
      "event = true", #"(CASE "event" WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END = TRUE)"#,
      "(CASE `event` WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END = TRUE)"
    ),
    (
      "event >= 18",
      #"(TRY_CAST(regexp_extract("event", '\A-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?\z', 0) AS DOUBLE) >= 18)"#,
      #"(TRY_CAST(regexp_extract(`event`, '\\A-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?\\z', 0) AS DOUBLE)"#
        + " >= 18)"
    ),
    (
      "properties.a.\"b\"\"\\c\" = 'x'", #"(json_extract_string(properties, '$."a"."b\"\\c"') = 'x')"#,
      #"(from_json(properties, 'STRUCT<`a`: STRUCT<`b"\\c`: STRING>>').`a`.`b"\c` = 'x')"#
    ),
    (
      "properties.a.\"*\".b is null",
      #"(json_extract_string(json_extract(json_extract(properties, '$."a"'), '/*'), '$."b"') IS NULL)"#,
      "(from_json(properties, 'STRUCT<`a`: STRUCT<`*`: STRUCT<`b`: STRING>>>').`a`.`*`.`b` IS NULL)"
    ),
    (
      "properties._corrupt_record is null", #"(json_extract_string(properties, '$."_corrupt_record"') IS NULL)"#,
      "(from_json(properties, 'STRUCT<`_corrupt_record`: STRING>', map('columnNameOfCorruptRecord', '~'))"
        + ".`_corrupt_record` IS NULL)"
    ),
  ])
  func `each dialect has its SQL`(text: String, duckdb: String, spark: String) throws {
    #expect(try Self.sql(text, .duckdb) == duckdb)
    #expect(try Self.sql(text, .spark) == spark)
  }

  @Test(arguments: [
    ("properties.a = 'home'", false, false), ("properties.a = '5'", true, true),
    ("properties.a like 'x%'", false, false),
    ("properties.a like '%x'", true, true), ("properties.a < 'm'", false, true), ("properties.a < 5", false, true),
    ("properties.a in ('x', '[1]')", true, true), ("properties.a = true", false, false),
    ("properties.a is null", false, false), ("properties.a = ''", false, false),
    ("properties.a = 'Infinity'", false, true), ("platform = '5'", false, false),
  ])
  func `numbers are marked only where how they are written matters`(
    text: String, duckdb: Bool, spark: Bool
  ) throws {
    #expect(try Self.sql(text, .duckdb).contains("~1") == duckdb)
    #expect(try Self.sql(text, .spark).contains("~1") == spark)
  }

  @Test func `a key that Spark would replace is hidden from it`() throws {
    let sql = try Self.sql("properties.\"${x}\" is null", .spark)
    #expect(!sql.contains("${"))
    #expect(sql.contains(#"replace(replace(properties, '~', '~0'), '\u0024{', '~2{')"#))
    #expect(sql.contains("'STRUCT<`~2{x}`: STRING>').`~2{x}`"))
  }

  @Test func `a backslash in a pattern is itself, even before a combining mark`() throws {
    #expect(try Self.sql("event like '\\\u{301}'", .spark) == "(`event` LIKE '\\\\\\\\\u{301}')")
  }

  @Test func `the text of a number is taken as stored`() throws {
    #expect(
      try Self.sql("properties.a = '1.50'", .duckdb) == #"""
        (replace(regexp_replace(json_extract_string(rtrim(regexp_replace(replace(properties, '~', '~0'), \#
        '((?:[^"0-9-]+|"(?:[^"\\]+|\\.)*")*)(-?[0-9][0-9.eE+-]*|$)', '\1"~1\2"', 'g'), '"~1'), '$."a"'), \#
        '"?~1(-?[0-9][0-9.eE+-]*)"?', '\1', 'g'), '~0', '~') = '1.50')
        """#)
  }
}
