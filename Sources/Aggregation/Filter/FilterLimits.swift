/// How large a filter may be; beyond each limit, reading it is an error.
enum FilterLimits {
  /// Bytes of the filter's text.
  static let textByteCountMax = 64 << 10
  /// Parentheses and `not` within each other; keeps every walk over the expression off the end of the stack.
  static let depthMax = 100
}
