import ServiceLifecycle

/// Asks the published folder for news for as long as the server runs.
struct ReleaseWatch: Service {
  let held: HeldRelease
  let everyMilliseconds: Int64

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Thrown when cancelled, which the loop sees.
        try? await Task.sleep(for: .milliseconds(everyMilliseconds))
        held.refresh(atMilliseconds: monotonicMilliseconds())
      }
    }
  }
}
