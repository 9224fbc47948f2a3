package import Events

/// Which events a plan reads: enough to say which segments and row groups are left out, and why.
package struct PlannedRead: Sendable {
  /// Days of the question's zone; nil where nothing is read.
  package var days: ClosedRange<CommunityDay>?
  /// The only kinds of events that are read; nil is all activity.
  package var events: [String]?

  package init(days: ClosedRange<CommunityDay>?, events: [String]? = nil) {
    self.days = days
    self.events = events
  }
}
