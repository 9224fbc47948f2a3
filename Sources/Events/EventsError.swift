/// What can be wrong with a word of the vocabulary: a zone, a date, a length of time.
package struct EventsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of errors, by which callers tell them apart.
  package enum Code: String, Sendable { case unknownZone }

  package var code: Code
  package var message: String
  package var hint: String

  package var description: String { "\(message). \(hint)" }

  static func unknownZone(_ name: String) -> EventsError {
    EventsError(
      code: .unknownZone, message: "unknown time zone '\(name)'",
      hint: "Use an IANA name such as Asia/Shanghai or UTC; on Debian the names come with the package tzdata.")
  }
}
