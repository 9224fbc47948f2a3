internal import Columns

/// What the columns of a batch take from lines of one shape: which of their texts each column is, so that such lines are
/// mapped many at a time and none of their fields is looked at by name.
///
/// ```
/// lines      {"event_id":"e7","ts":"2026-…","user_id":"u1",…,"properties":{"arm":"b"}}
/// texts      e7 e8 e9 …  │  2026-… 2026-… …  │  u1 u5 u1 …       as many a field as lines are looked at together
/// columns    time ─▶ field 1, member ─▶ field 2, … arm ─▶ b     what ends the lines is the same in all of them
/// ```
final class ShapedColumns {
  /// Where the texts of a column come from.
  enum Source {
    case nothing
    /// The how many-th text of a line.
    case field(Int)
    /// The same in all lines.
    case constant(UnsafeRawBufferPointer)
  }

  let shape: LinesShape
  let time: UnsafePointer<PlacedText>
  let member: UnsafePointer<PlacedText>
  let event: UnsafePointer<PlacedText>
  /// Nil where the lines have nothing for the column.
  let eventID: UnsafePointer<PlacedText>?
  let dimensions: [UnsafePointer<PlacedText>?]
  /// Of all lines; nil where they have none.
  let properties: UnsafeRawBufferPointer?
  /// Gets the texts of lines.
  let texts: UnsafeMutablePointer<PlacedText>
  /// Of the lines at hand.
  let instants: UnsafeMutablePointer<Int64>
  /// Of each line's values, one column after another.
  let hashes: UnsafeMutablePointer<UInt64>
  private let constants: UnsafeMutableRawPointer

  /// Bytes that may be read behind a text.
  private static let paddingByteCount = 32

  /// - Parameters:
  ///   - required: of time, member and event.
  ///   - properties: of all lines, canonical.
  init(
    _ shape: LinesShape, required: (Source, Source, Source), eventID: Source, dimensions: [Source],
    properties: UnsafeRawBufferPointer?
  ) {
    self.shape = shape
    let sources = [required.0, required.1, required.2, eventID] + dimensions
    let (countMax, padding) = (ShapedLines.countMax, Self.paddingByteCount)
    let texts = UnsafeMutablePointer<PlacedText>.allocate(capacity: (shape.count + sources.count) * countMax)
    let byteCount = sources.reduce((properties?.count ?? 0) + padding) {
      if case .constant(let text) = $1 { $0 + text.count + padding } else { $0 }
    }
    constants = .allocate(byteCount: byteCount, alignment: 8)
    constants.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    var (place, used) = (constants, shape.count)
    func kept(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
      defer { place += text.count + padding }
      if let base = text.baseAddress { place.copyMemory(from: base, byteCount: text.count) }
      return UnsafeRawBufferPointer(start: place, count: text.count)
    }
    func column(_ source: Source) -> UnsafePointer<PlacedText>? {
      switch source {
      case .nothing: return nil
      case .field(let index): return UnsafePointer(texts + index * countMax)
      case .constant(let text):
        let start = kept(text).baseAddress!.assumingMemoryBound(to: UInt8.self)
        let column = texts + used * countMax
        column.initialize(repeating: PlacedText(start: start, count: text.count), count: countMax)
        used += 1
        return UnsafePointer(column)
      }
    }
    self.texts = texts
    let columns = sources.map(column)
    (time, member, event) = (columns[0]!, columns[1]!, columns[2]!)
    self.eventID = columns[3]
    self.dimensions = Array(columns[4...])
    self.properties = properties.map(kept)
    instants = .allocate(capacity: countMax)
    hashes = .allocate(capacity: countMax)
  }

  deinit {
    texts.deallocate()
    instants.deallocate()
    hashes.deallocate()
    constants.deallocate()
  }
}

/// What the lines before ended with, as long as it was the same.
struct RepeatedTail: ~Copyable {
  private let bytes: UnsafeMutablePointer<UInt8> = .allocate(capacity: LinesShape.tailByteCountMax)
  private var byteCount = -1
  private var fieldCount = 0
  private var shapeVersion = 0
  private var repeatCount = 0

  deinit { bytes.deallocate() }

  /// Lines that are to end alike before their shape is taken: a log where all end differently costs no more than that
  /// many looks.
  private static let repeatCountWanted = 8

  /// Notes what ends a line behind `fieldCount` fields of a shape, and says whether its shape should be taken now.
  mutating func note(_ tail: UnsafeBufferPointer<UInt8>, behind fieldCount: Int, of shapeVersion: Int) -> Bool {
    guard let base = tail.baseAddress, tail.count <= LinesShape.tailByteCountMax else { return false }
    let isSame =
      tail.count == byteCount && fieldCount == self.fieldCount && shapeVersion == self.shapeVersion
      && areEqual(UnsafeRawBufferPointer(tail), UnsafeRawBufferPointer(start: bytes, count: byteCount))
    if isSame {
      repeatCount += 1
      return repeatCount == Self.repeatCountWanted
    }
    bytes.update(from: base, count: tail.count)
    (byteCount, self.fieldCount, self.shapeVersion, repeatCount) = (tail.count, fieldCount, shapeVersion, 1)
    return false
  }
}

extension ChunkParsing {
  /// Appends the `count` lines of which `shaped` has the texts; false, and nothing is appended, where one of them may
  /// have to be rejected.
  mutating func map(_ shaped: ShapedColumns, count: Int) -> Bool {
    let (instants, hashes) = (shaped.instants, shaped.hashes)
    for (index, texts) in shaped.dimensions.enumerated() {
      if let texts { builder.askAhead(index, texts, count: count) }
    }
    guard clocks.pointee.read(shaped.time, count: count, into: instants) else { return false }
    let (accepted, member, event) = (parser.accepted, shaped.member, shaped.event)
    var isComplete = true
    for line in 0..<count {
      isComplete = isComplete && accepted.contains(instants[line]) && member[line].count > 0 && event[line].count > 0
    }
    if !isComplete { return false }
    builder.begin(ts: instants, members: member, events: event, count: count, hashes)
    for (index, texts) in shaped.dimensions.enumerated() { builder.dimension(index, texts, count: count, hashes) }
    builder.properties(shaped.properties, count: count, hashes)
    builder.end(eventIDs: shaped.eventID, areOfLines: isIdentifiedByLine, count: count, hashes)
    return true
  }

  /// Takes the shape of the line at hand, which was stored, where lines of it can be mapped together. What ends them is
  /// the same to the byte, so that all that came from there is, too.
  /// - Parameters:
  ///   - start: of the line.
  ///   - tail: what ends it.
  mutating func takeShape(_ start: UnsafePointer<UInt8>, tail: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
    guard let fieldCount = collector.matched?.count, let end = tail.baseAddress, !tail.contains(where: { $0 >= 0x80 }),
      kindCount == 1, kinds.pointee.test == .always, !kinds.pointee.isMember, !hasKindList,
      parser.mapping.properties.isEmpty
    else { return }
    let plans = [kinds.pointee.time, kinds.pointee.member, kinds.pointee.event, kinds.pointee.eventID]
    var sources: [ShapedColumns.Source] = []
    for plan in plans + (0..<parser.dimensionCount).map({ dimensions[$0] }) {
      // What has a choice of fields can be told for one line alone.
      guard plan.others.isEmpty else { return }
      let value = value(of: plan)
      // An empty last text begins where it ends: at the quote with which the tail begins.
      if value.start >= start, value.start <= end, value.isPresent {
        let field = (0..<fieldCount).last {
          collector.values[collector.shape.fields[$0].slot].start == value.start
        }
        guard let field else { return }
        sources.append(.field(field))
      } else {
        guard let text = try anyText(value) else { return }
        sources.append(text.isEmpty ? .nothing : .constant(text))
      }
    }
    if sources[..<3].contains(where: { if case .nothing = $0 { true } else { false } }) { return }
    let shape = LinesShape(gaps: collector.shape.gaps, count: fieldCount, tail: tail)
    let columns = ShapedColumns(
      shape, required: (sources[0], sources[1], sources[2]), eventID: sources[3], dimensions: Array(sources[4...]),
      properties: hasProperties ? UnsafeRawBufferPointer(canonical.bytes) : nil)
    if shapes.count == Self.shapeCountMax { shapes.remove(at: 1 - lastShape) }
    shapes.append(columns)
    lastShape = shapes.count - 1
  }
}
