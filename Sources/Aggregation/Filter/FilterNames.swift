import Events

/// The names that a filter may use.
struct FilterNames {
  /// As the workspace declares them.
  var dimensions: [String]

  /// What a dotted name in a filter means.
  func operand(_ parts: [FilterNamePart], lexer: FilterLexer) throws(AggregationError) -> FilterOperand {
    let first = parts[0]
    if first.text == "properties" {
      guard parts.count > 1 else {
        throw lexer.error("'properties' alone has no value", at: first.offset, hint: "Name a key: properties.KEY")
      }
      return .property(parts.dropFirst().map(\.text))
    }
    if first.text == "member" {
      // Which facts there are is a matter of the store: the question is compared with it when it is asked.
      guard parts.count == 2 else {
        throw lexer.error("a fact of members is written member.NAME", at: first.offset, hint: "For example member.city")
      }
      return .fact(parts[1].text)
    }
    guard first.text == "event" || dimensions.contains(first.text) else { throw unknown(parts, lexer: lexer) }
    if parts.count > 1 {
      throw lexer.error(
        "'\(first.text)' has no parts", at: parts[1].offset, hint: "Only properties have: properties.KEY")
    }
    return .column(first.text)
  }

  private func unknown(_ parts: [FilterNamePart], lexer: FilterLexer) -> AggregationError {
    let name = parts[0].text
    let property = FilterOperand.property(parts.map(\.text)).text
    let nearest =
      name.utf8.count > 64 ? nil : nearestWord(to: name, among: ["event", "properties", "member"] + dimensions)
    let guess = nearest.map { "Did you mean '\($0)'? " } ?? "A filter can use \(known). "
    return lexer.error(
      "unknown name '\(name)'", at: parts[0].offset, code: .unknownName,
      hint: guess + "A property is written \(property).")
  }

  private var known: String { (["event"] + dimensions + ["member.NAME", "properties.KEY"]).joined(separator: ", ") }
}
