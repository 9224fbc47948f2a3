/// What can go wrong with a workspace and its store: what, where, and what to do.
package struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What kind of fault it is.
  package enum Code: String, Sendable {
    /// A file of the workspace says something that cannot be meant.
    case configuration
    /// A named thing is not there.
    case notFound
    /// The system refused to read.
    case cannotRead
    /// The system refused to write.
    case cannotWrite
    /// Another process is writing.
    case locked
    /// The settings are not those that the store was made with.
    case settingsChanged
    /// Bytes on disk are not what was written.
    case corrupt
    /// A file of the snapshot is no longer there: another process may have superseded it.
    case gone
    /// What was asked would destroy something that is still needed.
    case refused
  }

  package var code: Code
  package var message: String
  package var file: String?
  /// Position in `file`, from 1.
  package var line: Int?
  package var column: Int?
  package var hint: String?

  package init(
    _ code: Code, _ message: String, file: String? = nil, line: Int? = nil, column: Int? = nil, hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.line = line
    self.column = column
    self.hint = hint
  }

  static func noStore(_ folder: String) -> StoreError {
    StoreError(
      .notFound, "there is no store yet", file: folder,
      hint: "Load a log first: `muster ingest FILE`, or try `muster simulate`.")
  }

  /// `file:line:column: message. hint`
  package var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
    return (place.isEmpty ? "" : place + ": ") + message + (hint.map { ". " + $0 } ?? "")
  }
}
