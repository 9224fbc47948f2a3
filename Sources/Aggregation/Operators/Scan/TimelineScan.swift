internal import Columns
internal import Events
internal import Segments

/// One event of a timeline.
struct TimelineRow {
  var member: Int32
  /// What the scan's reader made of the event: a place, or flags.
  var mark: Int32
  /// Microseconds of UTC.
  var ts: Int64

  /// By member, instant and mark.
  @inline(__always)
  static func precedes(_ a: TimelineRow, _ b: TimelineRow) -> Bool {
    if a.member != b.member { return a.member < b.member }
    return a.ts != b.ts ? a.ts < b.ts : a.mark < b.mark
  }
}

/// The marks of a run's rows.
enum RunMarks {
  /// Each row has this one.
  case all(Int32)
  /// By row of the block; a negative one leaves the row out.
  case each([Int32])
}

/// Gives events in the order of time, a stretch at a time, and within a stretch member by member.
///
/// ```
/// segments   day 1      day 2      day 3 + day 4            (merged where clocks turn back over midnight)
/// stretches  m0 ts ts   m0 ts      m1 ts ts ts
///            m2 ts      m1 ts ts   m2 ts
/// ```
/// Of a member, every event of a stretch comes before every event of the next, so a walk with a state a member sees
/// each member's events in order, and memory does not grow with the days. Stretches are read on all cores.
struct TimelineScan {
  let scan: EventScan
  let resolved: ResolvedQuestion

  /// - Parameters:
  ///   - marks: for a block, the marks of each of its runs.
  ///   - body: sees each stretch in the order of time.
  func forEachStretch(
    into answer: inout Answer, marks: @Sendable (EventBlock) -> (EventRun) -> RunMarks,
    _ body: ([TimelineRow]) throws -> Void
  ) throws {
    let stretches = self.stretches
    let width = EngineLimits.coreCount
    for start in stride(from: 0, to: stretches.count, by: width) {
      let part = Array(stretches[start..<min(stretches.count, start + width)])
      for result in onAllCores(part.count, { place in Result { try rows(of: part[place], marks: marks) } }) {
        let (rows, statistics) = try result.get()
        answer.statistics.add(statistics)
        try body(rows)
      }
    }
  }

  /// Places of segments that are read together.
  private var stretches: [Range<Int>] {
    var stretches: [Range<Int>] = []
    var last: CommunityDay?
    for (place, segment) in scan.segments.enumerated() {
      let isSame =
        last == segment.day || last.map { _ in resolved.store.zone.turnsBackOver(midnightOf: segment.day) } ?? false
      if isSame, let range = stretches.popLast() {
        stretches.append(range.lowerBound..<place + 1)
      } else {
        stretches.append(place..<place + 1)
      }
      last = segment.day
    }
    return stretches
  }

  private func rows(of segments: Range<Int>, marks: (EventBlock) -> (EventRun) -> RunMarks) throws -> (
    [TimelineRow], AnswerStatistics
  ) {
    var statistics = AnswerStatistics()
    var runs: [[TimelineRow]] = []
    for place in segments {
      try scan.blocks(of: place, counting: &statistics) { block in
        let marks = marks(block)
        for run in block.runs {
          let rows = Self.rows(of: run, in: block, marks(run))
          if !rows.isEmpty { runs.append(rows) }
        }
      }
    }
    return (Self.merged(&runs), statistics)
  }

  private static func rows(of run: EventRun, in block: EventBlock, _ marks: RunMarks) -> [TimelineRow] {
    [TimelineRow](unsafeUninitializedCapacity: run.rows.count) { output, count in
      block.members.withUnsafeBufferPointer { members in
        block.timestamps.withUnsafeBufferPointer { timestamps in
          switch marks {
          case .all(let mark):
            block.forEachRow(of: run) { row in
              output.initializeElement(
                at: count, to: TimelineRow(member: members[row], mark: mark, ts: timestamps[row]))
              count += 1
            }
          case .each(let marks):
            block.forEachRow(of: run) { row in
              if marks[row] < 0 { return }
              let made = TimelineRow(member: members[row], mark: marks[row], ts: timestamps[row])
              output.initializeElement(at: count, to: made)
              count += 1
            }
          }
        }
      }
    }
  }

  /// The rows of runs that ascend, in one; neighbours are merged pairwise, so that a row is moved few times.
  private static func merged(_ runs: inout [[TimelineRow]]) -> [TimelineRow] {
    while runs.count > 1 {
      var next: [[TimelineRow]] = []
      for place in stride(from: 0, to: runs.count, by: 2) {
        next.append(place + 1 < runs.count ? merge(runs[place], runs[place + 1]) : runs[place])
      }
      runs = next
    }
    return runs.first ?? []
  }

  private static func merge(_ a: [TimelineRow], _ b: [TimelineRow]) -> [TimelineRow] {
    [TimelineRow](unsafeUninitializedCapacity: a.count + b.count) { output, count in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          var (i, j) = (0, 0)
          while i < a.count, j < b.count {
            let isRight = TimelineRow.precedes(b[j], a[i])
            output.initializeElement(at: i + j, to: isRight ? b[j] : a[i])
            j += isRight ? 1 : 0
            i += isRight ? 0 : 1
          }
          while i < a.count {
            output.initializeElement(at: i + j, to: a[i])
            i += 1
          }
          while j < b.count {
            output.initializeElement(at: i + j, to: b[j])
            j += 1
          }
        }
      }
      count = a.count + b.count
    }
  }
}
