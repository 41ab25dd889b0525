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
}
