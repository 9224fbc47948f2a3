internal import Columns
internal import Glibc
internal import Parquet

/// A file open for reading at any place. Reads never fault the process, whatever happens to the file.
package final class OpenFile: RandomAccessBytes {
  package let path: String
  package let byteCount: Int
  private let descriptor: Int32

  /// - Throws: ``StoreError`` `notFound` or `cannotRead`.
  package init(reading path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      byteCount = 0
      throw StoreError(errno == ENOENT ? .notFound : .cannotRead, "cannot open: \(systemMessage())", file: path)
    }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT != S_IFDIR else {
      byteCount = 0
      throw StoreError(.cannotRead, "this is a folder, not a file", file: path)
    }
    byteCount = Int(information.st_size)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The bytes of `range`.
  /// - Throws: ``StoreError`` `cannotRead` where the system fails, `corrupt` where the file ends early.
  package func read(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      if let base = buffer.baseAddress { adviseLargePages(base, byteCount: range.count) }
      while filled < range.count {
        let count = pread(
          descriptor, buffer.baseAddress! + filled, range.count - filled, off_t(range.lowerBound + filled))
        if count < 0 {
          if errno == EINTR { continue }
          throw StoreError(
            .cannotRead, "cannot read at byte \(range.lowerBound + filled): \(systemMessage())", file: path)
        }
        if count == 0 {
          throw StoreError(
            .corrupt, "the file ends at byte \(range.lowerBound + filled), before byte \(range.upperBound)", file: path)
        }
        filled += count
      }
    }
  }
}
