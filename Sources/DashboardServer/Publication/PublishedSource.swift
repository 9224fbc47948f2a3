package import Dashboards

/// Where releases come from: the published folder, or a test's own.
package protocol PublishedSource: Sendable {
  /// The name of the release that readers should see; cheap enough to be asked once a second.
  func currentName() -> String?
  /// The release that readers should see; nil: nothing was published yet.
  func load() throws -> ServedRelease?
}

extension PublishedFolder: PublishedSource {}
