import Aggregation
import Columns

extension Probe {
  /// The text of `--where`.
  static let filter = Probe(name: "filter") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self),
      let filter = try? Filter(text, dimensions: ["community", "platform", "arm"])
    else { return }
    guard let again = try? Filter(filter.text, dimensions: ["community", "platform", "arm"]) else {
      preconditionFailure("the canonical form cannot be read: \(filter.text)")
    }
    precondition(again == filter, "the canonical form is not canonical: \(filter.text), \(again.text)")
    let truth = filter.evaluate(rowCount: rowCount) { columns[$0] }
    precondition(truth.count == rowCount && truth.allSatisfy { $0 < 3 }, "three values")
    precondition(again.evaluate(rowCount: rowCount) { columns[$0] } == truth, "equal filters hold alike")
    for dialect in SQLDialect.allCases { precondition(!filter.sql(dialect).isEmpty, "every filter has SQL") }
  }
}

private let rowCount = 6

/// `community` is left out: all are missing.
private let columns: [String: TextColumn] = [
  "event": TextColumn(["visit", "post_view", "visit", "", "社区", "comment"]),
  "platform": TextColumn(["ios", nil, "web", "", "a'b", "%_"]),
  "arm": TextColumn([nil, nil, "1", "2", "true", "-1e9"]),
  "properties": TextColumn([
    nil, "{}", #"{"n":1,"a":{"b":[1,{"c":null}]}}"#, #"{"n":"x\u0041","s":"\"\\"}"#, #"{"n":1e400,"b":true}"#,
    #"{"n":-0.0,"d":"2026-03-01"}"#,
  ]),
]
