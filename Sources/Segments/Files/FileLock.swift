internal import Glibc

/// The right to write to a store: held by one process at a time, given back by the system when it ends.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock or fails at once.
  /// - Throws: ``StoreError`` `locked`, naming the holder; `cannotWrite`.
  package init(_ path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StoreError(.cannotWrite, "cannot make the lock: \(systemMessage())", file: path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = (try? readFile(path, byteCountMax: 64)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      throw StoreError(
        .locked, "another process is writing to the store" + (holder.isEmpty ? "" : " (process \(holder))"), file: path,
        hint: "Wait until it ends and try again; reading works meanwhile.")
    }
    let name = String(getpid())
    ftruncate(descriptor, 0)
    _ = name.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit {
    // A child that is just being started holds a copy of the descriptor: closing alone would not give the lock back.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
