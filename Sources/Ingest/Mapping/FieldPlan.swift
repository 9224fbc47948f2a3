/// The fields that a dataset asks for, as a tree that is walked along with the record.
///
/// ```
/// paths  actor.id, repo.id, type          node 0 ─ "actor" ─▶ node 1 ─ "id"   slot 0
///                                                ├ "repo"  ─▶ node 2 ─ "id"   slot 1
///                                                └ "type"                     slot 2
/// ```
/// Slots below one node are neighbours, so that a repeated key clears what the earlier one gave.
struct FieldPlan: Sendable {
  struct Node: Sendable {
    var children: Range<Int>
    /// Fields that no child names go to the properties.
    var keepsRest: Bool
  }

  struct Child: Sendable {
    /// The first eight bytes of the key, zeros behind a shorter one.
    var word: UInt64
    var keyCount: Int
    var keyOffset: Int
    /// -1 where the field itself is not asked for.
    var slot: Int
    /// -1 where nothing inside the field is asked for.
    var node: Int
    /// The slots of the field and of what is inside.
    var slots: Range<Int>
    /// The field's own fields go to the properties.
    var isFlattened: Bool
  }

  private(set) var nodes: [Node] = []
  private(set) var children: [Child] = []
  private(set) var keyBytes: [UInt8] = []
  private(set) var slotCount = 0
  private var slotOfPath: [String: Int] = [:]

  /// - Parameters:
  ///   - keepsRest: fields at the top that no path names are collected.
  ///   - flattened: the object whose fields are collected as if they stood at the top.
  init(paths: [FieldPath], keepsRest: Bool, flattened: FieldPath?) {
    var root = Branch()
    for path in paths { root.add(path.parts[...], path: path.text, isFlattened: false) }
    if let flattened { root.add(flattened.parts[...], path: flattened.text, isFlattened: true) }
    _ = place(root, keepsRest: keepsRest)
    keyBytes.append(contentsOf: repeatElement(0, count: 8))
  }

  /// Where the value of `path` is put; only for paths the plan was made with.
  func slot(_ path: FieldPath) -> Int {
    guard let slot = slotOfPath[path.text] else { preconditionFailure("the plan was made without \(path.text)") }
    return slot
  }

  /// The index of the child of the top that has this key.
  func topChildIndex(_ key: String) -> Int? {
    nodes[0].children.first { index in
      let start = children[index].keyOffset
      return keyBytes[start..<start + children[index].keyCount].elementsEqual(key.utf8)
    }
  }

  private mutating func place(_ branch: Branch, keepsRest: Bool) -> Int {
    let node = nodes.count
    let first = children.count
    nodes.append(Node(children: first..<first + branch.children.count, keepsRest: keepsRest))
    for (key, _) in branch.children {
      let bytes = Array(key.utf8)
      let word = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      children.append(
        Child(
          word: word, keyCount: bytes.count, keyOffset: keyBytes.count, slot: -1, node: -1, slots: 0..<0,
          isFlattened: false))
      keyBytes.append(contentsOf: bytes)
    }
    for (index, entry) in branch.children.enumerated() {
      let start = slotCount
      if let path = entry.branch.path {
        children[first + index].slot = slotCount
        slotOfPath[path] = slotCount
        slotCount += 1
      }
      if !entry.branch.children.isEmpty || entry.branch.isFlattened {
        children[first + index].node = place(entry.branch, keepsRest: entry.branch.isFlattened)
      }
      children[first + index].isFlattened = entry.branch.isFlattened
      children[first + index].slots = start..<slotCount
    }
    return node
  }

  private struct Branch {
    var children: [(key: String, branch: Branch)] = []
    var path: String?
    var isFlattened = false

    mutating func add(_ parts: ArraySlice<String>, path: String, isFlattened: Bool) {
      guard let part = parts.first else {
        if isFlattened { self.isFlattened = true } else { self.path = path }
        return
      }
      let index = children.firstIndex { $0.key == part } ?? children.count
      if index == children.count { children.append((part, Branch())) }
      children[index].branch.add(parts.dropFirst(), path: path, isFlattened: isFlattened)
    }
  }
}
