import Dashboards
import Synchronization

/// A release with all its answers made.
struct PreparedRelease: Sendable {
  let name: String
  let files: [String: PreparedFile]
  /// Of the documents under `/api/v1/dashboards/`, sorted.
  let dashboardNames: [String]
  let publishedAtSeconds: Int64
  let freshUntilSeconds: Int64?

  init(_ release: ServedRelease) {
    name = release.name
    files = release.files.mapValues(PreparedFile.init)
    dashboardNames = release.files.keys.compactMap { Route.dashboardName(path: $0) }.sorted()
    publishedAtSeconds = release.publishedAtSeconds
    freshUntilSeconds = release.freshUntilSeconds
  }

  /// Whether the pipeline's promise still holds; a release without one stays fresh.
  func isFresh(atSeconds now: Int64) -> Bool {
    freshUntilSeconds.map { now <= $0 } ?? true
  }
}

/// The release in memory: read by every request, replaced as a whole when the folder names another one.
///
/// A release that cannot be read leaves the held one in place, is logged once, and is tried again later.
final class HeldRelease: Sendable {
  enum Contents: Sendable {
    case nothingPublished
    /// Nothing is held, because what is published could not be read.
    case unreadable
    case release(PreparedRelease)
  }

  private struct Attempt {
    /// What the folder named when it was last read, with success or without.
    var name: String?
    var retryAtMilliseconds: Int64?
    var loggedFailure: String?
  }

  private let source: any PublishedSource
  private let limits: ServerLimits
  private let metrics: ServerMetrics
  private let log: @Sendable (String) -> Void
  private let held = Mutex(Contents.nothingPublished)
  /// Held while the folder is read, so that two refreshes do not overtake each other.
  private let attempt = Mutex(Attempt())

  init(
    of source: any PublishedSource, limits: ServerLimits, metrics: ServerMetrics,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.source = source
    self.limits = limits
    self.metrics = metrics
    self.log = log
  }

  var contents: Contents { held.withLock { $0 } }

  /// Reads the folder when it names another release, or when a failed one is due again.
  func refresh(atMilliseconds now: Int64) {
    attempt.withLock { attempt in
      // No name: nothing published yet, or the folder is away for a moment; what is held stays.
      guard let name = source.currentName() else { return }
      if name == attempt.name {
        guard let due = attempt.retryAtMilliseconds, now >= due else { return }
      }
      attempt.name = name
      attempt.retryAtMilliseconds = nil
      do {
        guard let release = try source.load() else { return }
        let prepared = PreparedRelease(release)
        held.withLock { $0 = .release(prepared) }
        // Published between the two calls: what was read is newer than the name.
        attempt.name = release.name == source.currentName() ? release.name : name
        attempt.loggedFailure = nil
        log("release \(release.name): \(prepared.dashboardNames.count) dashboards")
      } catch {
        attempt.retryAtMilliseconds = now + limits.releaseRetryMilliseconds
        metrics.countLoadFailure()
        held.withLock { if case .nothingPublished = $0 { $0 = .unreadable } }
        let failure = "warning: release \(name) cannot be read: \(error)"
        guard failure != attempt.loggedFailure else { return }
        attempt.loggedFailure = failure
        log(failure)
      }
    }
  }
}
