/// The text form of a property in SQL.
///
/// The JSON functions of both engines read a number and write it anew: 1.50 becomes 1.5, and in Spark 1e400 becomes
/// Infinity. Where that matters, every number outside a string becomes a marked string, the value is extracted, and
/// the mark and its quotes go away again. A `~` that is there already is `~0` meanwhile. Spark also replaces `${name}`
/// in the text of its SQL, and a field's name has no escape; for a key with `${` the `$` is `~2` meanwhile.
///
/// ```
/// {"a":[1.50,"~x"]}  →  {"a":["~11.50","~0x"]}  →  ["~11.50","~0x"]  →  [1.50,"~x"]
/// ```
struct PropertySQL {
  let dialect: SQLDialect

  private static let number = "-?[0-9][0-9.eE+-]*"

  /// An expression of type text, null where the value is missing; `keys` are not empty.
  func text(at keys: [String], numbersAsStored: Bool) -> String {
    let hidesDollar = dialect == .spark && keys.contains { Self.hidingDollar($0) != $0 }
    guard numbersAsStored || hidesDollar else { return extract(keys, from: "properties") }
    let value = extract(keys.map(marked(key:)), from: marked("properties", hidingDollar: hidesDollar))
    var result = replaceAll("\"?~1(\(Self.number))\"?", in: value, by: [.group(1)])
    if hidesDollar { result = "replace(\(result), '~2', \(dialect.literal("$")))" }
    return "replace(\(result), '~0', '~')"
  }

  /// `json` with its numbers marked; what follows the last number gets an empty marked string, which is cut off.
  private func marked(_ json: String, hidingDollar: Bool) -> String {
    var json = "replace(\(json), '~', '~0')"
    if hidingDollar { json = "replace(\(json), \(dialect.literal("${")), '~2{')" }
    // Java's matcher would recurse over an unpossessive group; RE2 does not know the word.
    let once = dialect == .spark ? "+" : ""
    let upToNumber = #"((?:[^"0-9-]+\#(once)|"(?:[^"\\]+\#(once)|\\.)*\#(once)")*\#(once))"#
    let pattern = "\(upToNumber)(\(Self.number)|$)"
    let marked = replaceAll(pattern, in: json, by: [.group(1), .text("\"~1"), .group(2), .text("\"")])
    return switch dialect {
    case .duckdb: "rtrim(\(marked), '\"~1')"
    case .spark: "rtrim('\"~1', \(marked))"
    }
  }

  /// A key as it stands in marked text. DuckDB's paths have `$` as it is.
  private func marked(key: String) -> String {
    let key = key.unicodeScalars.map { $0 == "~" ? "~0" : String($0) }.joined()
    return dialect == .spark ? Self.hidingDollar(key) : key
  }

  private static func hidingDollar(_ key: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in key.unicodeScalars {
      if scalar == "{", result.last == "$" {
        result.removeLast()
        result.append(contentsOf: "~2".unicodeScalars)
      }
      result.append(scalar)
    }
    return String(result)
  }

  private enum Replacement { case group(Int), text(String) }

  private func replaceAll(_ pattern: String, in text: String, by parts: [Replacement]) -> String {
    let replacement = parts.map {
      switch $0 {
      case .text(let text): text
      case .group(let index): dialect == .spark ? "$\(index)" : "\\\(index)"
      }
    }.joined()
    let all = dialect == .spark ? "" : ", 'g'"
    return "regexp_replace(\(text), \(dialect.literal(pattern)), \(dialect.literal(replacement))\(all))"
  }

  private func extract(_ keys: [String], from json: String) -> String {
    switch dialect {
    case .duckdb: duckdbExtract(keys, from: json)
    case .spark: sparkExtract(keys, from: json)
    }
  }

  /// A key `*` needs a step of its own, as a pointer, since a path takes even a quoted one for all keys.
  private func duckdbExtract(_ keys: [String], from json: String) -> String {
    var steps: [String] = []
    var path = ""
    for key in keys {
      if key == "*" {
        if !path.isEmpty { steps.append("$" + path) }
        steps.append("/*")
        path = ""
      } else {
        path += ".\"" + key.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
      }
    }
    if !path.isEmpty { steps.append("$" + path) }
    let last = steps.removeLast()
    let inner = steps.reduce(json) { "json_extract(\($0), \(dialect.literal($1)))" }
    return "json_extract_string(\(inner), \(dialect.literal(last)))"
  }

  /// By a schema that names this one value, because the paths of `get_json_object` cannot name every key.
  private func sparkExtract(_ keys: [String], from json: String) -> String {
    let names = keys.map(dialect.identifier)
    let schema = names.reversed().reduce("STRING") { "STRUCT<\($1): \($0)>" }
    // Spark keeps this name for the text of corrupt records, unless told another.
    let options = keys[0] == "_corrupt_record" ? ", map('columnNameOfCorruptRecord', '~')" : ""
    return "from_json(\(json), \(dialect.literal(schema))\(options)).\(names.joined(separator: "."))"
  }
}
