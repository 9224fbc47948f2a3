import Columns

// Numbers of `width` bits, one after another, the first in the lowest bits of the first byte:
//
//   width 3, values 0 1 2 3 4 5 6 7
//   byte        0         1         2
//   bits   10 001 000 | 1 100 011 0 | 111 110 10 …     (highest bit to the left)
//
// Eight values fill `width` whole bytes, so groups of eight begin at a byte.

/// How many bytes `count` packed values of `width` bits take.
@inline(__always)
func packedByteCount(_ count: Int, width: Int) -> Int { (count * width + 7) >> 3 }

/// The width of the widest of values whose bits, or'ed together, are `bits`.
@inline(__always)
func bitWidth(_ bits: UInt64) -> Int { 64 - bits.leadingZeroBitCount }

/// Packs `count` values, none wider than `width` bits (0…64), into `output` and returns the bytes they take.
///
/// Up to seven bytes behind those may be overwritten.
package func packBits<Value: FixedWidthInteger & UnsignedInteger>(
  _ values: UnsafePointer<Value>, count: Int, width: Int, into output: UnsafeMutableRawPointer
) -> Int {
  if width == 0 { return 0 }
  if width == 8 {
    for index in 0..<count {
      output.storeBytes(of: UInt8(truncatingIfNeeded: values[index]), toByteOffset: index, as: UInt8.self)
    }
    return count
  }
  if width == 16 {
    for index in 0..<count {
      let value = UInt16(truncatingIfNeeded: values[index]).littleEndian
      output.storeBytes(of: value, toByteOffset: index &* 2, as: UInt16.self)
    }
    return count * 2
  }
  var output = output
  var word: UInt64 = 0
  var filled = 0
  var index = 0
  while index < count {
    let value = UInt64(truncatingIfNeeded: values[index])
    word |= value &<< UInt64(truncatingIfNeeded: filled)
    filled &+= width
    if filled >= 64 {
      output.storeBytes(of: word.littleEndian, as: UInt64.self)
      output += 8
      filled &-= 64
      word = filled == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: width &- filled)
    }
    index &+= 1
  }
  if filled > 0 { output.storeBytes(of: word.littleEndian, as: UInt64.self) }
  return packedByteCount(count, width: width)
}

/// The eight bytes at `address`, wherever it is.
@inline(__always)
func loadWord(_ address: UnsafeRawPointer) -> UInt64 {
  UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
}

/// All ones in the lowest `width` bits (1…64).
@inline(__always)
func bitMask(_ width: Int) -> UInt64 { UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width) }

/// The packed value that begins at `bit`, at most 57 bits wide; touches the eight bytes from there.
@inline(__always)
func unpackNarrow(_ input: UnsafeRawPointer, bit: Int, mask: UInt64) -> UInt64 {
  (loadWord(input + (bit &>> 3)) &>> UInt64(truncatingIfNeeded: bit & 7)) & mask
}

/// The packed value that begins at `bit`, at most 64 bits wide; touches the nine bytes from there.
@inline(__always)
func unpackWide(_ input: UnsafeRawPointer, bit: Int, mask: UInt64) -> UInt64 {
  let address = input + (bit &>> 3)
  let shift = UInt64(truncatingIfNeeded: bit & 7)
  let low = loadWord(address) &>> shift
  let high = UInt64(address.load(fromByteOffset: 8, as: UInt8.self))
  return (shift == 0 ? low : low | high &<< (64 &- shift)) & mask
}

/// Unpacks `count` values of `width` bits (0…32).
///
/// `input` has eight readable bytes behind the packed ones, and `output` room for `count`.
package func unpackBits(_ input: UnsafeRawPointer, count: Int, width: Int, into output: UnsafeMutablePointer<UInt32>) {
  let done = WideKernels.unpack(input, count: count, width: width, into: output)
  if done == count, done > 0 { return }
  unpackBitsPortably(input + (done >> 3) * width, count: count - done, width: width, into: output + done)
}

/// The same on any processor.
package func unpackBitsPortably(
  _ input: UnsafeRawPointer, count: Int, width: Int, into output: UnsafeMutablePointer<UInt32>
) {
  if width == 0 {
    output.update(repeating: 0, count: count)
    return
  }
  if width == 16 {
    for index in 0..<count {
      output[index] = UInt32(UInt16(littleEndian: input.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)))
    }
    return
  }
  let mask = bitMask(width)
  var group = input
  var index = 0
  if width <= 8 {
    // All eight are in one word.
    while index &+ 8 <= count {
      var word = loadWord(group)
      for lane in 0..<8 {
        output[index &+ lane] = UInt32(truncatingIfNeeded: word & mask)
        word &>>= UInt64(truncatingIfNeeded: width)
      }
      group += width
      index &+= 8
    }
  }
  while index &+ 8 <= count {
    for lane in 0..<8 {
      output[index &+ lane] = UInt32(truncatingIfNeeded: unpackNarrow(group, bit: lane &* width, mask: mask))
    }
    group += width
    index &+= 8
  }
  var lane = 0
  while index &+ lane < count {
    output[index &+ lane] = UInt32(truncatingIfNeeded: unpackNarrow(group, bit: lane &* width, mask: mask))
    lane &+= 1
  }
}
