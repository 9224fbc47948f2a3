internal import Glibc

/// The limits of the engine, each with what happens above it.
package enum EngineLimits {
  /// Blocks that are read at the same time.
  static let coreCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Bytes that a question keeps of what it has seen; one that needs more is refused.
  package static let stateByteCountMax = 640 << 20

  /// Groups of a breakdown that is answered group by group; more are refused.
  static let groupCountMax = 200

  /// Refuses a breakdown that would ask too often.
  /// - Throws: ``AggregationError`` `limit`.
  static func check(groupCount: Int) throws {
    guard groupCount <= groupCountMax else {
      throw AggregationError(
        .limit, "--by gives \(groupCount) groups, more than \(groupCountMax)",
        hint: "Each is asked for by itself: narrow them with --where, or name another column.")
    }
  }

  /// Refuses a community that is too large for a question.
  /// - Throws: ``AggregationError`` `limit`.
  static func check(memberCount: Int, _ memberCountMax: Int) throws {
    guard memberCount <= memberCountMax else {
      throw AggregationError(
        .limit, "the question is for at most \(memberCountMax) members; there are \(memberCount)",
        hint: "Ask another engine: muster sql writes the question for it.")
    }
  }

  /// Refuses what would keep too much.
  /// - Throws: ``AggregationError`` `limit` where a question keeps more than it may.
  package static func check(bytes: Int, of what: String) throws {
    guard bytes <= stateByteCountMax else {
      throw AggregationError(
        .limit, "the question keeps more than \(stateByteCountMax >> 20) MB of \(what)",
        hint: "Ask for fewer days or fewer periods, or narrow it with --where.")
    }
  }
}
