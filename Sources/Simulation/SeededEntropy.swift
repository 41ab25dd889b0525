import Runtime

/// The entropy of a world: the next bytes of its seed.
///
/// Unchecked: a world is driven by one thread, which `trace.thread` asserts.
package final class SeededEntropy: Entropy, @unchecked Sendable {
    private var generator: SeededGenerator
    private let trace: Trace

    init(seed: UInt64, trace: Trace) {
        generator = SeededGenerator(seed: seed, purpose: 2)
        self.trace = trace
    }

    package func bytes(_ count: Int) -> [UInt8] {
        precondition((0...1 << 20).contains(count), "0 bytes to 1 MiB at a time")
        trace.thread.check()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = generator.next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }
}
