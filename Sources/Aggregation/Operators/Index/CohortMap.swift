internal import Columns
internal import Segments

/// Which cohort each member belongs to, made for counting sets of members by cohort.
///
/// Keys are given in order of first appearance, so that neighbours mostly share their cohort: sixty-four keys of one
/// cohort are counted at once, others one by one.
struct CohortMap {
  /// Stands for members of no cohort.
  static let none = Int32.min
  private static let mixed = Int32.min + 1

  private let runs: [(count: Int, cohort: Int32)]
  /// By key.
  private let cohorts: [Int32]
  /// By 64 keys: their common cohort, or `mixed`.
  private let common: [Int32]

  /// - Parameter cohort: of the members whose day has a number: from 0 up, or ``none``.
  init(_ firstDays: FirstDays, cohort: (Int32) -> Int32) {
    var start = 0
    let runs = firstDays.runs.map { run -> (count: Int, cohort: Int32) in
      defer { start = run.end }
      return (run.end - start, cohort(run.day))
    }
    let cohorts = [Int32](unsafeUninitializedCapacity: start) { room, filled in
      for run in runs {
        room[filled..<filled + run.count].initialize(repeating: run.cohort)
        filled += run.count
      }
    }
    self.runs = runs
    self.cohorts = cohorts
    common = cohorts.withUnsafeBufferPointer { cohorts in
      (0..<(cohorts.count + 63) / 64).map { place in
        let (start, end) = (place &* 64, min(place &* 64 &+ 64, cohorts.count))
        var differing: Int32 = 0
        for key in start..<end { differing |= cohorts[key] ^ cohorts[start] }
        return differing == 0 ? cohorts[start] : Self.mixed
      }
    }
  }

  /// Members of each cohort.
  func sizes(cohortCount: Int) -> [Int] {
    var sizes = Array(repeating: 0, count: cohortCount)
    for run in runs where run.cohort != Self.none { sizes[Int(run.cohort)] += run.count }
    return sizes
  }

  /// Adds the members of a finished set to `counts`, one a cohort.
  func count(_ members: MemberSet, into counts: inout [Int]) {
    guard let bits = members.bitmap else {
      members.forEach { key in
        let cohort = cohorts[Int(key)]
        if cohort != Self.none { counts[Int(cohort)] += 1 }
      }
      return
    }
    counts.withUnsafeMutableBufferPointer { counts in
      bits.words.withUnsafeBufferPointer { words in
        common.withUnsafeBufferPointer { common in
          for place in 0..<min(words.count, common.count) where words[place] != 0 {
            let cohort = common[place]
            if cohort >= 0 {
              counts[Int(cohort)] &+= words[place].nonzeroBitCount
            } else if cohort == Self.mixed {
              count(words[place], at: place, into: counts)
            }
          }
        }
      }
    }
  }

  private func count(_ word: UInt64, at place: Int, into counts: UnsafeMutableBufferPointer<Int>) {
    var rest = word
    while rest != 0 {
      let cohort = cohorts[place &* 64 &+ rest.trailingZeroBitCount]
      if cohort != Self.none { counts[Int(cohort)] &+= 1 }
      rest &= rest &- 1
    }
  }
}
