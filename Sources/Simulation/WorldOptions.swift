package import Runtime

/// What can differ between worlds besides their seed.
package struct WorldOptions: Sendable {
    /// The wall clock at the start.
    package var startTime = Timestamp(seconds: 1_736_899_200)  // 2025-01-15
    /// The most virtual time a job takes; each takes a seeded part of it. Zero lets time pass only between jobs.
    package var stepNanoseconds: UInt64 = 2000
    package var network = NetworkOptions()
    package var diskFaults = DiskFaults()
    /// Keeps every changing call to the disk, for `DiskTrace`.
    package var recordsDiskCalls = false

    package init() {}
}
