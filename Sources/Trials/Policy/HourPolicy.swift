internal import Experiments

/// A rule that gives each send its arm.
package enum HourPolicy: String, CaseIterable, Sendable {
  /// The arms as they were drawn: what the others are held against.
  case logging
  /// One arm for all.
  case oneBestHour = "one best hour"
  /// One arm a segment: the first of the experiment's.
  case bestHourBySegment = "best hour by segment"
  /// The arm nearest to the hour in which the member began most sessions; the control where there is none.
  case ownHour = "own most active hour"
}

/// Arms and expectations that were learned on other members: of each fold, from the other folds.
struct FoldedArms {
  private let armCount: Int
  /// By fold, then by segment × arm.
  private let byCell: [[Double]]
  /// By fold: the arm that was worth most over all segments.
  private let best: [Int]
  /// By fold and segment.
  private let bestInSegment: [[Int]]

  /// - Parameter arms: arms with a push.
  init(_ sends: PolicySends, arms: [Int], armCount: Int, foldCount: Int) {
    self.armCount = armCount
    let segmentCount = sends.segments.count
    func folded(_ cells: Int, _ cell: (PolicySends.Send) -> Int) -> [[Double]] {
      var values = [[[Double]]](repeating: [[Double]](repeating: [], count: cells), count: foldCount)
      for send in sends.all { values[send.fold][cell(send)].append(send.value) }
      return FoldedCells(sums: values.map { $0.map { MeanSums($0) } }).predictions()
    }
    byCell = folded(segmentCount * armCount) { $0.segment * armCount + $0.arm }
    let byArm = folded(armCount) { $0.arm }
    best = byArm.map { values in Self.best(arms) { values[$0] } }
    bestInSegment = byCell.map { values in
      (0..<segmentCount).map { segment in Self.best(arms) { values[segment * armCount + $0] } }
    }
  }

  /// Of equal ones the first.
  private static func best(_ arms: [Int], _ value: (Int) -> Double) -> Int {
    arms.dropFirst().reduce(arms[0]) { value($1) > value($0) ? $1 : $0 }
  }

  func best(for send: PolicySends.Send) -> Int { best[send.fold] }
  func bestInSegment(for send: PolicySends.Send) -> Int { bestInSegment[send.fold][send.segment] }
  func expected(of arm: Int, for send: PolicySends.Send) -> Double { byCell[send.fold][send.segment * armCount + arm] }

  /// Which arm the folds chose for a segment, with how many of them did; nil is over all segments.
  func chosen(inSegment segment: Int?) -> [(arm: Int, folds: Int)] {
    let arms = segment.map { segment in bestInSegment.map { $0[segment] } } ?? best
    return Dictionary(grouping: arms, by: \.self).map { (arm: $0.key, folds: $0.value.count) }
      .sorted { ($1.folds, $0.arm) < ($0.folds, $1.arm) }
  }
}

/// The arm whose time of day is nearest to the middle of an hour, around the clock; of equal ones the first.
func nearestArm(to hour: Int, among arms: [Int], minutes: [Int?]) -> Int? {
  func distance(_ arm: Int) -> Int? {
    minutes[arm].map { minute in
      let apart = abs(minute - (60 * hour + 30))
      return min(apart, 1440 - apart)
    }
  }
  return arms.filter { minutes[$0] != nil }.min { distance($0)! < distance($1)! }
}
