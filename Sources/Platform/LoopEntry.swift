/// Something a loop watches: the readiness of a descriptor, a deadline, or both. It is touched only on the thread of
/// its loop.
class LoopEntry {
    /// Where it stands in the timer heap, -1 when it does not.
    var heapIndex = -1

    /// The descriptor is ready for `events`, a set of ``Readiness``.
    func eventsReady(_ events: UInt32) {}

    /// The deadline given to the timer heap has passed; the entry is no longer in it.
    func timerFired(at now: UInt64) {}
}

/// Bits of epoll, the same on every architecture.
enum Readiness {
    static let readable: UInt32 = 0x1
    static let writable: UInt32 = 0x4
    static let failed: UInt32 = 0x8
    static let hungUp: UInt32 = 0x10
    static let peerFinished: UInt32 = 0x2000
    static let edgeTriggered: UInt32 = 1 << 31
}
