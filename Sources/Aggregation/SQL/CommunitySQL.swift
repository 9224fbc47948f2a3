internal import Events

/// What the statements about joins, answers and health share.
extension SourceSQL {
  /// The same with passive events among `qualifying`: a question that names its events counts what it names.
  var withPassiveEvents: SourceSQL {
    SourceSQL(
      dialect: dialect, files: files, columns: columns, facts: facts, factsFile: factsFile, passiveEvents: [],
      filter: filter, asOf: asOf, foreignZone: foreignZone)
  }

  /// `event IN (…)`, false where there are no names.
  func isAmong(_ names: [String], column: String = "event") -> String {
    names.isEmpty ? "FALSE" : "\(column) IN (\(names.map(dialect.literal).joined(separator: ", ")))"
  }

  /// The text of a property, null where it is missing.
  func property(_ name: String) -> String { PropertySQL(dialect: dialect).text(at: [name], numbersAsStored: true) }

  /// `sum` of whole numbers as a whole number.
  func sum(_ expression: String) -> String { "CAST(sum(\(expression)) AS BIGINT)" }

  /// A ratio that is null where there is nothing to divide by.
  func ratio(_ numerator: String, of denominator: String) -> String {
    "CAST(\(numerator) AS DOUBLE) / NULLIF(\(denominator), 0)"
  }

  /// An end of Wilson's 95 % interval; `sign` is `-` or `+`. Null where there is no trial.
  func wilson(_ successes: String, of trials: String, _ sign: String) -> String {
    let z = WilsonInterval.z
    let p = "(CAST(\(successes) AS DOUBLE) / \(trials))"
    let edge = sign == "-" ? "WHEN \(successes) = 0 THEN 0" : "WHEN \(successes) = \(trials) THEN 1"
    return """
      CASE WHEN \(trials) > 0 THEN CASE \(edge) ELSE (\(p) + \(z * z) / (2 * \(trials)) \(sign) \
      \(z) * sqrt(\(p) * (1 - \(p)) / \(trials) + \(z * z) / (4.0 * \(trials) * \(trials)))) \
      / (1 + \(z * z) / \(trials)) END END
      """
  }
}
