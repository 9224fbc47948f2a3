/// The text form of a property in SQL.
///
/// DuckDB's JSON functions read a number and write it anew: 1.50 becomes 1.5. Where the way it is written matters,
/// every number outside a string becomes a string that starts with a mark, the value is extracted, and the mark and
/// quotes go away again:
///
/// ```
/// {"a":[1.50,"x"]}  →  {"a":["§1.50","x"]}  →  ["§1.50","x"]  →  [1.50,"x"]
/// ```
///
/// A mark that is there already is doubled meanwhile. Spark's `from_json` gives the bytes as stored (its
/// `get_json_object` does not, and cannot name every key).
struct PropertySQL {
  let dialect: SQLDialect

  private static let mark = "§"

  /// An expression of type text, null where the value is missing; `keys` are not empty.
  func text(at keys: [String], numbersAsStored: Bool) -> String {
    switch dialect {
    case .spark: sparkText(at: keys)
    case .duckdb where numbersAsStored:
      """
      CASE WHEN json_type(\(duckdb("properties", at: keys, as: "json_extract"))) IN ('VARCHAR', 'BOOLEAN', 'NULL') \
      THEN \(duckdb("properties", at: keys, as: "json_extract_string")) \
      ELSE \(duckdbTextAsStored(at: keys)) END
      """
    case .duckdb: duckdb("properties", at: keys, as: "json_extract_string")
    }
  }

  private func duckdbTextAsStored(at keys: [String]) -> String {
    let (mark, twice) = (Self.mark, Self.mark + Self.mark)
    let number = "-?[0-9][0-9.eE+-]*"
    let upToNumber = #"((?:[^"0-9-]|"(?:[^"\\]|\\.)*")*)"#
    // The rest without a number gets an empty marked string, which is cut off.
    let marked =
      "rtrim(regexp_replace(replace(properties, '\(mark)', '\(twice)'), "
      + #"'\#(upToNumber)(\#(number)|$)', '\1"\#(mark)\2"', 'g'), '\#(mark)"')"#
    let keys = keys.map { $0.unicodeScalars.map { $0 == "§" ? twice : String($0) }.joined() }
    let value = "CAST(\(duckdb(marked, at: keys, as: "json_extract")) AS VARCHAR)"
    return "replace(regexp_replace(\(value), '\"\(mark)(\(number))\"', '\\1', 'g'), '\(twice)', '\(mark)')"
  }

  /// `function(json, path)`; a key `*` needs a step of its own, as a pointer, since any path takes it for all keys.
  private func duckdb(_ json: String, at keys: [String], as function: String) -> String {
    var steps: [String] = []
    var path = ""
    for key in keys {
      if key == "*" {
        if !path.isEmpty { steps.append("$" + path) }
        steps.append("/*")
        path = ""
      } else {
        path += "." + Self.quotedKey(key)
      }
    }
    if !path.isEmpty { steps.append("$" + path) }
    var result = json
    for (index, step) in steps.enumerated() {
      result = "\(index == steps.count - 1 ? function : "json_extract")(\(result), \(dialect.literal(step)))"
    }
    return result
  }

  private static func quotedKey(_ key: String) -> String {
    "\"" + key.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }

  /// The schema names this one value; Spark leaves the rest of the text alone.
  private func sparkText(at keys: [String]) -> String {
    let names = keys.map(dialect.identifier)
    var schema = "\(names.last ?? "") STRING"
    for name in names.dropLast().reversed() { schema = "\(name) STRUCT<\(schema)>" }
    return "from_json(properties, \(dialect.literal(schema))).\(names.joined(separator: "."))"
  }
}
