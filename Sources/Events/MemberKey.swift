/// A member by number: dense, given in order of first appearance, never reused.
package struct MemberKey: Hashable, Comparable, Sendable {
  package var number: UInt32
  package init(_ number: UInt32) { self.number = number }
  package static func < (a: MemberKey, b: MemberKey) -> Bool { a.number < b.number }
}
