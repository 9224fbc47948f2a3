/// Records that do not come once and in time: late ones and repeated ones.
///
/// The clean log stays what it is: numbers, times and contents do not depend on the shares, and the
/// distinct lines of a dirty log are the lines of the clean one.
struct ArrivalDirt {
  private static let delayDaysMax = 7

  private let options: SimulationOptions
  private let late: Chance
  private let repeated: Chance
  /// Lines that wait for the file of a later day, by day; `waiting[0]` is for tomorrow.
  private var waiting: [Lines]
  private var repeatedToday = Lines()
  private(set) var lateRecords = 0
  private(set) var repeatedLines = 0

  /// Whole lines, one after another.
  struct Lines {
    var bytes: [UInt8] = []
    var count = 0

    mutating func append(_ line: ArraySlice<UInt8>) {
      bytes.append(contentsOf: line)
      count += 1
    }
  }

  init(_ options: SimulationOptions) {
    self.options = options
    late = Chance(options.lateShare)
    repeated = Chance(options.duplicateShare)
    waiting = [Lines](repeating: Lines(), count: Self.delayDaysMax + 1)
  }

  /// The lines that arrive today out of the past; they come first in the file.
  mutating func beginDay() -> Lines {
    waiting.append(Lines())
    return waiting.removeFirst()
  }

  /// The second copies that today's file ends with.
  mutating func endDay() -> Lines {
    defer { repeatedToday = Lines() }
    return repeatedToday
  }

  /// Decides the fate of the line that `writer` holds from `start` on; true where it stays in the file.
  mutating func settle(_ writer: inout PlainLogWriter, from start: Int, number: Int, on day: Int) -> Bool {
    if late == .never, repeated == .never { return true }
    var stream = RandomStream(seed: options.seed, .arrival, number)
    let delayMax = min(Self.delayDaysMax, options.dayCount - 1 - day)
    let isLate = stream.hits(late) && delayMax > 0
    let isRepeated = stream.hits(repeated)
    var delay = isLate ? min(delayMax, 1 + Int(stream.waiting(mean: 2))) : 0
    guard isLate || isRepeated else { return true }
    let line = writer.removeTail(from: start)
    if isLate {
      waiting[delay - 1].append(line)
      lateRecords += 1
    } else {
      writer.append(line)
    }
    if isRepeated {
      repeatedLines += 1
      if stream.hits(Chance(0.5)) { delay = min(delayMax, delay + 1 + stream.below(2)) }
      if delay == 0 { repeatedToday.append(line) } else { waiting[delay - 1].append(line) }
    }
    return !isLate
  }
}
