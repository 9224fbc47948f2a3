/// The portable format of Roaring bitmaps, version 1 of its specification: sets of 32-bit numbers that CRoaring, its
/// kin in other languages and ClickHouse read and write. All numbers are little endian.
///
/// ```
/// without runs   u32 12346, u32 containers
/// with runs      u16 12347, u16 containers − 1, one bit a container: is it one of runs?
/// keys           a container: u16 upper halves of its members, u16 members − 1
/// offsets        a container: u32 place of its bytes from the start; absent with runs and fewer than 4 containers
/// array          u16 lower halves, ascending; where there are at most 4096 members
/// bitmap         1024 words u64; where there are more
/// runs           u16 runs, then u16 first, u16 length − 1 each
/// ```
/// Written here because it is small: no library comes along, nothing is copied on the way to a ``Bitmap``, and
/// damaged bytes are found by one reader that trusts none of them.
enum RoaringFormat {
  static let cookie: UInt32 = 12346
  static let runCookie: UInt32 = 12347
  static let arrayCountMax = 4096
  static let bitmapWordCount = 1024
  static let bitmapByteCount = 8192
  /// With runs, fewer containers have no offsets.
  static let offsetContainerCountMin = 4
}
