/// There is too little data for an answer: what is needed, instead of an invented figure.
package struct InsufficientData: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is missing; never empty.
  package let shortfalls: [Shortfall]

  /// One thing of which there is too little.
  package struct Shortfall: Sendable, Equatable, CustomStringConvertible {
    /// What there is too little of.
    package enum Quantity: String, Sendable {
      case units
      case events
      case nonEvents = "non-events"
      case arms = "arms of weight > 0"
      case expectedUnits = "expected units"
      case distinctValues = "distinct values"
      case denominator = "in the denominator"
      case blocks
      case cells
      case planVersions = "plan versions with both arms"
      case effectiveSends = "effective sends"

      /// The word for one of them.
      fileprivate var singular: String {
        switch self {
        case .arms: "arm of weight > 0"
        case .planVersions: "plan version with both arms"
        case .denominator: rawValue
        default: String(rawValue.dropLast())
        }
      }
    }

    /// Where it is missing: the name of an arm, nil for the whole experiment.
    package let arm: String?
    package let quantity: Quantity
    package let found: Int
    package let needed: Int

    package init(arm: String?, _ quantity: Quantity, found: Int, needed: Int) {
      self.arm = arm
      self.quantity = quantity
      self.found = found
      self.needed = needed
    }

    /// `treatment: 12 units, 100 needed`.
    package var description: String {
      (arm.map { "\($0): " } ?? "") + "\(found) \(found == 1 ? quantity.singular : quantity.rawValue), \(needed) needed"
    }
  }

  /// At least one shortfall.
  package init(_ shortfalls: [Shortfall]) {
    precondition(!shortfalls.isEmpty, "insufficient data says what is needed")
    self.shortfalls = shortfalls
  }

  /// One shortfall.
  init(_ quantity: Shortfall.Quantity, found: Int, needed: Int, arm: String? = nil) {
    self.init([Shortfall(arm: arm, quantity, found: found, needed: needed)])
  }

  /// `insufficient-data: treatment: 12 units, 100 needed; control: …`.
  package var description: String {
    "insufficient-data: " + shortfalls.map(\.description).joined(separator: "; ")
  }
}
