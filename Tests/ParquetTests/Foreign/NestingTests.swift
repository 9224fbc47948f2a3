import Parquet
import Testing

/// Rows out of columns by their levels.
@Suite struct NestingTests {
  /// Levels as version 1 has them: one packed run.
  private static func packed(_ levels: [Int], width: Int) -> [UInt8] {
    var bits: [UInt8] = []
    for level in levels + Array(repeating: 0, count: (8 - levels.count % 8) % 8) {
      for bit in 0..<width { bits.append(UInt8(level >> bit & 1)) }
    }
    let bytes = stride(from: 0, to: bits.count, by: 8).map { start in
      (0..<8).reduce(UInt8(0)) { $0 | bits[start + $1] << UInt8($1) }
    }
    let run = HandThrift.varint(UInt64((levels.count + 7) / 8) << 1 | 1) + bytes
    return little(UInt32(run.count)) + run
  }

  private static func width(_ levelMax: Int) -> Int { levelMax < 1 ? 0 : levelMax < 2 ? 1 : levelMax < 4 ? 2 : 3 }

  /// A column of integers with the levels of each entry.
  private static func column(
    _ path: String, repetitions: [Int]? = nil, definitions: [Int]? = nil, max: (Int, Int), _ values: [Int32]
  ) -> HandColumn {
    var body: [UInt8] = []
    if let repetitions { body += packed(repetitions, width: width(max.0)) }
    if let definitions { body += packed(definitions, width: width(max.1)) }
    let count = definitions?.count ?? values.count
    return HandColumn(
      path: path.split(separator: ".").map(String.init), type: 1, valueCount: count,
      pages: [HandPage(count: count, body: body + values.flatMap { little($0) })])
  }

  private static func leaf(_ name: String, _ repetition: Int = 0) -> HandElement {
    HandElement(name: name, type: 1, repetition: repetition)
  }

  @Test("Structs in structs: null where the outer is, where the inner is, and where the value is")
  func structs() throws {
    let schema = [HandElement.group("a", 1, children: 1), .group("b", 1, children: 1), Self.leaf("c", 1)]
    let file = handMadeFile(
      schema, rowCount: 4, [Self.column("a.b.c", definitions: [0, 1, 2, 3], max: (0, 3), [7])])
    #expect(try lines(of: file) == ["{}", #"{"a":{}}"#, #"{"a":{"b":{}}}"#, #"{"a":{"b":{"c":7}}}"#])
  }

  @Test("A list of three levels: null, empty, with nulls, with values")
  func threeLevels() throws {
    let schema = [
      HandElement.group("a", 1, children: 1, converted: 3), .group("list", 2, children: 1), Self.leaf("element", 1),
    ]
    let file = handMadeFile(
      schema, rowCount: 4,
      [
        Self.column(
          "a.list.element", repetitions: [0, 0, 0, 0, 1, 1], definitions: [0, 1, 2, 3, 2, 3], max: (1, 3), [1, 2])
      ])
    #expect(try lines(of: file) == ["{}", #"{"a":[]}"#, #"{"a":[null]}"#, #"{"a":[1,null,2]}"#])
  }

  static let twoLevels: [(String, [HandElement], String)] = [
    ("a repeated value", [.group("a", 1, children: 1, converted: 3), leaf("array", 2)], "a.array"),
    (
      "an element called as other writers do",
      [.group("a", 1, children: 1, converted: 3), .group("bag", 2, children: 1), leaf("array_element")],
      "a.bag.array_element"
    ),
  ]

  @Test("Lists of older writers are lists", arguments: twoLevels)
  func olderLists(name: String, schema: [HandElement], path: String) throws {
    let file = handMadeFile(
      schema, rowCount: 3,
      [Self.column(path, repetitions: [0, 0, 0, 1], definitions: [0, 1, 2, 2], max: (1, 2), [1, 2])])
    #expect(try lines(of: file) == ["{}", #"{"a":[]}"#, #"{"a":[1,2]}"#])
  }

  static let tuples: [(String, String)] = [("array", "a.array.x"), ("a_tuple", "a.a_tuple.x")]

  @Test("A repeated group by these names is the element itself", arguments: tuples)
  func elementItself(name: String, path: String) throws {
    let schema = [HandElement.group("a", 0, children: 1, converted: 3), .group(name, 2, children: 1), Self.leaf("x")]
    let file = handMadeFile(
      schema, rowCount: 1, [Self.column(path, repetitions: [0, 1], definitions: [1, 1], max: (1, 1), [1, 2])])
    #expect(try lines(of: file) == [#"{"a":[{"x":1},{"x":2}]}"#])
  }

  @Test("A repeated field without a list around it is a list")
  func repeated() throws {
    let file = handMadeFile(
      [Self.leaf("a", 2)], rowCount: 2,
      [Self.column("a", repetitions: [0, 0, 1], definitions: [0, 1, 1], max: (1, 1), [1, 2])])
    #expect(try lines(of: file) == [#"{"a":[]}"#, #"{"a":[1,2]}"#])
  }

  @Test("Lists of lists begin and go on by their repetition levels")
  func lists() throws {
    let schema = [
      HandElement.group("a", 0, children: 1, converted: 3), .group("list", 2, children: 1),
      .group("element", 1, children: 1, converted: 3), .group("list", 2, children: 1), Self.leaf("element"),
    ]
    let file = handMadeFile(
      schema, rowCount: 2,
      [
        Self.column(
          "a.list.element.list.element", repetitions: [0, 2, 1, 1, 0], definitions: [3, 3, 2, 1, 0], max: (2, 3),
          [1, 2])
      ])
    #expect(try lines(of: file) == [#"{"a":[[1,2],[],null]}"#, #"{"a":[]}"#])
  }

  @Test("A map becomes an object, whose keys are texts")
  func maps() throws {
    let schema = [
      HandElement.group("a", 1, children: 1, converted: 1), .group("key_value", 2, children: 2), Self.leaf("key"),
      Self.leaf("value", 1),
    ]
    let file = handMadeFile(
      schema, rowCount: 3,
      [
        Self.column("a.key_value.key", repetitions: [0, 0, 0, 1], definitions: [0, 1, 2, 2], max: (1, 2), [1, -2]),
        Self.column("a.key_value.value", repetitions: [0, 0, 0, 1], definitions: [0, 1, 3, 2], max: (1, 3), [5]),
      ])
    #expect(try lines(of: file) == ["{}", #"{"a":{}}"#, #"{"a":{"1":5,"-2":null}}"#])
  }

  @Test("A list of structs keeps its fields together")
  func listOfStructs() throws {
    let schema = [
      HandElement.group("a", 0, children: 1, converted: 3), .group("list", 2, children: 1),
      .group("element", 1, children: 2),
      Self.leaf("x", 1), Self.leaf("y"),
    ]
    let file = handMadeFile(
      schema, rowCount: 1,
      [
        Self.column("a.list.element.x", repetitions: [0, 1, 1], definitions: [3, 1, 2], max: (1, 3), [1]),
        Self.column("a.list.element.y", repetitions: [0, 1, 1], definitions: [2, 1, 2], max: (1, 2), [8, 9]),
      ])
    #expect(try lines(of: file) == [#"{"a":[{"x":1,"y":8},null,{"y":9}]}"#])
  }

  @Test("Lists of one group that have different lengths are an error that names the column")
  func unequal() {
    let schema = [
      HandElement.group("a", 0, children: 1, converted: 3), .group("list", 2, children: 1),
      .group("element", children: 2),
      Self.leaf("x"), Self.leaf("y"),
    ]
    let file = handMadeFile(
      schema, rowCount: 1,
      [
        Self.column("a.list.element.x", repetitions: [0, 1], definitions: [1, 1], max: (1, 1), [1, 2]),
        Self.column("a.list.element.y", repetitions: [0, 0], definitions: [1, 1], max: (1, 1), [8, 9]),
      ])
    let error = #expect(throws: ParquetError.self) { try lines(of: file) }
    #expect(error?.code == .corruptPage && error?.column == "a.list.element.y" && error?.rowGroup == 0)
  }

  @Test("Columns of one row group that hold different numbers of rows are an error", arguments: [[Int32](), [1, 2]])
  func unequalRows(values: [Int32]) {
    let file = handMadeFile(
      [Self.leaf("x"), Self.leaf("y")], rowCount: 1,
      [Self.column("x", max: (0, 0), [1]), Self.column("y", max: (0, 0), values)])
    let error = #expect(throws: ParquetError.self) { try lines(of: file) }
    #expect(error?.code == .corruptPage && error?.column == "y")
  }
}
