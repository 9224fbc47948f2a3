internal import GRDB
internal import Glibc

/// A catalog in a folder that this account cannot write.
///
/// SQLite makes two files beside a database that it reads, unless a writer has made them. Where it may not, and no
/// writer is at work, everything lies in the database's own file: it is read as one that does not change. Whether that
/// held is looked at after each read.
struct RestingCatalog: Sendable, Equatable {
  private let path: String
  private let inode: UInt
  private let byteCount: Int
  private let changedAt: [Int]

  /// nil where there is no such file, or a writer is at work.
  init?(_ path: String) {
    var information = stat()
    guard !fileExists("\(path)-wal"), stat(path, &information) == 0 else { return nil }
    (self.path, inode, byteCount) = (path, UInt(information.st_ino), Int(information.st_size))
    changedAt = [
      information.st_mtim.tv_sec, information.st_mtim.tv_nsec, information.st_ctim.tv_sec, information.st_ctim.tv_nsec,
    ]
  }

  /// The name under which SQLite takes the file for one that does not change.
  var immutableName: String {
    let plain = path.utf8.map { byte in
      let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      return isPlain || byte == UInt8(ascii: "/") ? String(UnicodeScalar(byte)) : "%" + hex(byte)
    }
    return "file:\(plain.joined())?immutable=1"
  }

  private func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }

  /// - Throws: ``StoreError`` `locked` where the file changed since.
  func check() throws {
    if RestingCatalog(path) == self { return }
    throw StoreError(
      .locked, "the catalog changed while it was read", file: path,
      hint: "Ask again: this account cannot write in the store's folder, where a reader shows a writer what it reads.")
  }
}
