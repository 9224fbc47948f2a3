/// An engine that can recompute an answer, and how it quotes.
package enum SQLDialect: String, Sendable, CaseIterable {
  /// DuckDB 2.0.
  case duckdb
  /// Spark 4, with its default parser: a backslash escapes within a literal.
  case spark

  /// `name` as an identifier.
  package func identifier(_ name: String) -> String {
    let quote: Unicode.Scalar = self == .duckdb ? "\"" : "`"
    return Self.quoted(name, by: quote) { $0 == quote ? "\(quote)\(quote)" : nil }
  }

  /// `text` as a text literal; it holds no NUL.
  package func literal(_ text: String) -> String {
    switch self {
    case .duckdb: Self.quoted(text, by: "'") { $0 == "'" ? "''" : nil }
    case .spark: Self.quoted(text, by: "'", replacing: Self.sparkEscape)
    }
  }

  /// The microseconds of UTC of an instant.
  func microseconds(_ instant: String) -> String {
    self == .duckdb ? "epoch_us(\(instant))" : "unix_micros(\(instant))"
  }

  /// The whole quotient of two numbers that are not negative.
  func quotient(_ a: String, _ b: String) -> String { self == .duckdb ? "(\(a) // \(b))" : "(\(a) div \(b))" }

  /// The date that lies `days` after 1970-01-01.
  func date(_ days: String) -> String {
    self == .duckdb
      ? "(DATE '1970-01-01' + CAST(\(days) AS INTEGER))" : "date_add(DATE '1970-01-01', CAST(\(days) AS INT))"
  }

  /// An aggregate: the quantile of whole numbers by linear interpolation between the two nearest (type 7).
  func quantile(_ share: Double, of value: String) -> String {
    self == .duckdb ? "quantile_cont(\(value), \(share))" : "percentile(\(value), \(share))"
  }

  /// A dollar sign is escaped because Spark replaces `${name}` before it parses.
  private static func sparkEscape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "'": "\\'"
    case "\\": "\\\\"
    case "$": "\\u0024"
    case "\n": "\\n"
    case "\r": "\\r"
    default: nil
    }
  }

  private static func quoted(
    _ text: String, by quote: Unicode.Scalar, replacing replacement: (Unicode.Scalar) -> String?
  ) -> String {
    var result = String.UnicodeScalarView()
    result.append(quote)
    for scalar in text.unicodeScalars {
      if let escape = replacement(scalar) {
        result.append(contentsOf: escape.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    result.append(quote)
    return String(result)
  }
}
