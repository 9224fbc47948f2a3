internal import Foundation

/// A running child process whose words go to files: no pipe fills up, however much it says.
package struct BinaryProcess: ~Copyable {
  private let pid: pid_t
  private let outputPath: String
  private let complaintPath: String
  private let started = ContinuousClock.now

  /// A child that takes longer is killed.
  private static let runSecondsMax = 300

  /// Starts `arguments`, of which the first is a path.
  /// - Parameters:
  ///   - folder: where it runs.
  ///   - standardInput: a file; nil is empty input.
  ///   - environment: added to a small one in which the machine's own zone is far from any that tests use.
  package init(
    _ arguments: [String], in folder: String, standardInput: String? = nil, environment: [String: String] = [:]
  ) {
    let name = NSTemporaryDirectory() + "muster-run-\(UUID().uuidString)"
    (outputPath, complaintPath) = (name + ".out", name + ".err")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, standardInput ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, complaintPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var variables = [
      "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder, "TZ": "Pacific/Kiritimati", "LC_ALL": "C",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    variables.merge(environment) { $1 }
    // `env` moves to the folder and becomes the process that was asked for.
    var argv = (["/usr/bin/env", "-C", folder] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var child = pid_t()
    let failure = posix_spawn(&child, "/usr/bin/env", &actions, nil, &argv, &envp)
    precondition(failure == 0, "cannot start \(arguments[0]): \(String(cString: strerror(failure)))")
    pid = child
  }

  /// Ends it at once, as a power cut would.
  package func kill() { _ = Foundation.kill(pid, SIGKILL) }

  /// Asks it to end, or whatever `number` means to it.
  package func signal(_ number: Int32) { _ = Foundation.kill(pid, number) }

  /// Waits until it stands still, as ``SystemFault/Action/stop`` makes it; false where it ended before.
  package func waitUntilStopped() -> Bool {
    let deadline = ContinuousClock.now + .seconds(Self.runSecondsMax)
    while ContinuousClock.now < deadline {
      // pid (name) state …
      let fields = Self.text(of: "/proc/\(pid)/stat").split(separator: " ")
      if fields.count > 2, fields[2] == "T" { return true }
      if fields.count < 3 || fields[2] == "Z" { return false }
      usleep(1_000)
    }
    return false
  }

  /// Ends a stop.
  package func goOn() { _ = Foundation.kill(pid, SIGCONT) }

  /// Waits for its end.
  package consuming func wait() -> BinaryRun {
    var status: Int32 = 0
    var peak = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      peak = max(peak, Self.peakByteCount(of: pid))
      if ContinuousClock.now - started > .seconds(Self.runSecondsMax) { kill() }
      usleep(1_000)
    }
    let signal = status & 0x7F
    let run = BinaryRun(
      status: signal == 0 ? status >> 8 & 0xFF : -signal, output: Self.text(of: outputPath),
      complaint: Self.text(of: complaintPath), peakByteCount: peak)
    unlink(outputPath)
    unlink(complaintPath)
    return run
  }

  /// The most memory it ever had, as it says while it lives: what the system says at its end counts the parent's too.
  private static func peakByteCount(of pid: pid_t) -> Int {
    let line = text(of: "/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }

  private static func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
