/// Why a log cannot be read at all. A record that cannot be read is no error: see ``RejectedRecord``.
package struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of fault it is.
  package enum Code: String, Sendable {
    /// There is no such input.
    case notFound
    /// The input is there and cannot be read.
    case cannotRead
    /// The input's header does not have the columns that the dataset names, or cannot be a header.
    case header
    /// More records were rejected than the limit allows; nothing was committed.
    case tooManyRejected
    /// The dataset's description and the workspace do not fit each other.
    case configuration
  }

  package var code: Code
  package var message: String
  /// The input, or the dataset's description.
  package var file: String
  /// Line in `file`, from 1.
  package var line: Int?
  package var hint: String

  package init(_ code: Code, _ message: String, file: String, line: Int? = nil, hint: String) {
    self.code = code
    self.message = message
    self.file = file
    self.line = line
    self.hint = hint
  }

  /// `file:line: message. hint`
  package var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(message). \(hint)"
  }
}
