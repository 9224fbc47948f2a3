/// One column of a file's schema.
package struct ColumnDescription: Sendable, Equatable {
  /// What the values are.
  package enum Kind: String, Sendable {
    case int32
    case int64
    /// Microseconds since 1970 in UTC, as `int64`.
    case timestamp
    /// UTF-8.
    case text
  }

  /// Unique in its file.
  package var name: String
  /// What its values are.
  package var kind: Kind
  /// Whether values may be missing. `ColumnValues` says so for text alone:
  /// an optional column of integers is written without nulls, and read if it has none.
  package var isOptional: Bool

  /// A column `name` of values of `kind`.
  package init(name: String, kind: Kind, isOptional: Bool) {
    self.name = name
    self.kind = kind
    self.isOptional = isOptional
  }
}
