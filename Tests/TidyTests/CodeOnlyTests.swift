import Testing

/// The other checks rest on this reader, so it has rows of its own.
@Suite struct CodeOnlyTests {
  @Test(
    "Comments and the insides of strings are blank, all else stays in place",
    arguments: [
      ("a // b", "a     "),
      ("a /* b /* c */ d */ e", "a                   e"),
      ("let a = \"{ x\" }", "let a = \"   \" }"),
      ("\"\\\"{\" }", "\"   \" }"),
      ("\"a\\(b {\"c}\"})\" d", "\"  (b {\"  \"})\" d"),
      ("\"\"\"\n{ \"x\" \n\"\"\" {", "\"\"\"\n      \n\"\"\" {"),
      ("#\"a\\n\"{\"# }", "#\"     \"# }"),
      ("#if DEBUG\n}", "#if DEBUG\n}"),
      ("\"// no comment\" {", "\"             \" {"),
      ("f(a, (b)) // )", "f(a, (b))     "),
    ])
  func rows(text: String, expected: String) {
    #expect(codeOnly(text) == expected)
  }
}
