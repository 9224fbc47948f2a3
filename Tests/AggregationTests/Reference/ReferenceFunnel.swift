import Aggregation

/// One event of a member as the slow funnel sees it.
struct FunnelEvent: Equatable {
  var ts: Int64
  var name: String
  var held: String?
  var group: String?
  /// Neither a step nor activity: it does not stand between steps.
  var isPassive = false
}

/// The slow, obvious funnel: it makes every path there is and keeps the best one, straight from the definitions.
struct ReferenceFunnel {
  let question: FunnelQuestion
  /// Where a path may start.
  let entrySpan: Range<Int64>
  let asOf: Int64

  struct Path {
    /// Places of events.
    var events: [Int]
    var times: [Int64]
  }

  struct Result {
    var group: String?
    var times: [Int64]
    var isLeftOut: Bool
    var isExcluded: Bool
  }

  private var window: Int64 { question.windowSeconds * 1_000_000 }

  /// What becomes of a member with these events; nil where no path starts.
  func result(_ events: [FunnelEvent]) -> Result? {
    let paths = allPaths(events)
    guard let best = paths.map({ key($0, events) }).min(by: precedes) else { return nil }
    let completes = best.times.count == question.steps.count
    let end = completes ? best.times.last! : best.times[0] + window
    let isExcluded = events.contains { question.exclude.contains($0.name) && $0.ts > best.times[0] && $0.ts < end }
    let isLeftOut = question.openWindows == .leaveOut && best.times[0] + window > asOf
    return Result(group: best.group, times: best.times, isLeftOut: isLeftOut, isExcluded: isExcluded)
  }

  private func precedes(_ a: (times: [Int64], group: String?), _ b: (times: [Int64], group: String?)) -> Bool {
    if a.times.count != b.times.count { return a.times.count > b.times.count }
    if a.times != b.times { return a.times.lexicographicallyPrecedes(b.times) }
    return (a.group ?? "\u{10FFFF}") < (b.group ?? "\u{10FFFF}")
  }

  private func key(_ path: Path, _ events: [FunnelEvent]) -> (times: [Int64], group: String?) {
    let place = question.attribution == .first ? 0 : path.events.count - 1
    guard question.order == .any else { return (path.times, events[path.events[place]].group) }
    // Which of the events of one instant is the first or last of a path is left open: all of them count.
    let candidates = events.filter { event in
      event.ts == path.times[place] && question.steps.contains(event.name)
        && (question.hold == nil || event.held == events[path.events[0]].held)
    }
    return (path.times, candidates.map(\.group).min { ($0 ?? "\u{10FFFF}") < ($1 ?? "\u{10FFFF}") } ?? nil)
  }

  private func allPaths(_ events: [FunnelEvent]) -> [Path] {
    let entries = events.indices.filter { place in
      let isEntry =
        question.order == .any ? question.steps.contains(events[place].name) : events[place].name == question.steps[0]
      return isEntry && entrySpan.contains(events[place].ts) && (question.hold == nil || events[place].held != nil)
    }
    let first = entries.map { events[$0].ts }.min()
    return entries.filter { question.entry == .any || events[$0].ts == first }.flatMap { entry -> [Path] in
      question.steps.indices.filter { question.steps[$0] == events[entry].name && (question.order == .any || $0 == 0) }
        .flatMap { step in
          longer(Path(events: [entry], times: [events[entry].ts]), served: [step], events)
        }
    }
  }

  /// `path`, and all that go on from it.
  private func longer(_ path: Path, served: Set<Int>, _ events: [FunnelEvent]) -> [Path] {
    let steps = question.order == .any ? question.steps.indices.filter { !served.contains($0) } : [path.events.count]
    var paths = [path]
    for step in steps where step < question.steps.count {
      for next in events.indices where follows(next, path, events) && events[next].name == question.steps[step] {
        let longer = Path(events: path.events + [next], times: path.times + [events[next].ts])
        paths += self.longer(longer, served: served.union([step]), events)
      }
    }
    return paths
  }

  private func follows(_ next: Int, _ path: Path, _ events: [FunnelEvent]) -> Bool {
    let (ts, last) = (events[next].ts, path.times.last!)
    if path.events.contains(next) || ts < last || ts >= path.times[0] + window { return false }
    if question.ties == .strictlyLater, ts == last { return false }
    if question.hold != nil, events[next].held != events[path.events[0]].held { return false }
    let stands = events.contains { $0.ts > last && $0.ts < ts && !$0.isPassive }
    return question.order != .strict || !stands
  }

  /// The rows of the answer for members with these events.
  func rows(_ members: [[FunnelEvent]]) -> [[Cell]] {
    let counted = members.compactMap { result($0) }.filter { !$0.isLeftOut && !$0.isExcluded }
    let groups =
      question.by.isEmpty ? [nil] : Set(counted.map(\.group)).sorted { ($0 ?? "\u{10FFFF}") < ($1 ?? "\u{10FFFF}") }
    return groups.flatMap { group -> [[Cell]] in
      let paths = counted.filter { question.by.isEmpty || $0.group == group }.map(\.times)
      return question.steps.indices.map { step -> [Cell] in
        let reached = paths.filter { $0.count > step }
        let before = paths.filter { $0.count > step - 1 }.count
        let gaps = step == 0 ? [] : reached.map { Double($0[step] - $0[step - 1]) / 1e6 }.sorted()
        return (question.by.isEmpty ? [] : [group.map(Cell.text) ?? .null]) + [
          .int(step + 1), question.order == .any ? .null : .text(question.steps[step]), .int(reached.count),
          .ratio(reached.count, of: paths.count), step == 0 ? .null : .ratio(reached.count, of: before),
          quantile(0.5, gaps), quantile(0.9, gaps),
        ]
      }
    }
  }

  private func quantile(_ p: Double, _ sorted: [Double]) -> Cell {
    guard !sorted.isEmpty else { return .null }
    let place = Double(sorted.count - 1) * p
    let (low, high) = (sorted[Int(place)], sorted[min(sorted.count - 1, Int(place) + 1)])
    return .float(low + (high - low) * (place - place.rounded(.down)))
  }
}
