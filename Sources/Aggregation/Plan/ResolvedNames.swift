internal import Events
internal import Segments

extension ResolvedQuestion {
  /// The declared dimensions.
  var dimensions: [String] { store.settings.schema.dimensions }

  /// Events that are done to a member.
  var passiveEvents: Set<String> { store.settings.schema.passiveEvents }
}
