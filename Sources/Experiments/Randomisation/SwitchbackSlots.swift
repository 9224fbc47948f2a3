/// Slots of a switchback experiment in order of time: each holds one mass send of one arm.
///
/// A block is the next K slots of one weekday, one an arm, in an order that was drawn: nothing but that draw decides
/// which arm a slot of the block has.
package struct SwitchbackSlots: Sendable, Equatable {
  /// One send to all.
  package struct Slot: Sendable, Equatable {
    /// Slots of one block share it.
    package let block: Int
    package let arm: Int
    /// The slot's figure, burn-in and burn-out cut.
    package let value: Double

    package init(block: Int, arm: Int, value: Double) {
      self.block = block
      self.arm = arm
      self.value = value
    }
  }

  package let slots: [Slot]

  /// Slots in order of time.
  /// - Precondition: no block has an arm twice.
  package init(_ slots: [Slot]) {
    var seen: Set<[Int]> = []
    precondition(slots.allSatisfy { seen.insert([$0.block, $0.arm]).inserted }, "a block has each arm once")
    self.slots = slots
  }

  /// Treatment minus control of each block that has both, by block.
  package func differences(treatment: Int, control: Int) -> [Double] {
    let byBlock = Dictionary(grouping: slots, by: \.block)
    return byBlock.sorted { $0.key < $1.key }.compactMap { _, slots in
      guard let one = slots.first(where: { $0.arm == treatment }), let zero = slots.first(where: { $0.arm == control })
      else { return nil }
      return one.value - zero.value
    }
  }

  /// What the arm of the slot before does to a slot: treatment before minus control before, once the slot's own block
  /// and arm are taken out. A difference here says that sends reach into the next slot.
  ///
  /// - Throws: ``InsufficientData`` where either arm comes before fewer than two slots.
  package func carryOver(
    treatment: Int, control: Int, level: Double = 0.95
  ) throws(InsufficientData) -> Comparison {
    let blockMeans = Self.means(of: slots.map { ($0.block, $0.value) })
    let inBlock = slots.map { $0.value - (blockMeans[$0.block] ?? 0) }
    let armMeans = Self.means(of: zip(slots, inBlock).map { ($0.arm, $1) })
    let residuals = zip(slots, inBlock).map { $1 - (armMeans[$0.arm] ?? 0) }
    func after(_ arm: Int) -> MeanSums {
      MeanSums(zip(slots, residuals.dropFirst()).filter { $0.0.arm == arm }.map(\.1))
    }
    let requirement = SampleRequirement(units: 2, events: 1, nonEvents: 1)
    return try TwoEstimates(
      treatment: after(treatment).estimate(arm: "treatment", requirement: requirement),
      control: after(control).estimate(arm: "control", requirement: requirement)
    ).comparison(looks: .fixed, level: level)
  }

  private static func means(of values: [(key: Int, value: Double)]) -> [Int: Double] {
    Dictionary(grouping: values, by: \.key).mapValues { $0.reduce(0) { $0 + $1.value } / Double($0.count) }
  }
}
