import Runtime

/// The names in a store's directory, apart from the log's.
struct StoreFiles {
    let directory: String
    let files: any FileSystem

    /// Whether there is anything of segments or manifests.
    func hasSegments() throws(FileError) -> Bool {
        try files.list(directory).contains { SegmentFormat.fileNumber($0) != nil || $0.hasPrefix("MANIFEST-") }
    }

    /// The number of the next segment, above every file that is there.
    func nextSegmentNumber(after manifest: Manifest?) throws(FileError) -> UInt64 {
        var next = manifest?.nextSegmentNumber ?? 1
        for name in try files.list(directory) {
            if let number = SegmentFormat.fileNumber(name) { next = max(next, number + 1) }
        }
        return next
    }

    /// Removes what `manifest` does not name: segments and manifests of work that was never finished or is over, and
    /// log files from before its log. Nothing depends on it, so a failure leaves the rest for the next time.
    func removeObsolete(_ manifest: Manifest) {
        guard let names = try? files.list(directory) else { return }
        let named = Set(manifest.levels.joined().map { SegmentFormat.fileName($0.number) })
        for name in names {
            let isObsolete =
                if SegmentFormat.fileNumber(name) != nil {
                    !named.contains(name)
                } else if let number = LogFormat.fileNumber(name) {
                    number < manifest.logStart.fileNumber
                } else {
                    name.hasPrefix("MANIFEST-") && name != manifest.fileName
                }
            if isObsolete { _ = try? files.remove(directory + "/" + name) }
        }
    }
}
