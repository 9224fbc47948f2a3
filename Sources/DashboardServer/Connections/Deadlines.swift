/// Tells when a client has been waited for long enough.
///
/// All times are milliseconds of a clock that only goes forward.
struct Deadlines {
  enum Phase { case opened, reading, waiting, closing }

  enum Verdict: Equatable {
    case wait
    /// Nil: nothing was owed on either side.
    case close(Cut?)
  }

  private let limits: ServerLimits
  private var phase = Phase.opened
  private var phaseSince: Int64
  /// While bytes wait to be taken by the client: since when any do, and when it last took some.
  private var unsent: (byteCount: Int, since: Int64, progressAt: Int64)?

  init(_ limits: ServerLimits, at now: Int64) {
    self.limits = limits
    phaseSince = now
  }

  mutating func enter(_ phase: Phase, at now: Int64) {
    self.phase = phase
    phaseSince = now
  }

  /// What to do with the connection, given the bytes that the client has not taken yet.
  ///
  /// More bytes than before are no progress: they come from further answers.
  mutating func verdict(unsentByteCount: Int, at now: Int64) -> Verdict {
    guard unsentByteCount > 0 else {
      // What the phase waits for can only begin once the answers are taken.
      if unsent != nil, phase != .reading { phaseSince = now }
      unsent = nil
      return phaseVerdict(at: now)
    }
    var pending = unsent ?? (unsentByteCount, now, now)
    if unsentByteCount < pending.byteCount { pending.progressAt = now }
    pending.byteCount = unsentByteCount
    unsent = pending
    let isLate = now - pending.progressAt > limits.stallMilliseconds || now - pending.since > limits.answerMilliseconds
    return isLate ? .close(.answer) : .wait
  }

  private func phaseVerdict(at now: Int64) -> Verdict {
    let passed = now - phaseSince
    switch phase {
    case .opened: return passed > limits.requestMilliseconds ? .close(nil) : .wait
    case .reading: return passed > limits.requestMilliseconds ? .close(.request) : .wait
    case .waiting: return passed > limits.idleMilliseconds ? .close(nil) : .wait
    case .closing: return passed > limits.lingerMilliseconds ? .close(nil) : .wait
    }
  }
}
