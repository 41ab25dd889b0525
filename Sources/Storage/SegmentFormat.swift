/// Sizes and names of segment files; `FORMAT.md` has every byte.
enum SegmentFormat {
    /// The newest format this program writes and reads.
    static let version: UInt32 = 1
    static let footerByteCount = 96
    /// A block ends before it has so many bytes, unless one entry alone has more.
    static let blockByteCount = 4096
    /// Data blocks under one index block, at most.
    static let indexBlockLimit = 64
    /// Keys in one filter, at most: 10 bits for each fill a block.
    static let filterKeyLimit = 3264
    static let filterBitsPerKey = 10
    /// No block is larger: one entry of the largest transaction, and a little.
    static let maxBlockByteCount = 2 << 20

    static func fileName(_ number: UInt64) -> String {
        NumberedName.make("segment-", number)
    }

    /// The number in the name of a segment file, nil for other names.
    static func fileNumber(_ name: String) -> UInt64? {
        NumberedName.number("segment-", name)
    }
}
