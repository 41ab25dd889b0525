/// The AES block cipher (FIPS 197) with 128- or 256-bit keys, for counter mode.
///
/// Bitsliced: eight blocks are enciphered together as 128 × 8 single-bit columns, so that neither a table nor a branch
/// depends on key or data. (The arrangement is that of Käsper and Schwabe, "Faster and Timing-Attack Resistant
/// AES-GCM", with the S-box circuit of Boyar and Peralta.)
struct AES: ~Copyable, Sendable {
    /// The 11 or 15 round keys, eight slices each, every slice twice.
    private let roundKeys: Secret
    private let roundCount: Int

    /// - Throws: ``CryptoError/invalidKeyLength(_:)`` unless the key has 16 or 32 bytes.
    init(key: RawSpan) throws(CryptoError) {
        guard key.byteCount == 16 || key.byteCount == 32 else { throw .invalidKeyLength(key.byteCount) }
        let keyWordCount = key.byteCount / 4
        let roundCount = keyWordCount + 6
        var words = InlineArray<60, UInt32>(repeating: 0)
        for index in 0..<keyWordCount { words[index] = key.littleEndian32(at: 4 &* index) }
        var last = words[keyWordCount - 1]
        var roundConstant: UInt32 = 1
        for index in keyWordCount..<(4 * (roundCount + 1)) {
            if index % keyWordCount == 0 {
                last = AES.substitute(last &<< 24 | last &>> 8) ^ roundConstant
                // Multiplied by x; the round's number is no secret.
                roundConstant = roundConstant == 0x80 ? 0x1b : roundConstant &<< 1
            } else if keyWordCount == 8, index % 8 == 4 {
                last = AES.substitute(last)
            }
            last ^= words[index - keyWordCount]
            words[index] = last
        }
        self.roundCount = roundCount
        unsafe roundKeys = Secret(byteCount: 128 * (roundCount + 1)) { target in
            for round in 0...roundCount {
                var slices = AESSlices()
                let block: InlineArray<4, AESSlices.Lanes> = [
                    AESSlices.both(words[4 * round]), AESSlices.both(words[4 * round + 1]),
                    AESSlices.both(words[4 * round + 2]), AESSlices.both(words[4 * round + 3]),
                ]
                for index in 0..<4 { slices.insert(block[0], block[1], block[2], block[3], at: index) }
                slices.transpose()
                // Sound: 128 bytes for each of the rounds.
                unsafe target.storeBytes(of: slices, toByteOffset: 128 * round, as: AESSlices.self)
            }
        }
        Memory.wipe(&words)
    }

    /// The S-box on each byte of a word.
    private static func substitute(_ word: UInt32) -> UInt32 {
        var slices = AESSlices()
        slices.q0 = AESSlices.both(word)
        slices.transpose()
        slices.substitute()
        slices.transpose()
        return UInt32(truncatingIfNeeded: slices.q0[0])
    }

    /// The key stream of eight consecutive counter blocks, 128 bytes.
    ///
    /// - Parameters:
    ///   - prefix: The three words before the counter, as they are read little-endian.
    ///   - counter: The counter of the first block; it wraps.
    @inline(never)
    func keyStream(_ prefix: InlineArray<3, UInt32>, counter: UInt32) -> InlineArray<16, UInt64> {
        var slices = AESSlices()
        let w0 = AESSlices.both(prefix[0])
        let w1 = AESSlices.both(prefix[1])
        let w2 = AESSlices.both(prefix[2])
        for index in 0..<4 {
            let first = counter &+ UInt32(truncatingIfNeeded: index)
            let w3 = AESSlices.Lanes(UInt64(first.byteSwapped), UInt64((first &+ 4).byteSwapped))
            slices.insert(w0, w1, w2, w3, at: index)
        }
        encipher(&slices)
        var stream = InlineArray<16, UInt64>(repeating: 0)
        for index in 0..<4 {
            let (low, high) = slices.extract(at: index)
            stream[2 &* index] = low[0].littleEndian
            stream[2 &* index &+ 1] = high[0].littleEndian
            stream[2 &* index &+ 8] = low[1].littleEndian
            stream[2 &* index &+ 9] = high[1].littleEndian
        }
        return stream
    }

    /// Enciphers eight blocks. A function of its own, or what is done with single lanes before and after makes the
    /// compiler take all vectors apart.
    @inline(never)
    private func encipher(_ slices: inout AESSlices) {
        slices.transpose()
        add(0, to: &slices)
        for round in 1..<roundCount {
            slices.substitute()
            slices.shiftRows()
            slices.mixColumns()
            add(round, to: &slices)
        }
        slices.substitute()
        slices.shiftRows()
        add(roundCount, to: &slices)
        slices.transpose()
    }

    /// Adds the key of `round`. Slice by slice: loaded as one value, the slices become scalars.
    @inline(__always)
    private func add(_ round: Int, to slices: inout AESSlices) {
        let offset = 128 &* round
        slices.q0 ^= slice(offset)
        slices.q1 ^= slice(offset &+ 16)
        slices.q2 ^= slice(offset &+ 32)
        slices.q3 ^= slice(offset &+ 48)
        slices.q4 ^= slice(offset &+ 64)
        slices.q5 ^= slice(offset &+ 80)
        slices.q6 ^= slice(offset &+ 96)
        slices.q7 ^= slice(offset &+ 112)
    }

    @inline(__always)
    private func slice(_ offset: Int) -> AESSlices.Lanes {
        // Sound: the initialiser stored slices there, and the load is checked against the count.
        unsafe roundKeys.bytes.unsafeLoad(fromByteOffset: offset, as: AESSlices.Lanes.self)
    }
}
