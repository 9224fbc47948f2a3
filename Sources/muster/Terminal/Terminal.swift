internal import Glibc
internal import Synchronization

/// Where words go: data to standard output, everything else to standard error.
enum Terminal {
  /// Writes data as it is; a reader that went away ends the process quietly.
  static func write(_ text: String) {
    guard put(text, on: STDOUT_FILENO) else {
      exit(errno == EPIPE ? 0 : ExitStatus.cannotWrite.rawValue)
    }
  }

  /// Writes a line to standard error.
  static func warn(_ text: String) {
    Progress.clearLine()
    _ = put(text + "\n", on: STDERR_FILENO)
  }

  /// Whether all of `text` was written.
  fileprivate static func put(_ text: String, on descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}

/// Progress of long work on standard error: one line that is written over in a terminal, a line every two seconds
/// elsewhere.
struct Progress {
  private let isQuiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var last = ContinuousClock.now

  init(quiet: Bool) { isQuiet = quiet }

  mutating func show(_ text: @autoclosure () -> String) {
    let now = ContinuousClock.now
    guard !isQuiet, now - last > (isTerminal ? .milliseconds(100) : .seconds(2)) else { return }
    last = now
    if isTerminal {
      Self.isLineOpen.store(true, ordering: .relaxed)
      _ = Terminal.put("\r\u{1B}[K" + text(), on: STDERR_FILENO)
    } else {
      Terminal.warn(text())
    }
  }

  /// Whether a progress line stands in the terminal.
  private static let isLineOpen = Atomic(false)

  static func clearLine() {
    if isLineOpen.exchange(false, ordering: .relaxed) { _ = Terminal.put("\r\u{1B}[K", on: STDERR_FILENO) }
  }
}
