internal import Columns

/// Numbers that decide arms: a function of experiment, version, day and raw id alone, so that a plan is drawn again as
/// it was, on any machine and in any order of members.
struct ArmDraw {
  private let seed: UInt64
  private let nameSeeds: (high: UInt64, low: UInt64)

  /// - Parameter day: nil where members keep their arm.
  init(experiment: String, version: String, day: String?) {
    var key = [experiment, version, day ?? ""].map { "\($0.utf8.count):\($0)" }.joined()
    seed = key.withUTF8 { byteHash(UnsafeRawBufferPointer($0), seed: 0x4D75_7374_6572_4472) }
    nameSeeds = (Self.mixed(seed ^ 0x5555_5555_5555_5555), Self.mixed(~seed))
  }

  /// A number of 0…1, evenly spread over members.
  func position(of id: UnsafeRawBufferPointer) -> Double {
    Double(Self.mixed(byteHash(id, seed: seed)) >> 11) * 0x1p-53
  }

  /// 128 bits that name a member's record.
  func recordName(of id: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64) {
    (byteHash(id, seed: nameSeeds.high), byteHash(id, seed: nameSeeds.low))
  }

  /// Every bit of the result depends on every bit of `word`. Source: Steele, Lea, Flood, *Fast Splittable Pseudorandom
  /// Number Generators*, OOPSLA 2014.
  private static func mixed(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
