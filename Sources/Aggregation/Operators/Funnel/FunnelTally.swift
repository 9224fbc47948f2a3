/// How many members reached each step, and how long each step took them, by group.
struct FunnelTally {
  private let stepCount: Int
  private let groups: [GroupValues]
  /// By group and step.
  private var members: [Int]
  /// By group and step: microseconds from the step before.
  private var gaps: [[Int64]]
  /// Members whose window is open at as-of.
  var leftOut = 0
  /// Members dropped by an event that excludes.
  var excluded = 0

  /// - Parameter groups: in the order of the answer.
  init(stepCount: Int, groups: [GroupValues]) {
    (self.stepCount, self.groups) = (stepCount, groups)
    members = [Int](repeating: 0, count: stepCount * groups.count)
    gaps = [[Int64]](repeating: [], count: stepCount * groups.count)
  }

  /// Counts a member whose path has these instants.
  mutating func add(_ path: [Int64], group: Int) {
    for step in path.indices {
      members[group * stepCount + step] += 1
      if step > 0 { gaps[group * stepCount + step].append(path[step] - path[step - 1]) }
    }
  }

  /// Counts members of the only group that reached a step, with what it took them.
  mutating func add(members count: Int, gaps more: [Int64], step: Int) {
    members[step] += count
    gaps[step] += more
  }

  /// Takes in other members.
  mutating func add(_ other: FunnelTally) {
    for place in members.indices {
      members[place] += other.members[place]
      gaps[place] += other.gaps[place]
    }
    leftOut += other.leftOut
    excluded += other.excluded
  }

  /// The rows of the answer; of a breakdown only groups that have members.
  mutating func rows(_ question: FunnelQuestion) -> [[Cell]] {
    var rows: [[Cell]] = []
    for group in groups.indices {
      let first = group * stepCount
      if !question.by.isEmpty, members[first] == 0 { continue }
      for step in 0..<stepCount {
        let count = members[first + step]
        rows.append(
          groups[group].cells + [
            .int(step + 1), question.order == .any ? .null : .text(question.steps[step]), .int(count),
            .ratio(count, of: members[first]), step == 0 ? .null : .ratio(count, of: members[first + step - 1]),
            seconds(0.5, first + step), seconds(0.9, first + step),
          ])
      }
    }
    return rows
  }

  private mutating func seconds(_ p: Double, _ place: Int) -> Cell {
    sampleQuantile(p, of: &gaps[place]).map { .float($0 / 1e6) } ?? .null
  }
}
