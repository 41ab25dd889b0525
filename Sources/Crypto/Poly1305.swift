/// The Poly1305 one-time authenticator (RFC 8439 section 2.5): numbers below 2^130 in limbs of 44, 44 and 42 bits.
public struct Poly1305: Sendable {
    private static let mask44: UInt64 = 0xfff_ffff_ffff
    private static let mask42: UInt64 = 0x3ff_ffff_ffff

    // The clamped multiplier, and the limbs that wrap past 2^130 times 5 * 4.
    private let r0: UInt64
    private let r1: UInt64
    private let r2: UInt64
    private let s1: UInt64
    private let s2: UInt64
    // What is added at the end.
    private let padLow: UInt64
    private let padHigh: UInt64
    // The accumulator.
    private var h0: UInt64 = 0
    private var h1: UInt64 = 0
    private var h2: UInt64 = 0
    private var block = InlineArray<16, UInt8>(repeating: 0)
    private var waiting = 0

    /// - Parameter key: 32 bytes that authenticate this one message only.
    public init(key: [UInt8]) { self.init(key: key.span.raw) }

    /// - Parameter key: 32 bytes that authenticate this one message only.
    public init(key: RawSpan) {
        precondition(key.byteCount >= 32, "a Poly1305 key has 32 bytes")
        let low = key.littleEndian64(at: 0)
        let high = key.littleEndian64(at: 8)
        r0 = low & 0xffc_0fff_ffff
        r1 = ((low &>> 44) | (high &<< 20)) & 0xfff_ffc0_ffff
        r2 = (high &>> 24) & 0x00f_ffff_fc0f
        s1 = r1 &* 20
        s2 = r2 &* 20
        padLow = key.littleEndian64(at: 16)
        padHigh = key.littleEndian64(at: 24)
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span.raw) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        let count = bytes.byteCount
        var offset = 0
        if waiting > 0 {
            let space = 16 &- waiting
            guard count >= space else {
                copy(bytes, into: &block, at: waiting)
                waiting &+= count
                return
            }
            copy(bytes.extracting(0..<space), into: &block, at: waiting)
            absorbBlock(top: 1 &<< 40)
            offset = space
        }
        let end = offset &+ ((count &- offset) & ~15)
        absorb(bytes, from: offset, to: end, top: 1 &<< 40)
        if end < count {
            copy(bytes.extracting(end..<count), into: &block, at: 0)
            waiting = count &- end
        }
    }

    /// Absorbs zeros up to a multiple of 16 bytes, as the AEAD construction does (section 2.8).
    mutating func padToBlock() {
        guard waiting > 0 else { return }
        while waiting < 16 {
            block[waiting] = 0
            waiting &+= 1
        }
        absorbBlock(top: 1 &<< 40)
    }

    /// Absorbs two little-endian words of 64 bits.
    mutating func update(_ first: UInt64, _ second: UInt64) {
        let words: InlineArray<2, UInt64> = [first.littleEndian, second.littleEndian]
        update(words.span.raw)
    }

    /// The 16 bytes of the tag. The value must not be used again.
    public consuming func finalize() -> Tag {
        if waiting > 0 {
            block[waiting] = 1
            waiting &+= 1
            while waiting < 16 {
                block[waiting] = 0
                waiting &+= 1
            }
            absorbBlock(top: 0)
        }
        return tag()
    }

    /// Absorbs the filled block and empties it.
    private mutating func absorbBlock(top: UInt64) {
        let filled = block
        absorb(filled.span.raw, from: 0, to: 16, top: top)
        waiting = 0
    }

    /// h = (h + block + top * 2^88) * r mod 2^130 - 5, not fully reduced, for each block of 16 bytes.
    private mutating func absorb(_ bytes: RawSpan, from start: Int, to end: Int, top: UInt64) {
        precondition(start >= 0 && end <= bytes.byteCount, "blocks outside the bytes")
        var h0 = h0
        var h1 = h1
        var h2 = h2
        var offset = start
        while offset &+ 16 <= end {
            let low = bytes.littleEndian64(at: offset)
            let high = bytes.littleEndian64(at: offset &+ 8)
            offset &+= 16
            h0 &+= low & Poly1305.mask44
            h1 &+= ((low &>> 44) | (high &<< 20)) & Poly1305.mask44
            h2 &+= ((high &>> 24) & Poly1305.mask42) | top
            // Limbs stay below 2^46 and multipliers below 2^49, so three products are far from 128 bits.
            let d0 = product(h0, r0) &+ product(h1, s2) &+ product(h2, s1)
            var d1 = product(h0, r1) &+ product(h1, r0) &+ product(h2, s2)
            var d2 = product(h0, r2) &+ product(h1, r1) &+ product(h2, r0)
            h0 = UInt64(truncatingIfNeeded: d0) & Poly1305.mask44
            d1 = d1 &+ (d0 &>> 44)
            h1 = UInt64(truncatingIfNeeded: d1) & Poly1305.mask44
            d2 = d2 &+ (d1 &>> 44)
            h2 = UInt64(truncatingIfNeeded: d2) & Poly1305.mask42
            h0 &+= UInt64(truncatingIfNeeded: d2 &>> 42) &* 5
            h1 &+= h0 &>> 44
            h0 &= Poly1305.mask44
        }
        self.h0 = h0
        self.h1 = h1
        self.h2 = h2
    }

    @inline(__always)
    private func product(_ one: UInt64, _ other: UInt64) -> UInt128 {
        UInt128(truncatingIfNeeded: one) &* UInt128(truncatingIfNeeded: other)
    }

    /// Reduces the accumulator fully and adds the pad, modulo 2^128.
    private func tag() -> Tag {
        let mask44 = Poly1305.mask44
        let mask42 = Poly1305.mask42
        var h0 = h0
        var h1 = h1
        var h2 = h2
        // Two rounds of carries bring every limb below its size.
        for _ in 0..<2 {
            h2 &+= h1 &>> 44
            h1 &= mask44
            h0 &+= (h2 &>> 42) &* 5
            h2 &= mask42
            h1 &+= h0 &>> 44
            h0 &= mask44
        }
        // g = h - (2^130 - 5) = h + 5 - 2^130; take it unless it is negative.
        var g0 = h0 &+ 5
        var g1 = h1 &+ (g0 &>> 44)
        g0 &= mask44
        var g2 = h2 &+ (g1 &>> 44) &- (1 &<< 42)
        g1 &= mask44
        let takeG = (g2 &>> 63) &- 1
        h0 = (h0 & ~takeG) | (g0 & takeG)
        h1 = (h1 & ~takeG) | (g1 & takeG)
        g2 &= takeG
        h2 = (h2 & ~takeG) | g2

        h0 &+= padLow & mask44
        h1 &+= (((padLow &>> 44) | (padHigh &<< 20)) & mask44) &+ (h0 &>> 44)
        h0 &= mask44
        h2 &+= ((padHigh &>> 24) & mask42) &+ (h1 &>> 44)
        h1 &= mask44
        h2 &= mask42
        return Tag(low: h0 | (h1 &<< 44), high: (h1 &>> 20) | (h2 &<< 24))
    }
}

extension Poly1305: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
