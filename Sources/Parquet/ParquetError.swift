/// What went wrong with a Parquet file, and where.
///
/// Kernels throw it without a place; whoever knows the file, column and page adds them on the way out.
package struct ParquetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of thing went wrong.
  package enum Code: String, Sendable {
    /// The bytes do not start and end as a Parquet file does.
    case notParquet
    /// The file ends before something it announces.
    case truncated
    /// The footer, or an index it points to, cannot be what a writer wrote.
    case corruptFooter
    /// A page, or its header, cannot be what a writer wrote.
    case corruptPage
    /// A page's bytes do not have the checksum of its header.
    case checksum
    /// A compressed stream does not decompress.
    case corruptStream
    /// The file is, or may be, good; this reader does not know that part of the format.
    case unsupported
  }

  package var code: Code
  /// What is wrong, in a clause.
  package var message: String
  /// The name the reader was given; empty for a stream that is not a file.
  package var file: String
  /// The column's name.
  package var column: String?
  /// The row group's index in the file.
  package var rowGroup: Int?
  /// The page's index in its column chunk, the dictionary page included.
  package var page: Int?
  /// What to do about it, in a clause.
  package var hint: String

  /// An error with what is known where it arises; without `hint`, that of `code`.
  package init(
    _ code: Code, _ message: String, file: String = "", column: String? = nil, rowGroup: Int? = nil,
    page: Int? = nil, hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.column = column
    self.rowGroup = rowGroup
    self.page = page
    self.hint = hint ?? Self.hint(for: code)
  }

  /// Place, message and hint in one line.
  package var description: String {
    var place = file
    if let column { place += ", column '\(column)'" }
    if let rowGroup { place += ", row group \(rowGroup)" }
    if let page { place += ", page \(page)" }
    return (place.isEmpty ? "" : place + ": ") + message + "; " + hint
  }

  /// The same error with the places that were not known where it arose.
  func located(file: String, column: String? = nil, rowGroup: Int? = nil, page: Int? = nil) -> ParquetError {
    var error = self
    if error.file.isEmpty { error.file = file }
    error.column = error.column ?? column
    error.rowGroup = error.rowGroup ?? rowGroup
    error.page = error.page ?? page
    return error
  }

  private static func hint(for code: Code) -> String {
    switch code {
    case .notParquet: "give a file that ends with 'PAR1'"
    case .truncated: "copy the file again from where it came"
    case .corruptFooter, .corruptPage, .checksum, .corruptStream: "restore the file from a copy"
    case .unsupported: "rewrite the file with zstd, PLAIN or dictionary encoding and data pages of version 1"
    }
  }
}
