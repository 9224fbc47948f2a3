internal import CDurability
internal import Glibc

/// What the system says of the last call that failed.
package func systemMessage(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

/// `path` from the root, with `.` and `..` resolved by name.
package func absolutePath(_ path: String, from current: String) -> String {
  var parts: [Substring] = []
  for part in (path.hasPrefix("/") ? path : "\(current)/\(path)").split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

/// Whether there is anything at `path`.
package func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Whether `path` is a folder, or a link to one.
package func isFolder(_ path: String) -> Bool {
  var information = stat()
  return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
}

/// Whether `path` is a file that can be read twice: not a pipe, not a device.
package func isRegularFile(_ path: String) -> Bool {
  var information = stat()
  return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
}

/// Size of a file in bytes, nil where there is none.
package func fileByteCount(_ path: String) -> Int? {
  var information = stat()
  return stat(path, &information) == 0 ? Int(information.st_size) : nil
}

/// Names in a folder, sorted by their bytes, without `.` and `..`; empty where it cannot be read.
package func listFolder(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Makes `path` and the folders above it.
package func makeFolder(_ path: String) throws {
  if isFolder(path) { return }
  var prefix = ""
  for part in path.split(separator: "/") {
    prefix += "/" + part
    if mkdir(prefix, 0o755) != 0, errno != EEXIST {
      throw StoreError(.cannotWrite, "cannot make the folder: \(systemMessage())", file: prefix)
    }
  }
}

/// All bytes of a file.
/// - Throws: ``StoreError`` `notFound`, `cannotRead`, or `configuration` past `byteCountMax`.
package func readFile(_ path: String, byteCountMax: Int = .max) throws -> [UInt8] {
  let file = try OpenFile(reading: path)
  guard file.byteCount <= byteCountMax else {
    throw StoreError(.configuration, "the file is larger than \(byteCountMax) bytes", file: path)
  }
  return try file.read(0..<file.byteCount)
}

/// Removes a file; one that is already gone is no error.
package func removeFile(_ path: String) throws {
  if unlink(path) != 0, errno != ENOENT {
    throw StoreError(.cannotWrite, "cannot remove the file: \(systemMessage())", file: path)
  }
}

/// Gives a file its final name, replacing what had it, and makes the move durable.
package func moveFile(_ from: String, to: String) throws {
  guard rename(from, to) == 0 else {
    throw StoreError(.cannotWrite, "cannot move the file to \(to): \(systemMessage())", file: from)
  }
  try syncFolder(of: to)
}

/// Gives a file its final name, replacing what had it; durable once the file system is synced.
func renameFile(_ from: String, to: String) throws {
  guard rename(from, to) == 0 else {
    throw StoreError(.cannotWrite, "cannot move the file to \(to): \(systemMessage())", file: from)
  }
}

/// Makes the names in the folder of `path` durable.
package func syncFolder(of path: String) throws {
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw StoreError(.cannotRead, "cannot open the folder: \(systemMessage())", file: folder)
  }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else {
    throw StoreError(.cannotWrite, "cannot sync the folder: \(systemMessage())", file: folder)
  }
}

/// Writes a whole file so that, whatever happens, its name holds the old bytes or the new ones.
package func writeFileDurably(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
  let beside = "\(path).writing-\(getpid())"
  do {
    try writeNewFile(bytes, to: beside, syncing: true)
    try moveFile(beside, to: path)
  } catch {
    unlink(beside)
    throw error
  }
}

/// Writes a new file. Neither its bytes nor its name are durable until they are synced.
package func writeNewFile(_ bytes: UnsafeRawBufferPointer, to path: String, syncing: Bool = false) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw StoreError(.cannotWrite, "cannot make the file: \(systemMessage())", file: path) }
  defer { close(descriptor) }
  try writeAll(bytes, to: descriptor, file: path)
  guard syncing else { return muster_write_soon(descriptor, 0) }
  guard fsync(descriptor) == 0 else {
    throw StoreError(.cannotWrite, "cannot sync: \(systemMessage())", file: path)
  }
}

/// Cuts off what lies past `byteCount` bytes, and removes a file of which nothing is left; as far as the system lets.
package func cutFile(_ path: String, to byteCount: Int) {
  guard let size = fileByteCount(path), size > byteCount else { return }
  if byteCount == 0 { unlink(path) } else { truncate(path, off_t(byteCount)) }
}

/// Appends to a file at `offset`, cutting off what lies past it. Not durable until the file system is synced.
/// - Parameter isReadSoon: if not, what is large goes to the disk without a copy in the system's memory of files.
package func appendToFile(
  _ bytes: UnsafeRawBufferPointer, to path: String, at offset: Int, isReadSoon: Bool = true
) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw StoreError(.cannotWrite, "cannot open: \(systemMessage())", file: path) }
  defer { close(descriptor) }
  guard ftruncate(descriptor, offset) == 0, lseek(descriptor, offset, SEEK_SET) == offset else {
    throw StoreError(.cannotWrite, "cannot move to byte \(offset): \(systemMessage())", file: path)
  }
  var start = 0
  if !isReadSoon, bytes.count >= largeByteCount {
    start = Int(muster_write_past_cache(path, bytes.baseAddress, Int64(bytes.count), Int64(offset)))
    lseek(descriptor, offset + start, SEEK_SET)
  }
  try writeAll(UnsafeRawBufferPointer(rebasing: bytes[start...]), to: descriptor, file: path)
  muster_write_soon(descriptor, Int64(offset + start))
}

/// From here on bytes are worth a way of their own to the disk.
private let largeByteCount = 1 << 20

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, file: String) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw StoreError(
        .cannotWrite, "cannot write: \(systemMessage())", file: file,
        hint: errno == ENOSPC ? "Free some space and run the same command again; nothing was committed." : nil)
    }
    rest = rest.dropFirst(count)
  }
}

/// Whether the names in a folder can be read.
package func canListFolder(_ path: String) -> Bool {
  guard let folder = opendir(path) else { return false }
  closedir(folder)
  return true
}

/// Makes all that was written to the file system of `folder` durable: one call, however many files there are.
package func syncFileSystem(of folder: String) throws {
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw StoreError(.cannotRead, "cannot open the folder: \(systemMessage())", file: folder)
  }
  defer { close(descriptor) }
  guard muster_syncfs(descriptor) == 0 else {
    throw StoreError(.cannotWrite, "cannot sync the file system: \(systemMessage())", file: folder)
  }
}
