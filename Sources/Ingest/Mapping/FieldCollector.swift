internal import Columns
internal import Glibc

/// Walks a JSON object along a ``FieldPlan``: values that are asked for go to their slots, others to `rest`.
struct FieldCollector: ~Copyable {
  /// One a slot of the plan.
  let values: UnsafeMutablePointer<FieldValue>
  private(set) var rest: [RestMember] = []
  private var flattenedRound = 0

  private let plan: FieldPlan
  private let nodes: UnsafeMutablePointer<FieldPlan.Node>
  private let children: UnsafeMutablePointer<FieldPlan.Child>
  private let keyBytes: UnsafeMutablePointer<UInt8>
  /// The child that followed last time, by child; behind them the first child, by node. Logs repeat their key order.
  private let guesses: UnsafeMutablePointer<Int>
  private(set) var shape = LineShape()
  /// Of the ordinary line at hand: how many of the shape's fields it begins with, and the quote that ends the last.
  private(set) var matched: (count: Int, end: UnsafePointer<UInt8>)?

  init(plan: FieldPlan) {
    self.plan = plan
    values = .allocate(capacity: plan.slotCount + 1)
    nodes = copied(plan.nodes)
    children = copied(plan.children)
    keyBytes = copied(plan.keyBytes)
    guesses = .allocate(capacity: plan.children.count + plan.nodes.count)
    guesses.initialize(repeating: 0, count: plan.children.count + plan.nodes.count)
    for (node, entry) in plan.nodes.enumerated() { guesses[plan.children.count + node] = entry.children.lowerBound }
    for child in plan.children.indices { guesses[child] = child + 1 }
  }

  deinit {
    values.deallocate()
    nodes.deallocate()
    children.deallocate()
    keyBytes.deallocate()
    guesses.deallocate()
  }

  /// Forgets the previous record.
  @inline(__always)
  mutating func reset(_ place: UnsafePointer<UInt8>) {
    let nothing = FieldValue.absent(place)
    for slot in 0..<plan.slotCount { values[slot] = nothing }
    if !rest.isEmpty { rest.removeAll(keepingCapacity: true) }
    flattenedRound = 0
    matched = nil
  }

  /// A null is kept only where it may stand for another value of the same name: an earlier one, or one beside the
  /// object that is flattened.
  mutating func append(_ key: FieldValue, _ value: FieldValue, pruneNode: Int = -1, isFlattened: Bool) {
    if value.kind == .null, rest.isEmpty, !isFlattened { return }
    let round = isFlattened ? flattenedRound : 0
    rest.append(RestMember(key: key, value: value, pruneNode: pruneNode, flattenedRound: round))
  }

  /// Fields that are flattened from here on replace those before.
  mutating func beginFlattened() { flattenedRound += 1 }

  /// Drops what an earlier object of the flattened name gave; to be called once a record.
  mutating func settle() {
    if flattenedRound > 1 { rest.removeAll { $0.flattenedRound != 0 && $0.flattenedRound != flattenedRound } }
  }

  /// Makes the values of `child` absent: a key came again, and the last one counts.
  mutating func clear(_ child: FieldPlan.Child, _ place: UnsafePointer<UInt8>) {
    for slot in child.slots { values[slot] = .absent(place) }
    if child.isFlattened { beginFlattened() }
  }

  /// Reads the object at `open` and returns the place behind it.
  mutating func object(
    _ open: UnsafePointer<UInt8>, node: Int, isFlattened: Bool, depth: Int, scanner: JSONScanner,
    scratch: inout ScratchBytes
  ) throws(JSONFault) -> UnsafePointer<UInt8> {
    let place = try scanner.firstMember(open, depth: depth)
    if place.pointee == 0x7D { return place + 1 }
    return try members(
      place, node: node, after: plan.children.count + node, isFlattened: isFlattened, depth: depth, scanner: scanner,
      scratch: &scratch)
  }

  /// Reads the outermost object, which begins an ordinary line at `open`, and returns the place behind it.
  /// - Parameter quotes: offsets of the line's quotes, `quoteCount` of them.
  mutating func line(
    _ open: UnsafePointer<UInt8>, quotes: UnsafePointer<UInt32>, quoteCount: Int, scanner: JSONScanner,
    scratch: inout ScratchBytes
  ) throws(JSONFault) -> UnsafePointer<UInt8> {
    var place = open
    var quote = 0
    var index = 0
    while index < shape.count, quote &+ 4 <= quoteCount, LineGap.lies(shape.gaps + index, at: place) {
      let start = place + shape.gaps[index].count
      let end = open + Int(quotes[quote &+ 3])
      values[shape.fields[index].slot] = FieldValue(.string, start, end)
      place = end
      quote &+= 4
      index &+= 1
    }
    matched = index > 0 ? (index, place) : nil
    let isOfShape = index > 0 && index == shape.count
    if isOfShape, shape.hasTail, scanner.end - place == shape.tail.pointee.count, LineGap.lies(shape.tail, at: place) {
      return scanner.end
    }
    if !isOfShape || !shape.hasTail, shape.isWorthLearning() { try learn(open, scanner, scratch: &scratch) }
    if index == 0 {
      return try object(open, node: 0, isFlattened: false, depth: 1, scanner: scanner, scratch: &scratch)
    }
    let (next, isEnd) = try behindMember(place + 1, scanner)
    if isEnd { return next }
    return try members(
      next, node: 0, after: shape.fields[index &- 1].child, isFlattened: false, depth: 1, scanner: scanner,
      scratch: &scratch)
  }

  /// Takes the shape of the line at `open`.
  private mutating func learn(
    _ open: UnsafePointer<UInt8>, _ scanner: JSONScanner, scratch: inout ScratchBytes
  ) throws(JSONFault) {
    shape.removeAll()
    var gap = open
    var place = try scanner.firstMember(open, depth: 1)
    while place.pointee == 0x22 {
      let (key, start) = try scanner.key(place)
      let child = self.child(key, of: 0, after: plan.children.count, scratch: &scratch)
      guard child >= 0, children[child].node < 0, start.pointee == 0x22 else {
        if try isNothing(place, scanner, scratch: &scratch) { shape.end(gap, tail: scanner.end - gap) }
        return
      }
      let value = try scanner.string(start + 1)
      guard shape.append(gap, gap: start + 1 - gap, slot: children[child].slot, child: child) else { return }
      gap = scanner.behind(value) - 1
      let (next, isEnd) = try behindMember(gap + 1, scanner)
      if isEnd {
        if next == scanner.end { shape.end(gap, tail: next - gap) }
        return
      }
      place = next
    }
  }

  /// Whether the members from the key at `start` on are all null and of other names than the shape has, and the line
  /// ends behind them.
  private mutating func isNothing(
    _ start: UnsafePointer<UInt8>, _ scanner: JSONScanner, scratch: inout ScratchBytes
  ) throws(JSONFault) -> Bool {
    var place = start
    while true {
      let (key, start) = try scanner.key(place)
      let child = self.child(key, of: 0, after: plan.children.count, scratch: &scratch)
      let value = try scanner.value(start, depth: 2)
      if value.kind != .null || (0..<shape.count).contains(where: { shape.fields[$0].child == child }) { return false }
      let (next, isEnd) = try behindMember(scanner.behind(value), scanner)
      if isEnd { return next == scanner.end }
      place = next
    }
  }

  /// Where the next key is expected behind the value that ends at `end`; or the place behind the object.
  @inline(__always)
  private mutating func behindMember(
    _ end: UnsafePointer<UInt8>, _ scanner: JSONScanner
  ) throws(JSONFault) -> (place: UnsafePointer<UInt8>, isEnd: Bool) {
    var place = end
    if place.pointee <= 0x20 { place = scanner.skipBlanks(place) }
    if place.pointee == 0x2C {
      place += 1
      if place.pointee <= 0x20 { place = scanner.skipBlanks(place) }
      return (place, false)
    }
    guard place.pointee == 0x7D else { throw JSONFault(.expected("',' or '}'"), place) }
    return (place + 1, true)
  }

  /// Reads the members of an object from the key at `start` on, and returns the place behind the object.
  /// - Parameter last: the child that came before; where none did, the entry of the node.
  private mutating func members(
    _ start: UnsafePointer<UInt8>, node: Int, after last: Int, isFlattened: Bool, depth: Int, scanner: JSONScanner,
    scratch: inout ScratchBytes
  ) throws(JSONFault) -> UnsafePointer<UInt8> {
    var place = start
    let keepsRest = nodes[node].keepsRest
    var previous = last
    while true {
      let key: FieldValue
      var start: UnsafePointer<UInt8>
      var child = guesses[previous]
      if isKey(of: child, in: node, at: place) {
        start = place + (children[child].keyCount &+ 3)
        key = FieldValue(.string, place + 1, start - 2)
        if start.pointee <= 0x20 { start = scanner.skipBlanks(start) }
      } else {
        (key, start) = try scanner.key(place)
        child = self.child(key, of: node, after: previous, scratch: &scratch)
      }
      if child < 0 {
        let value = try scanner.value(start, depth: depth + 1)
        if keepsRest { append(key, value, isFlattened: isFlattened) }
        place = scanner.behind(value)
      } else {
        previous = child
        let slot = children[child].slot
        if children[child].node < 0 {
          let value = try scanner.value(start, depth: depth + 1)
          values[slot] = value.asSlot
          place = scanner.behind(value)
        } else {
          place = try inner(
            key, start, child: children[child], keepsRest: keepsRest, isFlattened: isFlattened, depth: depth,
            scanner: scanner, scratch: &scratch)
        }
      }
      let (next, isEnd) = try behindMember(place, scanner)
      if isEnd { return next }
      place = next
    }
  }

  /// A field with fields inside that are asked for.
  private mutating func inner(
    _ key: FieldValue, _ start: UnsafePointer<UInt8>, child: FieldPlan.Child, keepsRest: Bool, isFlattened: Bool,
    depth: Int, scanner: JSONScanner, scratch: inout ScratchBytes
  ) throws(JSONFault) -> UnsafePointer<UInt8> {
    clear(child, start)
    var value = FieldValue(.object, start, start)
    if start.pointee == 0x7B {
      let behind = try object(
        start, node: child.node, isFlattened: child.isFlattened, depth: depth + 1, scanner: scanner, scratch: &scratch)
      value = FieldValue(.object, start, behind)
    } else {
      value = try scanner.value(start, depth: depth + 1)
    }
    if child.slot >= 0 { values[child.slot] = value.asSlot }
    let isWhole = child.slot >= 0 || (child.isFlattened && value.kind == .object)
    if keepsRest, !isWhole {
      append(key, value, pruneNode: value.kind == .object ? child.node : -1, isFlattened: isFlattened)
    }
    return scanner.behind(value)
  }

  /// Whether `place` reads `"KEY":` with the key of the child `index` of `node`: what a log of one writer repeats.
  @inline(__always)
  private mutating func isKey(of index: Int, in node: Int, at place: UnsafePointer<UInt8>) -> Bool {
    guard nodes[node].children.contains(index) else { return false }
    let child = children + index
    let count = child.pointee.keyCount
    // More may not be readable.
    guard count <= 16, place.pointee == 0x22, matches(index, place + 1, count) else { return false }
    return place[count &+ 1] == 0x22 && place[count &+ 2] == 0x3A
  }

  /// The index of the child of `node` that `key` names, -1 for none.
  private mutating func child(_ key: FieldValue, of node: Int, after previous: Int, scratch: inout ScratchBytes) -> Int
  {
    guard key.kind == .string else { return escapedChild(key, of: node, scratch: &scratch) }
    return search(key.start, key.count, of: node, after: previous)
  }

  private mutating func search(_ key: UnsafePointer<UInt8>, _ count: Int, of node: Int, after previous: Int) -> Int {
    for index in nodes[node].children where matches(index, key, count) {
      guesses[previous] = index
      return index
    }
    return -1
  }

  private mutating func escapedChild(_ key: FieldValue, of node: Int, scratch: inout ScratchBytes) -> Int {
    let text = scratch.take(key.count)
    let count = unescapeJSON(key.bytes, to: text)
    for index in nodes[node].children where matches(index, text, count) { return index }
    return -1
  }

  @inline(__always)
  private mutating func matches(_ index: Int, _ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard children[index].keyCount == count else { return false }
    let word = count >= 8 ? key.word : key.word & ((1 << UInt64(count &* 8)) &- 1)
    guard word == children[index].word else { return false }
    if count <= 8 { return true }
    let tail = keyBytes + children[index].keyOffset + count
    if count <= 16 { return (key + count)[word: -8] == UnsafePointer(tail)[word: -8] }
    return memcmp(key + 8, tail - (count - 8), count - 8) == 0
  }
}

/// The elements in memory of their own.
func copied<Element>(_ array: [Element]) -> UnsafeMutablePointer<Element> {
  let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(1, array.count))
  for (index, element) in array.enumerated() { (copy + index).initialize(to: element) }
  return copy
}
