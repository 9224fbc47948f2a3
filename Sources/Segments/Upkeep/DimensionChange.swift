internal import Columns
internal import Events

/// Turns rows of a store with some dimensions into those that ingest would have made with others.
///
/// A dimension that is no longer declared goes back into the properties, as a JSON string; one that is new is taken
/// from them. Both use the field's name in a plain log: see ``EventSchema/propertyName(ofDimension:)``.
struct DimensionChange: Sendable, Equatable {
  let old: [String]
  let new: [String]

  var removed: [String] { old.filter { !new.contains($0) } }
  var added: [String] { new.filter { !old.contains($0) } }

  /// Costs one look at each distinct (properties, value) of a removed dimension and each distinct properties text.
  func apply(to rows: SegmentRows) -> SegmentRows {
    if old == new { return rows }
    var result = rows
    for name in removed {
      guard let place = old.firstIndex(of: name) else { continue }
      Self.putBack(rows.dimensions[place], named: name, into: &result.properties)
    }
    var taken: [String: TextColumn] = [:]
    for name in added { taken[name] = Self.take(name, from: &result.properties) }
    result.dimensions = new.map { name in
      old.firstIndex(of: name).map { rows.dimensions[$0] } ?? taken[name] ?? TextColumn()
    }
    return result
  }

  private static func putBack(_ column: TextColumn, named name: String, into properties: inout TextColumn) {
    let key = EventSchema.propertyName(ofDimension: name)
    var known: [UInt64: UInt32] = [:]
    var values = properties.values
    for row in properties.codes.indices where column.codes[row] != TextColumn.null {
      let pair = UInt64(column.codes[row]) << 32 | UInt64(properties.codes[row])
      if let code = known[pair] {
        properties.codes[row] = code
        continue
      }
      var object = object(properties.codes[row], of: values)
      // A field of `properties` is the one that ingest would have kept; one that stood beside it gives way.
      if object[key] == nil || !EventSchema.isBesideProperties(dimension: name) {
        object.set(key, to: Array(jsonText(column.values.string(column.codes[row])).utf8))
      }
      let code = Self.code(of: object, in: &values)
      known[pair] = code
      properties.codes[row] = code
    }
    properties.values = values
  }

  private static func take(_ name: String, from properties: inout TextColumn) -> TextColumn {
    let key = EventSchema.propertyName(ofDimension: name)
    var taken = TextColumn()
    var values = properties.values
    var known: [UInt32: (value: UInt32, rest: UInt32)] = [:]
    for row in properties.codes.indices {
      let code = properties.codes[row]
      if known[code] == nil {
        var object = object(code, of: values)
        if let raw = object[key] {
          let text = PropertiesObject.text(of: raw)
          object.remove(key)
          let value = text.map { $0.withUnsafeBytes { taken.values.code(for: $0) } } ?? TextColumn.null
          known[code] = (value, Self.code(of: object, in: &values))
        } else {
          known[code] = (TextColumn.null, code)
        }
      }
      taken.codes.append(known[code]?.value ?? TextColumn.null)
      properties.codes[row] = known[code]?.rest ?? code
    }
    properties.values = values
    return taken
  }

  private static func object(_ code: UInt32, of values: StringTable) -> PropertiesObject {
    if code == TextColumn.null { return PropertiesObject() }
    return PropertiesObject(values.withBytes(of: code) { Array($0) }) ?? PropertiesObject()
  }

  private static func code(of object: PropertiesObject, in values: inout StringTable) -> UInt32 {
    guard let json = object.json else { return TextColumn.null }
    return json.withUnsafeBytes { values.code(for: $0) }
  }
}
