// Thrift's compact protocol, which headers and footers are written in.
//
//   structure   fields, then 0x00
//   field       (id - the id before) << 4 | type     or, where that is not 1…15:  type, zigzag id
//   integer     zigzag varint
//   boolean     in the type of its field; in a list a byte
//   binary      varint length, bytes
//   list        count << 4 | type of the elements    or, from 15 elements:  0xF0 | type, varint count

/// The type of a field or an element, as the compact protocol numbers them.
enum ThriftType: UInt8 {
  case yes = 1
  case no = 2
  case byte = 3
  case int16 = 4
  case int32 = 5
  case int64 = 6
  case double = 7
  case binary = 8
  case list = 9
  case set = 10
  case map = 11
  case structure = 12
}
