/// A key as the engine sees it: table, index (0 for the table's records), then the bytes of a `Key`; padded with zeros
/// to whole words so that keys are compared eight bytes at a time.
struct RawKey: Equatable, Sendable {
    /// A multiple of 8 bytes.
    private(set) var padded: [UInt8]
    /// The bytes that count.
    private(set) var count: Int

    init(table: UInt8, index: UInt8, _ key: [UInt8], _ tail: [UInt8] = []) {
        let count = 2 + key.count + tail.count
        self.count = count
        let capacity = (count + 7) & ~7
        // Every byte of the capacity is written: two, the key, the tail, then zeros.
        padded = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            unsafe buffer[0] = table
            unsafe buffer[1] = index
            var position = 2
            for byte in key {
                unsafe buffer[position] = byte
                position += 1
            }
            for byte in tail {
                unsafe buffer[position] = byte
                position += 1
            }
            while position < capacity {
                unsafe buffer[position] = 0
                position += 1
            }
            initialized = capacity
        }
    }

    init(_ bytes: some Collection<UInt8>) {
        count = bytes.count
        padded = Array(bytes)
        while padded.count & 7 != 0 { padded.append(0) }
    }

    var bytes: ArraySlice<UInt8> { padded[..<count] }

    /// Negative, zero or positive as this key is below, equal to or above `key`.
    func compare(_ key: KeyWords) -> Int {
        withWords { $0.compare(key) }
    }

    /// The words of the key, for as long as `body` runs.
    @inline(__always)
    func withWords<Result, Failure: Error>(_ body: (KeyWords) throws(Failure) -> Result) throws(Failure) -> Result {
        try unsafe padded.span.withUnsafeBytes { buffer throws(Failure) -> Result in
            guard let base = buffer.baseAddress else { return try unsafe body(KeyWords(base: fallbackWord, count: 0)) }
            return try unsafe body(KeyWords(base: base, count: count))
        }
    }
}

/// What an empty array's missing address is replaced by; never read.
private nonisolated(unsafe) let fallbackWord = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8))

/// A borrowed padded key. Only valid inside the call it was made for.
@safe struct KeyWords {
    private let base: UnsafeRawPointer
    /// The bytes that count; padded with zeros to a multiple of 8.
    let count: Int

    init(base: UnsafeRawPointer, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    var wordCount: Int { (count + 7) >> 3 }
    var address: UnsafeRawPointer { unsafe base }

    /// Word `index` (below `wordCount`), as a number that orders like its bytes.
    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        unsafe UInt64(bigEndian: base.loadUnaligned(fromByteOffset: index << 3, as: UInt64.self))
    }

    /// Whether the key is a record's: its second byte is 0.
    @inline(__always)
    var isRecord: Bool { count >= 2 && word(0) >> 48 & 0xff == 0 }

    /// Negative, zero or positive as this key is below, equal to or above `key`.
    @inline(__always)
    func compare(_ key: KeyWords) -> Int {
        let shared = min(wordCount, key.wordCount)
        var index = 0
        while index < shared {
            let left = word(index)
            let right = key.word(index)
            if left != right { return left < right ? -1 : 1 }
            index += 1
        }
        // Padding is zero, so with equal words the shorter key is the smaller one.
        return count - key.count
    }

    /// The hash that tables in memory and the filters of segments use: it can never change.
    @inline(__always)
    var hash: UInt64 {
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: count)
        for index in 0..<wordCount {
            let product = (hash ^ word(index)).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
            hash = product.high ^ product.low
        }
        let product = (hash ^ 0xe703_7ed1_a0b4_28db).multipliedFullWidth(by: 0x8ebc_6af0_9c88_c6e3)
        return product.high ^ product.low
    }
}
