internal import Dispatch
internal import Synchronization

/// The results of two pieces of work, which are done at the same time where a second core is free.
package func together<A: Sendable, B: Sendable>(
  _ first: @Sendable () -> A, _ second: @Sendable () -> B
) -> (A, B) {
  let results = Mutex<(A?, B?)>((nil, nil))
  DispatchQueue.concurrentPerform(iterations: 2) { place in
    if place == 0 {
      let result = first()
      results.withLock { $0.0 = result }
    } else {
      let result = second()
      results.withLock { $0.1 = result }
    }
  }
  return results.withLock { ($0.0!, $0.1!) }
}

/// What `body` gives for each of `count` places, in their order; on all cores.
package func onAllCores<Result: Sendable>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
  let results = Mutex([Result?](repeating: nil, count: count))
  nonisolated(unsafe) let body = body
  DispatchQueue.concurrentPerform(iterations: count) { place in
    let result = body(place)
    results.withLock { $0[place] = result }
  }
  return results.withLock { $0.map { $0! } }
}
