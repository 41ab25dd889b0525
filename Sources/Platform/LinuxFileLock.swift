import Glibc
import Runtime
import Synchronization

/// A lock held through an open descriptor. The file stays: removing it would let two holders lock two files.
final class LinuxFileLock: FileLock {
    private let descriptor: Atomic<CInt>

    /// Takes over `descriptor`, which holds the lock.
    init(_ descriptor: CInt) {
        self.descriptor = Atomic(descriptor)
    }

    deinit { release() }

    func release() {
        let old = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if old >= 0 { _ = Glibc.close(old) }
    }
}
