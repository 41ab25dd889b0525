extension DiskImage {
    /// Tells disks apart by the names and bytes that processes see; of a disk after a crash that is all there is.
    package var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for path in filePaths {
            for word in [Trace.hash(path), Trace.hash(contents(path) ?? [])] {
                hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
                hash = hash << 27 | hash >> 37
            }
        }
        return hash
    }
}
