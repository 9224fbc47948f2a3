import Parquet
import Testing

/// Each type's values and the text that they become.
@Suite struct ValueTextTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var element: HandElement
    var value: [UInt8]
    var expected: String

    init(_ name: String, _ element: HandElement, _ value: [UInt8], _ expected: String) {
      (testDescription, self.element, self.value, self.expected) = (name, element, value, expected)
    }
  }

  private static func element(
    _ type: Int, converted: Int? = nil, byteCount: Int? = nil, scale: Int? = nil,
    logical: (@Sendable (inout HandThrift) -> Void)? = nil
  ) -> HandElement {
    HandElement(name: "x", type: type, converted: converted, byteCount: byteCount, scale: scale, logical: logical)
  }

  /// TIME (7) or TIMESTAMP (8) of unit 1 (milliseconds), 2 or 3 (nanoseconds).
  private static func moment(_ id: Int16, unit: Int16, isUTC: Bool) -> HandElement {
    element(unit == 1 && id == 7 ? 1 : 2) { logical in
      logical.structure(id) { type in
        type.bool(1, isUTC)
        type.structure(2) { $0.structure(unit) }
      }
    }
  }

  private static func integer(_ type: Int, bits: Int8, isSigned: Bool) -> HandElement {
    element(type) { logical in
      logical.structure(10) {
        $0.int8(1, bits)
        $0.bool(2, isSigned)
      }
    }
  }

  private static func logical(_ id: Int16, _ type: Int, byteCount: Int? = nil) -> HandElement {
    element(type, byteCount: byteCount) { $0.structure(id) }
  }

  private static func int96(_ nanoseconds: Int64, julian: Int32) -> [UInt8] { little(nanoseconds) + little(julian) }

  static let numbers: [Case] = [
    Case("unsigned of 8 bits", integer(1, bits: 8, isSigned: false), little(UInt32(255)), "255"),
    Case("unsigned of 32 bits", element(1, converted: 13), little(UInt32.max), "4294967295"),
    Case("unsigned of 64 bits", integer(2, bits: 64, isSigned: false), little(UInt64.max), "18446744073709551615"),
    Case("signed of 8 bits", element(1, converted: 15), little(Int32(-128)), "-128"),
    Case("float", element(4), little(Float(0.1).bitPattern), "0.1"),
    Case("double", element(5), little(Double(5e-324).bitPattern), "5e-324"),
    Case("not a number", element(5), little(Double.nan.bitPattern), "\"NaN\""),
    Case("infinity", element(4), little((-Float.infinity).bitPattern), "\"-Infinity\""),
    Case("half a float", logical(15, 7, byteCount: 2), [0x00, 0xC2], "-3.0"),
    Case("the least half a float", logical(15, 7, byteCount: 2), [0x01, 0x00], "5.9604645e-08"),
    Case("half an infinity", logical(15, 7, byteCount: 2), [0x00, 0x7C], "\"Infinity\""),
    Case("decimal in 32 bits", element(1, converted: 5, scale: 2), little(Int32(-5)), "-0.05"),
    Case("decimal in 64 bits", element(2, converted: 5, scale: 0), little(Int64(1234)), "1234"),
    Case("decimal in bytes", element(6, converted: 5, scale: 3), little(UInt32(2)) + [0x04, 0xD2], "1.234"),
    Case("negative decimal in bytes", element(7, converted: 5, byteCount: 3, scale: 1), [0xFF, 0xFF, 0x38], "-20.0"),
    Case(
      "decimal of 38 digits", element(7, converted: 5, byteCount: 16, scale: 10),
      [0x4B, 0x3B, 0x4C, 0xA8, 0x5A, 0x86, 0xC4, 0x7A, 0x09, 0x8A, 0x22, 0x3F, 0xFF, 0xFF, 0xFF, 0xFF],
      "9999999999999999999999999999.9999999999"),
    Case("decimal without bytes", element(6, converted: 5, scale: 2), little(UInt32(0)), "0.00"),
  ]

  static let times: [Case] = [
    Case("date", element(1, converted: 6), little(Int32(20_671)), "\"2026-08-06\""),
    Case("a leap day before 1970", logical(6, 1), little(Int32(-25_509)), "\"1900-02-28\""),
    Case("a date before our years", logical(6, 1), little(Int32.min), "\"-5877641-06-23\""),
    Case("a date after our years", logical(6, 1), little(Int32.max), "\"+5881580-07-11\""),
    Case("time in milliseconds", element(1, converted: 7), little(Int32(45_000_001)), "\"12:30:00.001000\""),
    Case(
      "time in nanoseconds", moment(7, unit: 3, isUTC: false), little(Int64(86_399_999_999_999)),
      "\"23:59:59.999999999\""),
    Case("no time of day", moment(7, unit: 2, isUTC: true), little(Int64(-1)), "-1"),
    Case("instant in milliseconds", element(2, converted: 9), little(Int64(-1)), "\"1969-12-31T23:59:59.999000Z\""),
    Case(
      "instant in microseconds", moment(8, unit: 2, isUTC: true), little(Int64(1_754_051_400_123_456)),
      "\"2025-08-01T12:30:00.123456Z\""),
    Case(
      "instant in nanoseconds", moment(8, unit: 3, isUTC: true), little(Int64(1_000_000_001)),
      "\"1970-01-01T00:00:01.000000001Z\""),
    Case("local time", moment(8, unit: 2, isUTC: false), little(Int64(0)), "\"1970-01-01T00:00:00.000000\""),
    Case(
      "the first instant", moment(8, unit: 1, isUTC: true), little(Int64.min), "\"-292275055-05-16T16:47:04.192000Z\""),
    Case("INT96", element(3), int96(45_000_000_001_000, julian: 2_440_588), "\"1970-01-01T12:30:00.000001Z\""),
    Case(
      "INT96 with nanoseconds past its day", element(3), int96(86_400_000_000_001, julian: 2_440_587),
      "\"1970-01-01T00:00:00.000000001Z\""),
    Case(
      "INT96 with nanoseconds before its day", element(3), int96(-1, julian: 2_440_588),
      "\"1969-12-31T23:59:59.999999999Z\""),
    Case("INT96 of nothing sensible", element(3), int96(.max, julian: .min), "\"-5884031-08-24T23:47:16.854775807Z\""),
    Case(
      "interval", element(7, converted: 21, byteCount: 12),
      little(UInt32(1)) + little(UInt32(2)) + little(UInt32(3004)),
      "\"P1M2DT3.004S\""),
  ]

  static let texts: [Case] = [
    Case("text with escapes", element(6, converted: 0), plain("a\"\\\n\u{1}b 社"), #""a\"\\\n\u0001b 社""#),
    Case(
      "long text with an escape late", element(6, converted: 0), plain("0123456789abcdef\"x"), #""0123456789abcdef\"x""#
    ),
    Case("enum", element(6, converted: 4), plain("LIKE"), "\"LIKE\""),
    Case("json", element(6, converted: 19), plain(" {\"a\" : [1, 2.5e3, null]}\n"), #"{"a":[1,2.5e3,null]}"#),
    Case("json that is none", logical(12, 6), plain("{\"a\":1},\"user_id\":\"x\""), #""{\"a\":1},\"user_id\":\"x\"""#),
    Case("bytes", element(6), little(UInt32(4)) + [0xFF, 0, 1, 0x3E], "\"/wABPg==\""),
    Case("bytes of one length", element(7, byteCount: 2), [0xFB, 0xF0], "\"+/A=\""),
    Case("uuid", logical(14, 7, byteCount: 16), (0..<16).map { $0 * 17 }, "\"00112233-4455-6677-8899-aabbccddeeff\""),
  ]

  @Test("A value of each type becomes its text", arguments: numbers + times + texts)
  func text(_ example: Case) throws {
    let file = handMadeFile(example.element, rowCount: 1, [HandPage(count: 1, body: example.value)])
    #expect(try lines(of: file) == ["{\"x\":\(example.expected)}"])
  }

  @Test(
    "A text that holds an object is one where the mapping looks into it",
    arguments: [
      (#"{"a":{"b":"\ud83d\ude00"}}"#, #"{"a":{"b":"\ud83d\ude00"}}"#), ("[1]", "\"[1]\""), ("{}", "{}"),
      ("{", "\"{\""),
      (#"{"a":"\ud83d"}"#, #""{\"a\":\"\\ud83d\"}""#), (#"{"a":01}"#, #""{\"a\":01}""#),
      ("{\"a\":\"\t\"}", #""{\"a\":\"\t\"}""#),
      (#"{"a":tru}"#, #""{\"a\":tru}""#), (#"{"a":1,}"#, #""{\"a\":1,}""#), (#"{"a":-0.5E+1}"#, #"{"a":-0.5E+1}"#),
    ])
  func embedded(text: String, expected: String) throws {
    let file = handMadeFile(
      HandElement(name: "x", type: 6, converted: 0), rowCount: 1, [HandPage(count: 1, body: plain(text))])
    #expect(try lines(of: file, embedding: ["x"]) == ["{\"x\":\(expected)}"])
  }

  @Test("An object that is nested too deep stays text")
  func deep() throws {
    for (depth, isObject) in [(40, true), (60, false)] {
      let text = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
      let file = handMadeFile(
        HandElement(name: "x", type: 6, converted: 0), rowCount: 1, [HandPage(count: 1, body: plain(text))])
      #expect(try lines(of: file, embedding: ["x"])[0].hasPrefix(#"{"x":{"#) == isObject)
    }
  }
}
