import Testing

import Aggregation

@Suite struct LikePatternTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("%", "", true), ("%", "abc", true), ("_", "", false), ("_", "a", true),
    ("a%", "abc", true), ("%c", "abc", true), ("%b%", "abc", true), ("a_c", "abc", true), ("a_c", "abbc", false),
    ("A%", "abc", false), ("abc", "abcd", false), ("abcd", "abc", false), ("%%_%%", "", false), ("%_", "é", true),
    ("_", "😀", true), ("_", "e\u{301}", false), ("__", "e\u{301}", true),
    ("%ab", "aab", true), ("%a_b%", "aacaxb", true), ("%a_b%", "aacab", false),
    ("a\\%", "a\\b", true), ("a\\_", "a_", false), ("_\n_", "a\nb", true), ("%x%x%x%", "xx", false),
    ("%aab%aab", "aaabaaab", true),
  ])
  func `a pattern matches whole values by code points`(pattern: String, value: String, expected: Bool) {
    var value = value
    #expect(value.withUTF8 { LikePattern(pattern).matches(UnsafeRawBufferPointer($0)) } == expected)
  }

  @Test func `many wildcards take no exponential time`() {
    var value = String(repeating: "a", count: 5_000)
    let pattern = LikePattern(String(repeating: "%a", count: 50) + "b")
    #expect(value.withUTF8 { !pattern.matches(UnsafeRawBufferPointer($0)) })
  }
}
