internal import Columns
internal import Events

/// A send or a tap of a push.
struct PushRow {
  /// Microseconds of UTC.
  var ts: Int64
  var member: Int32
  /// The number of its group; 0 where groups are not asked for.
  var group: UInt32

  @inline(__always)
  static func precedes(_ a: PushRow, _ b: PushRow) -> Bool {
    a.member != b.member ? a.member < b.member : a.ts < b.ts
  }
}

/// Rows of one event of one block, push by push; those of a push ascend by member and instant.
///
/// ```
/// run      m0·p  m0·q  m1·p  m3·p  m3·-  m4·q         as the block has them
/// rows     m0 m1 m3 │ m0 m4                           counted into place: p, then q
/// ```
struct PushRows: Sendable {
  private(set) var rows: [PushRow] = []
  /// The numbers of the pushes, and where their rows lie.
  private(set) var pushes: [(push: UInt32, rows: Range<Int>)] = []
  /// Rows without a push.
  private(set) var nameless = 0

  /// The rows of `run` whose instants lie in `span`.
  /// - Parameter groups: what numbers the groups of rows; nil where they are not asked for.
  init(_ run: EventRun, of block: EventBlock, in span: Range<Int64>, texts: SharedTexts, groups: SharedGroups?) {
    guard let column = block.columns[PushQuestion.pushColumn] else {
      block.forEachRow(of: run) { if span.contains(block.timestamps[$0]) { nameless += 1 } }
      return
    }
    var places: [Int] = []
    places.reserveCapacity(run.rows.count)
    var counts = [Int](repeating: 0, count: column.values.count)
    let null = TextColumn.null
    column.codes.withUnsafeBufferPointer { codes in
      block.timestamps.withUnsafeBufferPointer { timestamps in
        block.forEachRow(of: run) { row in
          if timestamps[row] < span.lowerBound || timestamps[row] >= span.upperBound { return }
          if codes[row] == null {
            nameless += 1
          } else {
            counts[Int(codes[row])] += 1
            places.append(row)
          }
        }
      }
    }
    let used = counts.indices.filter { counts[$0] > 0 }.map(UInt32.init)
    var start = 0
    for (code, push) in zip(used, texts.numbers(ofCodes: used, of: column.values)) {
      let end = start + counts[Int(code)]
      pushes.append((push, start..<end))
      (counts[Int(code)], start) = (start, end)
    }
    rows = Self.placed(places, column.codes, at: &counts, block, groups?.numbers(of: block, rows: places))
  }

  private static func placed(
    _ places: [Int], _ codes: [UInt32], at starts: inout [Int], _ block: EventBlock, _ groups: [UInt32]?
  ) -> [PushRow] {
    [PushRow](unsafeUninitializedCapacity: places.count) { rows, filled in
      codes.withUnsafeBufferPointer { codes in
        block.timestamps.withUnsafeBufferPointer { timestamps in
          block.members.withUnsafeBufferPointer { members in
            starts.withUnsafeMutableBufferPointer { starts in
              (groups ?? []).withUnsafeBufferPointer { groups in
                for (place, row) in places.enumerated() {
                  let code = Int(codes[row])
                  rows[starts[code]] = PushRow(
                    ts: timestamps[row], member: members[row], group: groups.isEmpty ? 0 : groups[place])
                  starts[code] &+= 1
                }
              }
            }
          }
        }
      }
      filled = places.count
    }
  }
}

/// All rows of each push, ascending by member and instant.
struct RowsByPush: Sendable {
  /// Where the rows of one push lie; most pushes are sent on one day, and their rows stay where they were read.
  private enum Place {
    case none
    case part(Int, Range<Int>)
    case merged([PushRow])
  }

  private let parts: [PushRows]
  private var places: [Place]

  init(_ parts: [PushRows], pushCount: Int) {
    self.parts = parts
    var found = [[(Int, Range<Int>)]](repeating: [], count: pushCount)
    for (place, part) in parts.enumerated() {
      for (push, rows) in part.pushes { found[Int(push)].append((place, rows)) }
    }
    places = found.map { pieces in
      if pieces.isEmpty { return .none }
      if pieces.count == 1 { return .part(pieces[0].0, pieces[0].1) }
      return .merged(Self.merged(pieces.map { Array(parts[$0].rows[$1]) }))
    }
  }

  var pushCount: Int { places.count }
  var byteCount: Int { parts.reduce(0) { $0 + $1.rows.count * MemoryLayout<PushRow>.stride } }
  var nameless: Int { parts.reduce(0) { $0 + $1.nameless } }

  /// Calls `body` with the rows of `push`.
  func withRows<Result>(of push: Int, _ body: (UnsafeBufferPointer<PushRow>) -> Result) -> Result {
    switch places[push] {
    case .none: body(UnsafeBufferPointer(start: nil, count: 0))
    case .part(let part, let rows):
      parts[part].rows.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[rows])) }
    case .merged(let rows): rows.withUnsafeBufferPointer(body)
    }
  }

  /// Neighbours are merged pairwise, so that a row is moved few times.
  private static func merged(_ pieces: [[PushRow]]) -> [PushRow] {
    var pieces = pieces
    while pieces.count > 1 {
      pieces = stride(from: 0, to: pieces.count, by: 2).map { place in
        place + 1 < pieces.count ? merge(pieces[place], pieces[place + 1]) : pieces[place]
      }
    }
    return pieces[0]
  }

  private static func merge(_ a: [PushRow], _ b: [PushRow]) -> [PushRow] {
    var rows: [PushRow] = []
    rows.reserveCapacity(a.count + b.count)
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if PushRow.precedes(b[j], a[i]) {
        rows.append(b[j])
        j += 1
      } else {
        rows.append(a[i])
        i += 1
      }
    }
    rows += a[i...]
    rows += b[j...]
    return rows
  }
}

extension UnsafeBufferPointer<PushRow> {
  /// The first place whose member is `member` or greater.
  func place(ofMember member: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Int(self[middle].member) < member { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
