import Glibc

/// One file in memory that a probe fills anew for each input: readers take paths.
struct ScratchFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// The only one: probes run one after another.
  static let shared = ScratchFile()

  private init() {
    path = "/dev/shm/muster-probe-\(getpid())"
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "cannot make \(path)")
    atexit { unlink(ScratchFile.shared.path) }
  }

  /// Its path, after it was given these bytes.
  static func holding(_ bytes: UnsafeRawBufferPointer) -> String {
    precondition(ftruncate(shared.descriptor, 0) == 0, "cannot empty the file")
    let count = bytes.count == 0 ? 0 : pwrite(shared.descriptor, bytes.baseAddress, bytes.count, 0)
    precondition(count == bytes.count, "cannot fill the file")
    return shared.path
  }
}
