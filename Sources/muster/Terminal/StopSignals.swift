internal import Glibc
internal import Synchronization

/// SIGINT and SIGTERM as a wish to end in order; a second one ends the process at once.
enum StopSignals {
  private static let isWished = Atomic(false)

  /// Whether the process was asked to end.
  static var wished: Bool { isWished.load(ordering: .relaxed) }

  /// From here on the first signal only notes the wish.
  static func listen() {
    isWished.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        StopSignals.isWished.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}
