/// Why logged sends cannot say what another policy is worth.
package enum PolicyRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// Sends without a propensity, or with one of 0.
  case missingPropensity(sends: Int)
  /// The weights leave too few sends that count.
  case fewEffectiveSends(found: Double, needed: Double)
  /// One send alone has too large a share of all weight.
  case dominantWeight(share: Double, most: Double)
  /// Too few members, or members that do not differ.
  case insufficient(InsufficientData)

  package var description: String {
    switch self {
    case .missingPropensity(let sends): "\(sends) sends have no propensity above 0"
    case .fewEffectiveSends(let found, let needed): "\(Int(found)) effective sends, \(Int(needed)) needed"
    case .dominantWeight(let share, let most):
      "one send holds \(Int((share * 100).rounded(.up))) % of the weight, at most \(Int(most * 100)) % may"
    case .insufficient(let data): data.description
    }
  }
}
