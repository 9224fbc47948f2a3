internal import Foundation

/// A fault at a system call of the binary: `Tests/FaultShim/fault_shim.c` brings it about.
///
/// ```
/// workspace.start(["ingest", "log.jsonl"], SystemFault(.kill, at: 7, in: ".muster")).wait()
/// ```
package struct SystemFault: Sendable {
  /// What happens at the call.
  package enum Action: Sendable, Equatable {
    /// The process ends before the call.
    case kill
    /// Half of what is to be written is written, then the process ends.
    case tear
    /// The machine ends before the call: bytes that were never synced are gone.
    case powerCut
    /// A read or a write does half of what was asked.
    case short
    /// The process stands still until ``BinaryProcess/goOn()``.
    case stop
    /// The call fails with this `errno`.
    case fail(Int32)
  }

  package let environment: [String: String]

  /// - Parameters:
  ///   - number: of the call, from 1; `through` the last one (0: none is), of which every `step`-th has the fault.
  ///   - path: only calls on paths that contain this count.
  ///   - calls: only these count; none means all that change something: open, mkdir, write, pwrite, ftruncate, fsync,
  ///     fdatasync, syncfs, rename, unlink, rmdir. There are also open-read, read and pread.
  package init(
    _ action: Action, at number: Int, through last: Int? = nil, step: Int = 1, in path: String, calls: [String] = []
  ) {
    var variables = [
      "FAULT_PATH": path, "FAULT_AT": String(number), "FAULT_STEP": String(step), "FAULT_ACTION": Self.word(action),
    ]
    variables["FAULT_LAST"] = last.map(String.init)
    if !calls.isEmpty { variables["FAULT_CALLS"] = calls.map { $0 + "," }.joined() }
    environment = variables
  }

  /// A clock that is wrong by so many seconds.
  package init(clockOffBy seconds: Int) { environment = ["FAULT_CLOCK": String(seconds)] }

  private static func word(_ action: Action) -> String {
    switch action {
    case .kill: "kill"
    case .tear: "tear"
    case .powerCut: "power"
    case .short: "short"
    case .stop: "stop"
    case .fail(let code): String(code)
    }
  }

  /// The shim, compiled when first asked for; nil where no C compiler is on PATH.
  private static let shim: String? = {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("FaultShim/fault_shim.c").path
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let compilers = ["clang", "cc", "gcc"].flatMap { name in folders.map { "\($0)/\(name)" } }
    guard let compiler = compilers.first(where: { access($0, X_OK) == 0 }) else { return nil }
    let library = NSTemporaryDirectory() + "muster-fault-shim-\(getpid()).so"
    let built = BinaryProcess(
      [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"], in: "/"
    ).wait()
    precondition(built.status == 0, "the shim does not compile: \(built.complaint)")
    atexit { if let library = SystemFault.shim { unlink(library) } }
    return library
  }()

  /// Whether faults can be made here.
  package static var isPossible: Bool { shim != nil }

  fileprivate static var preload: [String: String] { ["LD_PRELOAD": shim ?? ""] }
}

extension BinaryWorkspace {
  /// Starts the binary here with a fault.
  package func start(_ arguments: [String], _ fault: SystemFault) -> BinaryProcess {
    BinaryProcess(
      [Binary.path] + arguments, in: folder,
      environment: fault.environment.merging(SystemFault.preload) { $1 })
  }
}

/// How thorough a test run is.
package enum TestDepth {
  /// Whether `MUSTER_DEEP_TESTS` asks for more of everything that is random or repeated.
  package static let isDeep = !(ProcessInfo.processInfo.environment["MUSTER_DEEP_TESTS"] ?? "").isEmpty
}
