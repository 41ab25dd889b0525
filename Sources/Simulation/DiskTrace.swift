/// The recorded calls of one run, from which the disk after a crash at any of them is rebuilt without running again.
///
/// The world that ran needs `recordsDiskCalls`. A crash in the midst of a call is covered too: in the midst of a write
/// it leaves what a crash just after it may leave; in the midst of a sync, what a crash just before it may leave.
package struct DiskTrace: Sendable {
    /// One crash: repeatable, and printable for a failure message.
    package struct Crash: Sendable, Equatable, CustomStringConvertible {
        /// Recorded calls that happened before it; compare with `SimulatedDisk.calls.count` as it was at some moment.
        package let callCount: Int
        /// What it left of that which was not synced.
        package let policy: CrashPolicy

        package init(callCount: Int, policy: CrashPolicy) {
            self.callCount = callCount
            self.policy = policy
        }

        package var description: String { "crash after \(callCount) calls, \(policy)" }
    }

    /// The disk before the first call.
    package let firstImage: DiskImage
    /// What changed it, in order.
    package let calls: [DiskCall]

    package init(firstImage: DiskImage, calls: [DiskCall]) {
        self.firstImage = firstImage
        self.calls = calls
    }

    /// Gives `body` every disk a crash may leave: after each number of calls in `callCounts` (all unless given), every
    /// subset of what was not synced when there are no more than `limit`, else nothing, everything, and seeded ones.
    ///
    /// - Parameter limit: Images for each number of calls, at least 4; two of them are seeded, as they may be torn.
    /// - Throws: What `body` throws.
    package func forEachCrash(
        seed: UInt64, limit: Int = 8, callCounts: ClosedRange<Int>? = nil,
        _ body: (DiskImage, Crash) throws -> Void
    ) throws {
        precondition(limit >= 4, "nothing, everything, and two seeded ones")
        let counts = callCounts ?? 0...calls.count
        var generator = SeededGenerator(seed: seed, purpose: 7)
        var image = firstImage
        for count in 0...min(counts.upperBound, calls.count) {
            if count > 0 { try image.apply(calls[count - 1]) }
            guard count >= counts.lowerBound else { continue }
            for policy in Self.policies(unsyncedCount: image.unsyncedCount, limit: limit, &generator) {
                try body(image.crashed(policy), Crash(callCount: count, policy: policy))
            }
        }
    }

    /// The disk after one crash, to look at it again.
    package func image(after crash: Crash) throws -> DiskImage {
        var image = firstImage
        for call in calls.prefix(crash.callCount) { try image.apply(call) }
        return image.crashed(crash.policy)
    }

    private static func policies(
        unsyncedCount: Int, limit: Int, _ generator: inout SeededGenerator
    ) -> [CrashPolicy] {
        if unsyncedCount == 0 { return [.loseAll] }
        var policies: [CrashPolicy] = [.seeded(generator.next()), .seeded(generator.next())]
        if unsyncedCount < 16, 1 << unsyncedCount <= limit - 2 {
            policies += (0..<UInt64(1) << UInt64(unsyncedCount)).map { .subset($0) }
        } else {
            policies += [.loseAll, .keepAll]
            while policies.count < limit { policies.append(.seeded(generator.next())) }
        }
        return policies
    }
}
