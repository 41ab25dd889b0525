/// Four consecutive blocks at once: every vector holds one word of each of them.
extension ChaCha20 {
    private typealias Lanes = SIMD4<UInt32>

    /// Adds the key stream of four blocks from block `counter` on to the first 256 bytes of `target`.
    @inline(never)
    func addFour(counter: UInt32, to target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= 256, "four blocks")
        let s0 = Lanes(repeating: word(0))
        let s1 = Lanes(repeating: word(1))
        let s2 = Lanes(repeating: word(2))
        let s3 = Lanes(repeating: word(3))
        let s4 = Lanes(repeating: word(4))
        let s5 = Lanes(repeating: word(5))
        let s6 = Lanes(repeating: word(6))
        let s7 = Lanes(repeating: word(7))
        let s8 = Lanes(repeating: word(8))
        let s9 = Lanes(repeating: word(9))
        let s10 = Lanes(repeating: word(10))
        let s11 = Lanes(repeating: word(11))
        let s12 = Lanes(counter, counter &+ 1, counter &+ 2, counter &+ 3)
        let s13 = Lanes(repeating: word(13))
        let s14 = Lanes(repeating: word(14))
        let s15 = Lanes(repeating: word(15))
        var x0 = s0
        var x1 = s1
        var x2 = s2
        var x3 = s3
        var x4 = s4
        var x5 = s5
        var x6 = s6
        var x7 = s7
        var x8 = s8
        var x9 = s9
        var x10 = s10
        var x11 = s11
        var x12 = s12
        var x13 = s13
        var x14 = s14
        var x15 = s15
        for _ in 0..<10 {
            ChaCha20.quarterRound(&x0, &x4, &x8, &x12)
            ChaCha20.quarterRound(&x1, &x5, &x9, &x13)
            ChaCha20.quarterRound(&x2, &x6, &x10, &x14)
            ChaCha20.quarterRound(&x3, &x7, &x11, &x15)
            ChaCha20.quarterRound(&x0, &x5, &x10, &x15)
            ChaCha20.quarterRound(&x1, &x6, &x11, &x12)
            ChaCha20.quarterRound(&x2, &x7, &x8, &x13)
            ChaCha20.quarterRound(&x3, &x4, &x9, &x14)
        }
        unsafe ChaCha20.add(x0 &+ s0, x1 &+ s1, x2 &+ s2, x3 &+ s3, to: target, at: 0)
        unsafe ChaCha20.add(x4 &+ s4, x5 &+ s5, x6 &+ s6, x7 &+ s7, to: target, at: 16)
        unsafe ChaCha20.add(x8 &+ s8, x9 &+ s9, x10 &+ s10, x11 &+ s11, to: target, at: 32)
        unsafe ChaCha20.add(x12 &+ s12, x13 &+ s13, x14 &+ s14, x15 &+ s15, to: target, at: 48)
    }

    @inline(__always)
    private static func quarterRound(_ a: inout Lanes, _ b: inout Lanes, _ c: inout Lanes, _ d: inout Lanes) {
        a = a &+ b
        d = rotated(d ^ a, 16)
        c = c &+ d
        b = rotated(b ^ c, 12)
        a = a &+ b
        d = rotated(d ^ a, 8)
        c = c &+ d
        b = rotated(b ^ c, 7)
    }

    /// Written as a sum: with | the compiler takes it for scalar rotations.
    @inline(__always)
    private static func rotated(_ x: Lanes, _ count: UInt32) -> Lanes {
        x &<< Lanes(repeating: count) &+ x &>> Lanes(repeating: 32 &- count)
    }

    /// Adds four words of each block at `offset` within it.
    @inline(__always)
    private static func add(
        _ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes, to target: UnsafeMutableRawBufferPointer, at offset: Int
    ) {
        unsafe add(Lanes(a[0], b[0], c[0], d[0]), to: target, at: offset)
        unsafe add(Lanes(a[1], b[1], c[1], d[1]), to: target, at: 64 &+ offset)
        unsafe add(Lanes(a[2], b[2], c[2], d[2]), to: target, at: 128 &+ offset)
        unsafe add(Lanes(a[3], b[3], c[3], d[3]), to: target, at: 192 &+ offset)
    }

    @inline(__always)
    private static func add(_ words: Lanes, to target: UnsafeMutableRawBufferPointer, at offset: Int) {
        // Sound: the caller's target has 256 bytes, and unaligned vectors are allowed.
        let bytes = unsafe target.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
        let stream = Lanes(words[0].littleEndian, words[1].littleEndian, words[2].littleEndian, words[3].littleEndian)
        unsafe target.storeBytes(of: bytes ^ stream, toByteOffset: offset, as: Lanes.self)
    }
}
