import Glibc
import Runtime
import Synchronization

/// An open file of the system.
final class LinuxFile: File {
    /// -1 once closed.
    private let descriptor: Atomic<CInt>
    private let path: String

    /// Takes over `descriptor`.
    init(_ descriptor: CInt, path: String) {
        self.descriptor = Atomic(descriptor)
        self.path = path
    }

    deinit { close() }

    func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        precondition(count >= 0, "a negative count")
        let descriptor = try openDescriptor()
        var wanted = count
        // A length out of a damaged file must not make a huge buffer.
        if wanted > 1 << 20 {
            let size = try byteCount()
            wanted = Int(min(UInt64(wanted), size > offset ? size - offset : 0))
        }
        var failure: CInt = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted, let base = buffer.baseAddress {
                let got = unsafe pread(
                    descriptor, base + filled, wanted - filled, off_t(truncatingIfNeeded: offset &+ UInt64(filled)))
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw FileError(errno: failure, operation: "pread", path: path) }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
        try Self.writeAll(bytes, at: offset, to: try openDescriptor(), path: path)
    }

    func sync() throws(FileError) {
        // After a failure the kernel may have dropped the pages and would report success: nobody tries again.
        try require(fdatasync(try openDescriptor()), "fdatasync")
    }

    func byteCount() throws(FileError) -> UInt64 {
        var status = stat()
        try require(unsafe fstat(try openDescriptor(), &status), "fstat")
        return UInt64(max(0, status.st_size))
    }

    func truncate(to byteCount: UInt64) throws(FileError) {
        try require(ftruncate(try openDescriptor(), off_t(truncatingIfNeeded: byteCount)), "ftruncate")
    }

    func close() {
        let old = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        // Linux frees the descriptor even when closing is interrupted.
        if old >= 0 { _ = Glibc.close(old) }
    }

    /// Writes all of `bytes` to `descriptor`, going on after interruptions and partial writes.
    static func writeAll(
        _ bytes: [UInt8], at offset: UInt64, to descriptor: CInt, path: String
    ) throws(FileError) {
        let failure = unsafe bytes.withUnsafeBytes { buffer -> CInt in
            var done = 0
            while done < buffer.count, let base = buffer.baseAddress {
                let put = unsafe pwrite(
                    descriptor, base + done, buffer.count - done,
                    off_t(truncatingIfNeeded: offset &+ UInt64(done)))
                if put > 0 {
                    done += put
                } else if put == 0 {
                    return ENOSPC
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        guard failure == 0 else { throw FileError(errno: failure, operation: "pwrite", path: path) }
    }

    private func openDescriptor() throws(FileError) -> CInt {
        let value = descriptor.load(ordering: .acquiring)
        guard value >= 0 else { throw FileError(.other(EBADF), operation: "use after close", path: path) }
        return value
    }

    private func require(_ status: CInt, _ operation: StaticString) throws(FileError) {
        guard status == 0 else { throw FileError(errno: errno, operation: operation, path: path) }
    }
}
