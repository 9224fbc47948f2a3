import Events

/// What ``parseISO8601(_:)`` reads from a text.
func localInstant(_ text: String) -> LocalInstant? {
  Array(text.utf8).withUnsafeBytes { parseISO8601($0) }
}
