package import Events

/// Units of an experiment, a row each, ordered by cluster, then by anchor day, then by push.
///
/// All columns have ``count`` values. What is not known is NaN, or -1 in columns of numbers of texts.
package struct UnitTable: Sendable {
  /// One figure of every unit.
  package struct Outcome: Sendable {
    /// The measure; of a ratio its numerator. NaN where it is not known: the unit is left out of this figure.
    package var values: [Double]
    /// Of a ratio; else empty.
    package var denominators: [Double]
    /// The same two over the days before the anchor; NaN for members who were not there then. Empty where not asked for.
    package var past: [Double]
    package var pastDenominators: [Double]
    /// Units with an anchor up to this day have closed windows, whatever their arm. Nil where none has; the last day of
    /// the table where units have no days.
    package var lastMatureDay: CommunityDay?

    package init(
      values: [Double], denominators: [Double] = [], past: [Double] = [], pastDenominators: [Double] = [],
      lastMatureDay: CommunityDay?
    ) {
      (self.values, self.denominators, self.past) = (values, denominators, past)
      (self.pastDenominators, self.lastMatureDay) = (pastDenominators, lastMatureDay)
    }
  }

  /// A column of texts, each kept once.
  package struct Labels: Sendable {
    /// Places in `values`; -1 where there is none.
    package var codes: [Int32]
    package var values: [String]

    package init(codes: [Int32] = [], values: [String] = []) { (self.codes, self.values) = (codes, values) }
  }

  /// What is not in the table, with how much of it there is.
  package struct Exclusions: Sendable, Equatable {
    /// Units planned in two arms.
    package var inTwoArms = 0
    /// Units whose arm the experiment does not have, by its name; by an empty one where the log has none.
    package var unknownArms: [String: Int] = [:]
    /// Planned rows without a push, where pushes tell units apart.
    package var withoutPush = 0
    /// Planned rows without a community, where communities are drawn.
    package var withoutCommunity = 0
    /// Rows that plan a send again with the same arm: it counts once.
    package var plannedAgain = 0
    /// Sends of the experiment's days, by member and push, that were not planned; only where sends are.
    package var unplannedSends = 0
    /// Taps of a unit's push on its anchor day or later, but before the push was sent.
    package var tapsBeforeSend = 0
    /// Values by outcome that are not numbers, or not 0 or 1 in a proportion.
    package var unusableValues: [String: Int] = [:]

    package init() {}
  }

  package var asOf: Timestamp
  package var timeZone: String
  /// Member keys.
  package var members: [Int32] = []
  /// What errors are clustered by: the member's key, or the number of the community.
  package var clusters: [Int32] = []
  /// Places in the question's arms.
  package var arms: [UInt8] = []
  /// Numbers of anchor days; 0 where units have none.
  package var days: [Int32] = []
  package var pushes = Labels()
  /// With which the arm was drawn; NaN where the log has none.
  package var propensities: [Double] = []
  /// Plan versions.
  package var versions = Labels()
  /// Whether a send was delivered; of members, whether any was.
  package var isDelivered: [Bool] = []
  /// In the order of the question's.
  package var outcomes: [Outcome] = []
  /// In the order of the question's.
  package var segments: [Labels] = []
  package var exclusions = Exclusions()
  package var notes: [String] = []
  package var statistics = AnswerStatistics()

  package init(asOf: Timestamp, timeZone: String) { (self.asOf, self.timeZone) = (asOf, timeZone) }

  /// How many units there are.
  package var count: Int { arms.count }
}
