internal import Columns

extension FirstInstants {
  /// The pairs of all `runs`, keys ascending, of equal ones the earliest; on all cores.
  ///
  /// ```
  /// stretch    the keys that share all but their lowest 16 bits
  /// instants   one a key of the stretch, at those bits        512 KiB, for all stretches in turn
  /// marks      the keys that came, a bit each
  /// ```
  /// A pair is put where it belongs, instead of being compared with others: about 5 ns, however many runs there are.
  static func union(of runs: [Pairs]) -> Pairs {
    let parts = parts(of: runs)
    // Where each part begins in each run; at last the ends.
    let starts = parts.map { key in runs.map { $0.row(ofKeyFrom: key, after: 0) } } + [runs.map(\.keys.count)]
    let places = starts.map { $0.reduce(0, +) }
    let capacity = places.last!
    var result = Pairs()
    result.keys = [UInt64](unsafeUninitializedCapacity: capacity) { keys, filledKeys in
      result.instants = [Int64](unsafeUninitializedCapacity: capacity) { instants, filledInstants in
        nonisolated(unsafe) let (keys, instants) = (keys.baseAddress!, instants.baseAddress!)
        let counts = onAllCores(parts.count) { part in
          unite(
            runs, from: starts[part], to: starts[part + 1], into: keys + places[part], instants + places[part])
        }
        // Where keys repeated, parts have become shorter.
        var count = 0
        for part in parts.indices {
          (keys + count).update(from: keys + places[part], count: counts[part])
          (instants + count).update(from: instants + places[part], count: counts[part])
          count += counts[part]
        }
        (filledKeys, filledInstants) = (count, count)
      }
    }
    return result
  }

  private static let lowBitCount: UInt64 = 16
  private static let partCount = 8

  /// First keys of parts of about the same size, ascending; each begins a stretch.
  private static func parts(of runs: [Pairs]) -> [UInt64] {
    guard let longest = runs.max(by: { $0.keys.count < $1.keys.count }) else { return [0] }
    let keys = (1..<partCount).compactMap { part -> UInt64? in
      let row = longest.keys.count * part / partCount
      return longest.keys.isEmpty ? nil : (longest.keys[row] >> lowBitCount) << lowBitCount
    }
    return keys.reduce(into: [0]) { if $1 > $0.last! { $0.append($1) } }
  }

  /// Writes the union of the given rows of `runs`, and returns how many pairs it has.
  private static func unite(
    _ runs: [Pairs], from starts: [Int], to ends: [Int], into keys: UnsafeMutablePointer<UInt64>,
    _ instants: UnsafeMutablePointer<Int64>
  ) -> Int {
    let lowMask: UInt64 = (1 << lowBitCount) - 1
    var rows = starts
    var count = 0
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: 1 << Int(lowBitCount)) { earliest in
      var marks = Bitmap(capacity: 1 << Int(lowBitCount))
      while let next = runs.indices.compactMap({ rows[$0] < ends[$0] ? runs[$0].keys[rows[$0]] : nil }).min() {
        let stretch = next >> lowBitCount
        marks.update(upTo: UInt32(lowMask)) { marks in
          for run in runs.indices where rows[run] < ends[run] {
            runs[run].withPointers { runKeys, runInstants in
              var row = rows[run]
              while row < ends[run], runKeys[row] >> lowBitCount == stretch {
                let low = Int(runKeys[row] & lowMask)
                let bit: UInt64 = 1 &<< UInt64(low & 63)
                let isNew = marks[low >> 6] & bit == 0
                marks[low >> 6] |= bit
                earliest[low] = isNew ? runInstants[row] : min(earliest[low], runInstants[row])
                row &+= 1
              }
              rows[run] = row
            }
          }
          for word in marks.indices where marks[word] != 0 {
            var bits = marks[word]
            while bits != 0 {
              let low = word << 6 | bits.trailingZeroBitCount
              keys[count] = stretch << lowBitCount | UInt64(low)
              instants[count] = earliest[low]
              count &+= 1
              bits &= bits &- 1
            }
            marks[word] = 0
          }
        }
      }
    }
    return count
  }
}
