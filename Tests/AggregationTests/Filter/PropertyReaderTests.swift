import Testing

import Aggregation

@Suite struct PropertyReaderTests {
  static func text(_ json: String, _ keys: String...) -> String? {
    var json = json
    var reader = PropertyReader()
    return json.withUTF8 {
      reader.withText(at: keys, in: UnsafeRawBufferPointer($0)) { $0.map { String(decoding: $0, as: UTF8.self) } }
    }
  }

  @Test func `a value is found and has its text form`() {
    let json =
      #"{"":"e","a":{"a":[{"b":1}],"b":"x","b}":-1.50e3},"#
      + #""b":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","c\n":false,"n":null}"#
    #expect(Self.text(json, "a", "b") == "x")
    #expect(Self.text(json, "a", "b}") == "-1.50e3")
    #expect(Self.text(json, "a", "a") == #"[{"b":1}]"#)
    #expect(Self.text(json, "a") == #"{"a":[{"b":1}],"b":"x","b}":-1.50e3}"#)
    #expect(Self.text(json, "b") == "\"\\/\u{8}\u{C}\n\r\té😀")
    #expect(Self.text(json, "c\n") == "false")
    #expect(Self.text(json, "") == "e")
  }

  @Test func `what is not there is missing`() {
    let json = #"{"a":{"b":1},"l":[{"b":1}],"n":null,"s":"{\"b\":1}"}"#
    for keys in [
      ["b"], ["a", "c"], ["l", "b"], ["l", "0"], ["n"], ["n", "b"], ["s", "b"], ["a", "b", "c"], ["A"],
    ] {
      var json = json
      var reader = PropertyReader()
      json.withUTF8 { #expect(reader.withText(at: keys, in: UnsafeRawBufferPointer($0)) { $0 == nil }, "\(keys)") }
    }
  }

  @Test func `damaged text never leads out of its bytes`() {
    let json = Array(#"{"a":{"b":["x\u00e9\ud83d\ude00",1.5,{"c":null}]},"d\"":"y\\","e":true}"#.utf8)
    var reader = PropertyReader()
    for end in 0...json.count {
      for damage in [UInt8](#"{}[]":,\u0"#.utf8) {
        var bytes = Array(json[..<end])
        if end > 0 { bytes[(end * 7) % end] = damage }
        if end > 1 { bytes[end - 1] = damage }
        for keys in [["a"], ["a", "b"], ["d\""], ["e"], ["zzz"]] {
          bytes.withUnsafeBytes { reader.withText(at: keys, in: $0) { #expect(($0?.count ?? 0) <= json.count * 3) } }
        }
      }
    }
  }
}
