/// Random numbers that come out the same on every machine: SplitMix64, one stream a purpose, member and day.
///
/// Only integers and the operations that IEEE 754 rounds exactly (`+ - * /` and the square root) decide
/// anything, so no mathematics library takes part.
/// Source: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
package struct RandomStream {
  /// What the numbers are for; streams of different purposes are independent.
  package enum Purpose: UInt64 {
    case rhythm = 1
    case traits, plan, visit, content, arrival, assignment
  }

  private var state: UInt64

  /// The stream of one purpose, and of up to two numbers such as member and day.
  package init(seed: UInt64, _ purpose: Purpose, _ first: Int = 0, _ second: Int = 0) {
    let base = Self.scrambled(seed &+ purpose.rawValue &* 0xD6E8_FEB8_6659_FD93)
    let inner = Self.scrambled(base ^ UInt64(bitPattern: Int64(first)) &* 0x9E37_79B9_7F4A_7C15)
    state = Self.scrambled(inner &+ UInt64(bitPattern: Int64(second)) &* 0xA076_1D64_78BD_642F)
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.scrambled(state)
  }

  /// A bijection of 64-bit words.
  package static func scrambled(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// Uniform in `0..<bound`; the bias is below `bound / 2^64`.
  package mutating func below(_ bound: Int) -> Int {
    Int(UInt64(bound).multipliedFullWidth(by: next()).high)
  }

  /// True with the given probability.
  package mutating func hits(_ chance: Chance) -> Bool {
    next() &>> 48 < UInt64(chance.per65536)
  }

  /// Uniform in (0, 1].
  package mutating func unit() -> Double {
    Double((next() &>> 11) &+ 1) * 0x1p-53
  }

  /// Nearly normal with mean 0 and standard deviation `spread`: the sum of four uniform numbers
  /// (Irwin–Hall), never further out than 3.5 × `spread`.
  package mutating func bell(spread: Int64) -> Int64 {
    let word = next()
    var sum = Int64(word & 0xFFFF) &+ Int64((word &>> 16) & 0xFFFF)
    sum &+= Int64((word &>> 32) & 0xFFFF) &+ Int64(word &>> 48)
    return (sum - 131_070) * spread / 37_837  // 65,536 / √3
  }

  /// Nearly exponential with mean `mean`: −log₂ of a uniform number, linear between powers of two.
  package mutating func waiting(mean: Int64) -> Int64 {
    let word = next() | 1
    let zeros = word.leadingZeroBitCount
    let fraction = ((word &<< UInt64(zeros)) >> 47) & 0xFFFF
    let value = (Int64(zeros) << 16) + 65_535 - Int64(fraction)
    return value * mean / 98_304  // this value's own mean: 1 whole step and half a step
  }
}

/// A probability in 65,536ths.
package struct Chance: Equatable {
  /// 0 to 65,536.
  package var per65536: UInt32

  /// Cut to 65,536.
  package init(per65536: UInt32) { self.per65536 = min(65_536, per65536) }
  /// The nearest 65,536th of `share`, cut to 0…1.
  package init(_ share: Double) { per65536 = UInt32((max(0, min(1, share)) * 65_536).rounded()) }

  /// 0 and 1.
  package static let never = Chance(per65536: 0)
  package static let always = Chance(per65536: 65_536)

  /// Both of two independent chances.
  package static func * (a: Chance, b: Chance) -> Chance {
    Chance(per65536: UInt32((UInt64(a.per65536) * UInt64(b.per65536)) >> 16))
  }

  /// `self`, or where that misses, `other`.
  package func or(_ other: Chance) -> Chance {
    Chance(per65536: per65536 + (Chance(per65536: 65_536 - per65536) * other).per65536)
  }
}
