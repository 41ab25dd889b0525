/// How often each fault struck a simulated disk.
package struct DiskFaultCounts: Sendable, Equatable {
    package var failedSyncs = 0
    package var failedWrites = 0
    package var failedReads = 0
    package var failedCalls = 0
    package var fullVolumes = 0
    package var misdirectedWrites = 0
    package var lostWrites = 0
    package var flippedBits = 0
    package var crashes = 0

    package init() {}

    /// Each count with its name, in a fixed order.
    package var kinds: [(name: String, count: Int)] {
        [
            ("failed syncs", failedSyncs), ("failed writes", failedWrites), ("failed reads", failedReads),
            ("failed calls", failedCalls), ("full volumes", fullVolumes), ("misdirected writes", misdirectedWrites),
            ("lost writes", lostWrites), ("flipped bits", flippedBits), ("crashes at a call", crashes),
        ]
    }

    package mutating func add(_ other: DiskFaultCounts) {
        failedSyncs += other.failedSyncs
        failedWrites += other.failedWrites
        failedReads += other.failedReads
        failedCalls += other.failedCalls
        fullVolumes += other.fullVolumes
        misdirectedWrites += other.misdirectedWrites
        lostWrites += other.lostWrites
        flippedBits += other.flippedBits
        crashes += other.crashes
    }
}
