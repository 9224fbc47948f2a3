/// Counts the bytes that the columns of a file hold at once.
final class HeldBytes {
  private var count = 0

  /// Takes `new` bytes for the `old` that are given back. Throws `unsupported` above the limit, before they are there.
  func replace(_ old: Int, by new: Int) throws {
    count += new - old
    guard count <= Limits.foreignHeldByteCountMax else {
      throw ParquetError(
        .unsupported,
        "the pages of all columns take more than \(Limits.foreignHeldByteCountMax >> 20) MiB at once",
        hint: "export the file with smaller pages or row groups, or fewer columns")
    }
  }
}
