internal import Columns
internal import Dispatch
internal import Events
internal import Segments

/// Fills slots of days with any activity: from the activity indexes, which know each day's members, or where they
/// cannot say by reading its segments.
///
/// ```
/// 32 days of bitmaps      day 1  1 0 1 1 …        all days of some members at a time, so that
///                         day 2  0 0 1 0 …        what is kept of these stays in the cache
/// ```
struct ActivityDays {
  let resolved: ResolvedQuestion
  let places: UnitPlaces

  private static let dayChunk = 32
  private static let wordChunk = 1 << 10

  /// Whether the members of each day are enough for a slot.
  static func canFill(_ slot: UnitSlot, isClustered: Bool) -> Bool {
    slot.kind == .days && slot.events.isEmpty && slot.filter == nil && slot.tapSpan == nil
      && (!isClustered || slot.isAnywhere)
  }

  func fill(_ tallies: [UnitTally], days: ClosedRange<CommunityDay>, into answer: inout Answer) throws {
    let scan = DayScan(
      store: resolved.store, snapshot: resolved.snapshot, filter: nil, by: [], asOf: resolved.asOf,
      tally: resolved.tally)
    var known: [(day: Int32, members: Bitmap)] = []
    try scan.forEachDay(in: days) { day, activity in
      answer.statistics.rowsScanned += activity.rowsScanned
      answer.statistics.segmentsRead += activity.segmentsRead
      for group in activity.groups { known.append((day.number, group.members.bits)) }
      if known.count >= Self.dayChunk {
        add(known, to: tallies)
        known = []
      }
    }
    add(known, to: tallies)
  }

  /// Adds days, each core some members.
  private func add(_ days: [(day: Int32, members: Bitmap)], to tallies: [UnitTally]) {
    let wordCount = (places.memberCount + 63) / 64
    let chunkCount = (wordCount + Self.wordChunk - 1) / Self.wordChunk
    DispatchQueue.concurrentPerform(iterations: chunkCount) { chunk in
      let start = chunk * Self.wordChunk
      for (day, members) in days {
        let end = min(start + Self.wordChunk, wordCount, members.words.count)
        guard start < end else { continue }
        members.words.withUnsafeBufferPointer { words in
          for tally in tallies { places.mark(words, start..<end, on: day, in: tally) }
        }
      }
    }
  }
}

extension UnitPlaces {
  /// Marks a day for the units of the members whose bits are set in some words, where it is within the slot's.
  func mark(_ bits: UnsafeBufferPointer<UInt64>, _ range: Range<Int>, on day: Int32, in tally: UnitTally) {
    guard mayReach(day, tally.slot) else { return }
    let (newest, width) = (day &- tally.slot.firstDay, UInt32(tally.slot.dayCount))
    let (words, wordCount) = (tally.words, tally.slot.wordCount)
    withPointers { anchors, starts, days in
      @inline(__always)
      func mark(_ place: Int, _ anchor: Int32) {
        let bit = UInt32(bitPattern: newest &- anchor)
        if bit < width { words[place &* wordCount &+ Int(bit >> 5)] |= 1 << (bit & 31) }
      }
      for word in range {
        var rest = bits[word]
        while rest != 0 {
          let member = word &* 64 &+ rest.trailingZeroBitCount
          rest &= rest &- 1
          if member >= memberCount { break }
          if isDense {
            mark(member, anchors[member])
          } else {
            for unit in Int(starts[member])..<Int(starts[member &+ 1]) { mark(unit, days[unit]) }
          }
        }
      }
    }
  }
}
