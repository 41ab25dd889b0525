import CLinux

/// How the process's memory is managed.
enum HostMemory {
    /// Large pieces go back to the system as soon as they are freed, and few arenas are kept: otherwise a store's
    /// memtables, which one thread fills and another frees, leave tens of megabytes that nobody can use.
    ///
    /// To be called before the first thread starts. Where the library refuses, memory is only used less well.
    static func keepSmall() {
        // Set at all, the threshold does not grow by itself any more.
        _ = mallopt(M_MMAP_THRESHOLD, 256 << 10)
        _ = mallopt(M_TRIM_THRESHOLD, 1 << 20)
        _ = mallopt(M_ARENA_MAX, 2)
    }
}
