import Bytes

/// Sizes and mixing functions of log files; `FORMAT.md` has every byte.
enum LogFormat {
    /// The newest format this program writes and reads.
    static let version: UInt32 = 1
    static let pageByteCount = 4096
    static let sectorByteCount = 512
    /// What the mask is made of; the last word of a page is zero once in 2^64.
    static let wordByteCount = 8
    /// Checksum, page index, two spare bytes.
    static let pageHeadByteCount = 8
    /// Head of the first page and the frame's fields.
    static let frameHeadByteCount = 88
    static let firstPayloadByteCount = pageByteCount - frameHeadByteCount
    static let nextPayloadByteCount = pageByteCount - pageHeadByteCount
    /// No frame is longer: a group of 1 MiB, and a little for the numbers of each transaction.
    static let maxFramePageCount = 272

    static func pageCount(payloadByteCount: Int) -> Int {
        guard payloadByteCount > firstPayloadByteCount else { return 1 }
        return 1 + (payloadByteCount - firstPayloadByteCount + nextPayloadByteCount - 1) / nextPayloadByteCount
    }

    static func fileName(_ number: UInt64) -> String {
        NumberedName.make("log-", number)
    }

    /// The number in the name of a log file, nil for other names.
    static func fileNumber(_ name: String) -> UInt64? {
        NumberedName.number("log-", name)
    }

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// What the checksum of the page at `offset` starts from, so that no page passes anywhere else.
    static func checksumSeed(salt: UInt64, fileNumber: UInt64, offset: Int) -> UInt32 {
        let place = mix(salt ^ mix(fileNumber &+ 0x9e37_79b9_7f4a_7c15)) &+ UInt64(offset)
        return UInt32(truncatingIfNeeded: mix(place))
    }

    /// XORs a page, all but its checksum, with the stream of its place. Doing it twice restores the page.
    static func mask(_ page: inout MutableSpan<UInt8>, salt: UInt64, offset: Int) {
        let start = mix(salt &+ UInt64(offset) &* 0x9e37_79b9_7f4a_7c15)
        unsafe page.withUnsafeMutableBytes { bytes in
            var state = start
            for index in 0..<pageByteCount / 8 {
                state &+= 0x9e37_79b9_7f4a_7c15
                var word = mix(state)
                if index == 0 { word &= 0xffff_ffff_0000_0000 }
                let old = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
                unsafe bytes.storeBytes(of: (old ^ word).littleEndian, toByteOffset: index * 8, as: UInt64.self)
            }
        }
    }
}

extension LogFormat {
    /// The page at `start` of `file`, unmasked; nil when its checksum is wrong.
    static func plainPage(_ file: [UInt8], at start: Int, salt: UInt64, fileNumber: UInt64) -> [UInt8]? {
        let seed = checksumSeed(salt: salt, fileNumber: fileNumber, offset: start)
        let sum = CRC32C.checksum(file, in: start + 4..<start + pageByteCount, seed: seed)
        for index in 0..<4 where file[start + index] != UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) {
            return nil
        }
        var page = Array(file[start..<start + pageByteCount])
        var span = page.mutableSpan
        mask(&span, salt: salt, offset: start)
        return page
    }
}
