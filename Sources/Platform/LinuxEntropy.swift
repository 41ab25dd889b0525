import CLinux
import Glibc
import Runtime

/// The random generator of the kernel.
struct LinuxEntropy: Entropy {
    func bytes(_ count: Int) -> [UInt8] {
        precondition((0...1 << 20).contains(count), "random bytes outside 0 to 1 MiB")
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let got = unsafe getrandom(base + filled, count - filled, 0)
                // Only an interruption is worth another try; without randomness nothing may go on.
                precondition(got > 0 || errno == EINTR, "the kernel refused randomness: error \(errno)")
                if got > 0 { filled += got }
            }
        }
    }
}
