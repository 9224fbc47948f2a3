internal import Columns
internal import Events
internal import Segments

/// Events of a few names that a question needs one by one: who, when, on which day, and a text of each.
///
/// Rows lie in the order of the scan; what is made of them must not depend on how events of one instant lie.
/// Memory: 25 bytes a row and the texts.
struct KeptEvents {
  /// Which text of a row is kept.
  enum Text {
    case none
    /// A dimension.
    case column(String)
    /// A property by its name.
    case property(String)
  }

  private(set) var members: [Int32] = []
  private(set) var instants: [Int64] = []
  /// Numbers of days in the question's zone.
  private(set) var days: [Int32] = []
  /// Places of the rows' events among the names that were asked for.
  private(set) var places: [Int8] = []
  /// Empty where no text was asked for.
  private(set) var texts = TextColumn()

  /// How many rows there are.
  var count: Int { members.count }

  /// Events called one of `names` on `days`, passive ones too, under the question's filter.
  init(
    _ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, names: [String], text: Text = .none,
    into answer: inout Answer
  ) throws {
    var scan = try EventScan(resolved, days: days, events: .named(names))
    scan.readsTimestamps = true
    switch text {
    case .none: break
    case .column(let name): scan.columns = [name]
    case .property: scan.columns = ["properties"]
    }
    for part in try scan.map(into: &answer, { KeptEvents($0, text: text) }) { append(part) }
  }

  private init(_ block: EventBlock, text: Text) {
    var codes: [UInt32: UInt32] = [:]
    var reader = PropertyReader()
    let column: TextColumn? =
      switch text {
      case .none: nil
      case .column(let name): block.columns[name]
      case .property: block.columns["properties"]
      }
    for run in block.runs {
      block.forEachRow(of: run) { row in
        members.append(block.members[row])
        instants.append(block.timestamps[row])
        days.append(block.day(of: row))
        places.append(Int8(run.place))
        if case .none = text { return }
        guard let column, column.codes[row] != TextColumn.null else { return texts.append(nil) }
        let code = column.codes[row]
        if let known = codes[code] { return texts.codes.append(known) }
        let own = column.values.withBytes(of: code) { bytes -> UInt32 in
          guard case .property(let name) = text else { return texts.values.code(for: bytes) }
          return reader.withText(at: [name], in: bytes) { $0.map { texts.values.code(for: $0) } ?? TextColumn.null }
        }
        codes[code] = own
        texts.codes.append(own)
      }
    }
  }

  private mutating func append(_ part: KeptEvents) {
    members += part.members
    instants += part.instants
    days += part.days
    places += part.places
    let codes = (0..<UInt32(part.texts.values.count)).map { code in
      part.texts.values.withBytes(of: code) { texts.values.code(for: $0) }
    }
    texts.codes += part.texts.codes.map { $0 == TextColumn.null ? $0 : codes[Int($0)] }
  }
}
