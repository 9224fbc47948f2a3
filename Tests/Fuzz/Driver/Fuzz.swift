import FuzzProbes
import Glibc

/// libFuzzer over the probe that `PROBE` names; arguments are libFuzzer's.
@main struct Fuzz {
  /// Chosen once: libFuzzer calls back with nothing but bytes.
  static let probe: Probe = {
    let name = getenv("PROBE").map { String(cString: $0) } ?? ""
    guard let probe = Probe.named(name) else {
      print("PROBE names one of: \(Probe.all.map(\.name).joined(separator: " "))")
      exit(64)
    }
    return probe
  }()

  static func main() {
    _ = probe
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      runDriver(&count, &arguments) { bytes, count in
        Fuzz.probe.run(UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
      })
  }
}

/// libFuzzer without its own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
