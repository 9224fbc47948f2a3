/// Tables of how long cases last, where some have not ended yet: what ``KaplanMeier`` and ``CompetingExits`` reckon.
///
/// ```
/// stays     state  exit  length       exit is null where the case has not ended
/// curve     state  length             each length once: at risk just before it, ended and gone with it,
///           at_risk  ended  gone      S before and after it, Greenwood's sum
///           before  survival  greenwood
/// ```
/// S is the exponential of a sum of logarithms: engines have no product to run along. So it is 0.5 up to rounding where
/// it is one half, which the median allows for.
extension SourceSQL {
  /// `curve` of the table `stays`.
  var survivalTables: String {
    """
    instants AS (
      SELECT state, length, count(exit) AS ended, count(*) AS gone FROM stays GROUP BY state, length
    ),
    risks AS (
      SELECT *, CAST(sum(gone) OVER (
          PARTITION BY state ORDER BY length DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS at_risk
      FROM instants
    ),
    survivals AS (
      SELECT *,
        CASE WHEN min(at_risk - ended) OVER upto = 0 THEN 0 ELSE exp(sum(\(logarithm)) OVER upto) END AS survival,
        sum(\(variance)) OVER upto AS greenwood
      FROM risks
      WINDOW upto AS (PARTITION BY state ORDER BY length ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    curve AS (
      SELECT *, lag(survival, 1, CAST(1 AS DOUBLE)) OVER (PARTITION BY state ORDER BY length) AS before FROM survivals
    )
    """
  }

  private var logarithm: String {
    "CASE WHEN at_risk > ended THEN ln(CAST(at_risk - ended AS DOUBLE) / at_risk) ELSE 0 END"
  }

  private var variance: String {
    "CASE WHEN at_risk > ended THEN CAST(ended AS DOUBLE) / (CAST(at_risk AS DOUBLE) * (at_risk - ended)) ELSE 0 END"
  }

  /// `medians (state, length)`: the first length at which no more than half are left; none where that is not reached.
  var medianTable: String {
    "medians AS (SELECT state, min(length) AS length FROM curve WHERE survival <= \(KaplanMeier.half) GROUP BY state)"
  }

  /// An end of Greenwood's 95 % interval of the share that has ended, on the scale log(−log S); `sign` is `-` for the lower
  /// one. Null where S is 0 or 1.
  func greenwood(_ sign: String) -> String {
    let half = "\(WilsonInterval.z) * sqrt(greenwood) / -ln(survival)"
    return """
      CASE WHEN survival > 0 AND survival < 1 THEN 1 - exp(ln(survival) * exp(\(sign)(\(half)))) END
      """
  }
}
