/// The fingerprint of a run: every scheduling decision and every operation on disk and network is mixed in.
///
/// Unchecked: a world is driven by one thread, which `thread` asserts.
final class Trace: @unchecked Sendable {
    /// What is mixed in. The numbers are part of the fingerprint only.
    enum Event: UInt64 {
        case task = 1
        case worker, timer, spawn, disk, diskFault, connect, segment, receive, resolve, log, listen, close
    }

    let thread = SingleThread()
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    func record(_ event: Event, _ first: UInt64, _ second: UInt64 = 0) {
        thread.check()
        mix(event.rawValue)
        mix(first)
        mix(second)
    }

    /// FNV-1a over the text.
    static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    /// FNV-1a over the bytes, eight at a time.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        var hash = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            let word = unsafe bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
            hash = (hash ^ word) &* 0x100_0000_01b3
            hash ^= hash >> 29
            offset += 8
        }
        while offset < bytes.count {
            hash = (hash ^ UInt64(bytes[offset])) &* 0x100_0000_01b3
            offset += 1
        }
        return hash
    }

    // Multiplying carries changes upwards only; the rotation brings them down again.
    private func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        hash = hash << 27 | hash >> 37
    }
}
