import Runtime

/// A file whose bytes are in memory.
final class MemoryFile: File {
    private let bytes: Guarded<[UInt8]>

    init(_ bytes: [UInt8] = []) {
        self.bytes = Guarded(bytes)
    }

    func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        bytes.withLock { bytes in
            let start = Int(clamping: min(offset, UInt64(bytes.count)))
            return Array(bytes[start..<min(bytes.count, start + min(count, bytes.count))])
        }
    }

    func write(_ new: [UInt8], at offset: UInt64) throws(FileError) {
        bytes.withLock { bytes in
            let start = Int(clamping: offset)
            let end = start + new.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(start..<end, with: new)
        }
    }

    func sync() throws(FileError) {}

    func byteCount() throws(FileError) -> UInt64 { UInt64(bytes.withLock { $0.count }) }

    func truncate(to byteCount: UInt64) throws(FileError) {
        bytes.withLock { bytes in
            let count = Int(clamping: byteCount)
            if count < bytes.count { bytes.removeSubrange(count...) }
            if count > bytes.count { bytes += [UInt8](repeating: 0, count: count - bytes.count) }
        }
    }

    /// The file stays as it is: others have it open.
    func close() {}
}
