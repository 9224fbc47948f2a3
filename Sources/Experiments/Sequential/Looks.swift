/// How often the data are looked at.
package enum Looks: Sendable, Equatable {
  /// Once, at a time that was fixed before.
  case fixed
  /// At any time and as often as one likes.
  case sequential(ConfidenceSequence)
}
