internal import Aggregation
internal import Columns
internal import Segments

/// The records of a plan as the plain log has them, which `ingest` reads back without a `dataset.yaml`.
///
/// They hold raw ids: they are written only where somebody asks for them.
package struct PlanRecords: Sendable {
  /// How records are written.
  package enum Form: String, CaseIterable, Sendable {
    case json, csv
  }

  private let plan: SendPlan
  private let form: Form
  private static let chunk = 1 << 15
  private static let csvColumns = ["event_id", "ts", "user_id", "event", "properties"]

  package init(_ plan: SendPlan, as form: Form) { (self.plan, self.form) = (plan, form) }

  /// Gives the bytes in order: by day, then by the hash of the ids.
  package func write(to sink: ([UInt8]) throws -> Void) throws {
    if form == .csv { try sink(Array((Self.csvColumns.joined(separator: ",") + "\n").utf8)) }
    let chunkCount = (plan.members.count + Self.chunk - 1) / Self.chunk
    for day in plan.days.indices {
      let frames = frames(of: day)
      let width = 8
      for start in stride(from: 0, to: chunkCount, by: width) {
        let count = min(width, chunkCount - start)
        let parts = onAllCores(count) { place in
          let first = (start + place) * Self.chunk
          return records(of: day, first..<min(first + Self.chunk, plan.members.count), frames)
        }
        for part in parts { try sink(part) }
      }
    }
  }

  /// What stands around the id, by place of the zone + 1 and by arm.
  private struct Frames {
    var head: [UInt8]
    var middle: [UInt8]
    var tails: [[[UInt8]]]
  }

  private func frames(of place: Int) -> Frames {
    let day = plan.days[place]
    let event = if case .event(let name) = plan.experiment.units.assignment { name } else { "push_planned" }
    let tails = day.choices.map { choice in
      let version = plan.version(of: choice)
      return plan.experiment.arms.indices.map { arm -> [UInt8] in
        guard let probability = plan.probability(of: arm, in: choice, on: day) else { return [] }
        let sendAt = arm == plan.experiment.holdoutPlace ? nil : choice.clock.sends[arm]?.text
        let name = plan.experiment.arms[arm].name
        let end = sendAt.map { ",\"send_at\":\"\($0)\"" } ?? ""
        let properties = """
          {"experiment":\(jsonText(plan.experiment.name)),"push_id":\(jsonText(day.push)),"arm":\(jsonText(name)),\
          "propensity":\(probability),"plan":\(jsonText(version))\(end)}
          """
        switch form {
        case .json: return Array(",\"event\":\(jsonText(event)),\"properties\":\(properties)}\n".utf8)
        case .csv: return Array(",\(Self.field(event)),\(Self.field(properties))\n".utf8)
        }
      }
    }
    switch form {
    case .json:
      return Frames(
        head: Array("{\"event_id\":\"".utf8), middle: Array("\",\"ts\":\"\(day.anchor)\",\"user_id\":".utf8),
        tails: tails)
    case .csv: return Frames(head: [], middle: Array(",\(day.anchor),".utf8), tails: tails)
    }
  }

  private func records(of day: Int, _ range: Range<Int>, _ frames: Frames) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count * ((frames.tails[0].map(\.count).max() ?? 0) + 120))
    let (dayArms, roster) = (plan.arms[day], plan.roster)
    // Of the day also where members keep their arm: each record has its own name.
    let names = ArmDraw(experiment: plan.experiment.name, version: plan.version, day: "\(plan.days[day].day)")
    roster.ids.bytes.withUnsafeBytes { ids in
      for place in range where dayArms[place] != SendPlan.none {
        let key = Int(plan.members[place])
        let id = UnsafeRawBufferPointer(rebasing: ids[roster.ids.range(of: UInt32(key))])
        let zone = roster.zonePlaces.isEmpty ? 0 : Int(roster.zonePlaces[key]) + 1
        bytes.append(contentsOf: frames.head)
        let name = names.recordName(of: id)
        Self.append(name.high, to: &bytes)
        Self.append(name.low, to: &bytes)
        bytes.append(contentsOf: frames.middle)
        append(id, to: &bytes)
        bytes.append(contentsOf: frames.tails[zone][Int(dayArms[place])])
      }
    }
    return bytes
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 60, through: 0, by: -4) { bytes.append(digits[Int(word >> UInt64(shift) & 15)]) }
  }

  private func append(_ id: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    let isPlain = id.allSatisfy { byte in
      byte != 0x22 && (form == .json ? byte != 0x5C && byte >= 0x20 : byte != 0x2C && byte != 10 && byte != 13)
    }
    if form == .json {
      if !isPlain { return bytes.append(contentsOf: jsonText(String(decoding: id, as: UTF8.self)).utf8) }
      bytes.append(0x22)
      bytes.append(contentsOf: id)
      bytes.append(0x22)
    } else if isPlain {
      bytes.append(contentsOf: id)
    } else {
      bytes.append(contentsOf: Self.field(String(decoding: id, as: UTF8.self)).utf8)
    }
  }

  /// RFC 4180.
  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
