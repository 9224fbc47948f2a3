/// The records of JSON documents as lines: what a source of one big array or object looks like to the rest of ingest.
///
/// ```
/// {"name":"Chess","messages":[        ─▶  {"id":1,"text":"a b"}
///   {"id":1,                              {"id":2}
///    "text":"a b"}, {"id":2}]}
/// ```
/// One pass, in memory that does not grow with the document: the walk (``DocumentWalk``) follows only the keys that
/// lead to the records, and finds the ends of all other values by their quotes and brackets (``ValueScan``). A line
/// break in a record can only be white space and becomes a blank; within a text, where none may stand, it becomes a
/// control character, so that the parser refuses it just the same. Commas are not checked: `[{…} {…},]` is read.
///
/// A document in which the first key on the way does not occur is a record itself, if it is no longer than one may be.
final class DocumentStream: DecodedStream {
  enum Mode {
    /// Between values, on the way to the records.
    case walk
    /// Within a key of an object on the way.
    case key
    case record
    /// Within the value of a field around the records that is asked for, or is not.
    case capture, skip
    /// Behind damage that hides what is what: to the end of the line where that ends the document, else of the source.
    case lost
  }

  let form: DocumentForm
  var mode = Mode.walk
  var levels: [DocumentLevel] = []
  var scan = ValueScan.line
  /// The text of the key, or of the field that is captured.
  var gathered: [UInt8] = []
  var keys: [String] = []
  var fields: DocumentFields
  /// All of the document so far, while it may turn out to be a record itself.
  var held: [UInt8]?
  var heldPlace = RecordPlace(line: 1, byteOffset: 0)
  var record = OpenRecord()

  /// What is known of the record that is being handed out.
  struct OpenRecord {
    var place = RecordPlace(line: 1, byteOffset: 0)
    /// It began before the place from which records are wanted.
    var isMuted = false
    var byteCount = 0
    var isObject = false
    var hasMembers = false
  }

  private let source: ReplayedStream
  let path: String
  private let skippingBytes: Int
  private let recordByteCountMax: Int
  private let input: UnsafeMutablePointer<UInt8>
  private static let inputByteCount = 1 << 18
  private var inputCount = 0
  /// Where in the source the input begins.
  private var inputOffset: Int
  private(set) var position = 0
  /// Line breaks passed.
  private(set) var lineBreakCount = 0
  private var isEnded = false
  /// Bytes that are to be handed out next.
  private var waiting: [UInt8] = []
  private var waitingStart = 0
  private var places: [RecordPlace] = []
  private var linesBefore = 0

  var damage: String? { source.damage }

  /// - Parameter skippingBytes: records that begin before this offset of `source` were read earlier.
  init(_ source: ReplayedStream, form: DocumentForm, path: String, skippingBytes: Int, recordByteCountMax: Int) {
    self.source = source
    self.form = form
    self.path = path
    self.skippingBytes = skippingBytes
    self.recordByteCountMax = recordByteCountMax
    source.skipMark()
    inputOffset = source.markByteCount
    input = .allocate(capacity: Self.inputByteCount + LogChunk.paddingByteCount)
    (input + Self.inputByteCount).initialize(repeating: 0, count: LogChunk.paddingByteCount)
    fields = DocumentFields(form.wanted)
  }

  deinit { input.deallocate() }

  /// Where the next byte that nobody has looked at lies in the source.
  var sourceOffset: Int { inputOffset + position }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    var count = 0
    while count < room.count {
      if waitingStart < waiting.count {
        let taken = min(room.count - count, waiting.count - waitingStart)
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyBytes(
          from: waiting[waitingStart..<waitingStart + taken])
        waitingStart += taken
        count += taken
        continue
      }
      waiting.removeAll(keepingCapacity: true)
      waitingStart = 0
      if isEnded { break }
      releaseHeld()
      if !waiting.isEmpty { continue }
      if position == inputCount, try !refill() {
        isEnded = true
        endSource()
        continue
      }
      if mode == .record {
        count += copyRecord(UnsafeMutableRawBufferPointer(rebasing: room[count...]))
      } else {
        try walk()
      }
    }
    return count
  }

  private func refill() throws -> Bool {
    inputOffset += inputCount
    position = 0
    inputCount = try source.read(into: UnsafeMutableRawBufferPointer(start: input, count: Self.inputByteCount))
    return inputCount > 0
  }

  /// Goes on with a record and says how many bytes of `room` that filled.
  private func copyRecord(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let (end, stop) = scan.next(input, position, min(inputCount, position + room.count))
    var count = record.isMuted ? 0 : end - position
    if case .end = stop, count > 0, record.isObject, input[end - 1] == 0x7D, !fields.added().isEmpty {
      // The closing bracket comes behind the fields of the document.
      count -= 1
    }
    if count > 0 {
      room.copyMemory(from: UnsafeRawBufferPointer(start: input + position, count: count))
      note(UnsafeBufferPointer(start: input + position, count: count))
    }
    let isClosed = end > position && input[end - 1] == 0x7D
    position = end
    switch stop {
    case .more: break
    case .lineBreak: passLineBreak()
    case .end: endRecord(isObject: record.isObject && isClosed)
    }
    return count
  }

  /// Keeps what the end of the record needs to know.
  private func note(_ bytes: UnsafeBufferPointer<UInt8>) {
    if record.isObject, !record.hasMembers {
      let isFirst = record.byteCount == 0
      record.hasMembers = bytes.dropFirst(isFirst ? 1 : 0).contains { !isBlank($0) }
    }
    record.byteCount += bytes.count
  }
}

extension DocumentStream {
  /// The bytes that are at hand; not empty.
  var ahead: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: input + position, count: inputCount - position)
  }

  /// Goes on with a value that is no record; its bytes go to `gathered` where they are wanted.
  func scanAhead(gathering: Bool) -> ValueScan.Stop {
    let (end, stop) = scan.next(input, position, inputCount)
    // No field that is asked for has so long a name, and a longer value is an error.
    if gathering, gathered.count <= IngestLimits.documentFieldByteCountMax {
      gathered += UnsafeBufferPointer(start: input + position, count: end - position)
    }
    pass(end - position)
    return stop
  }

  /// Steps over `count` bytes without a line break.
  func pass(_ count: Int) {
    if held != nil { held? += UnsafeBufferPointer(start: input + position, count: count) }
    position += count
  }

  /// Steps over a line break within a value or between values.
  func passLineBreak() {
    if form.endsWithLine {
      endLine()
    } else if mode != .record {
      holdBlank()
    } else if scan.isLine {
      endRecord(isObject: false)
    } else {
      replaceLineBreak()
    }
    position += 1
    lineBreakCount += 1
  }

  private func holdBlank() {
    if held != nil { held?.append(scan.isInText && mode != .walk ? 0x0B : 0x20) }
    if mode == .capture { gathered.append(0x20) }
    scan.passLineBreak()
  }

  private func replaceLineBreak() {
    if !record.isMuted {
      waiting.append(scan.isInText ? 0x0B : 0x20)
      record.byteCount += 1
    }
    scan.passLineBreak()
  }

  /// Hands on what is held where it is longer than a record may be: it is refused for its length, and never held.
  private func releaseHeld() {
    guard let text = held, text.count > recordByteCountMax else { return }
    let inner = mode == .walk ? nil : scan
    held = nil
    gathered.removeAll()
    levels.removeLast()
    begin(heldPlace, ValueScan(around: inner), isObject: false)
    put(text)
  }

  /// Where the next byte stands.
  var place: RecordPlace { RecordPlace(line: lineBreakCount + 1, byteOffset: sourceOffset) }

  /// A record begins; its first byte is still to be passed, or put.
  func begin(_ place: RecordPlace, _ scan: ValueScan, isObject: Bool) {
    record = OpenRecord(place: place, isMuted: place.byteOffset < skippingBytes, isObject: isObject)
    self.scan = scan
    mode = .record
    if !record.isMuted { places.append(place) }
  }

  /// Puts bytes of the open record.
  func put(_ bytes: [UInt8]) {
    if record.isMuted { return }
    waiting += bytes
    bytes.withUnsafeBufferPointer { if !$0.isEmpty { note($0) } }
  }

  /// The record is whole; an object gets the fields of the document, and then its closing bracket.
  private func endRecord(isObject: Bool) {
    let added = isObject && !record.isMuted ? fields.added() : []
    if !added.isEmpty {
      let behind = (record.hasMembers ? [0x2C] : []) + added
      places[places.count - 1].addedByteCount = behind.count
      put(behind + [0x7D])
    }
    endOfLine()
    endValue()
  }

  /// Ends the open record where it stands, whole or not.
  func endOfLine() {
    guard !record.isMuted else { return }
    places[places.count - 1].lineByteCount = record.byteCount
    waiting.append(0x0A)
  }

  /// The source ends within the open record.
  func noteOpenEnd() {
    if !record.isMuted { places[places.count - 1].lineByteCount = record.byteCount }
  }

  /// Reports damage between records.
  func report(_ reason: RejectionReason, _ detail: String) {
    var place = place
    guard place.byteOffset >= skippingBytes else { return }
    place.fault = RecordPlace.Fault(reason: reason, detail: detail)
    places.append(place)
    waiting += [0x21, 0x0A]
  }

  /// The places of the next `count` lines that were handed out.
  func takePlaces(_ count: Int) -> RecordPlaces {
    let taken = Array(places.prefix(count))
    places.removeFirst(taken.count)
    defer { linesBefore = taken.last?.line ?? linesBefore }
    return RecordPlaces(places: taken, linesBefore: linesBefore, end: place)
  }
}
