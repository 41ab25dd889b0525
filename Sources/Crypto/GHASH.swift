/// The universal hash of GCM (NIST SP 800-38D section 6.4) without tables.
///
/// Carry-less products are made of integer products of every fourth bit, whose carries fall into the holes between;
/// bit-reversed operands give the upper halves.
struct GHASH {
    private let h0: UInt64
    private let h1: UInt64
    private let h0Reversed: UInt64
    private let h1Reversed: UInt64
    private var y0: UInt64 = 0
    private var y1: UInt64 = 0

    /// - Parameter key: The enciphered zero block as two big-endian words.
    init(high: UInt64, low: UInt64) {
        h1 = high
        h0 = low
        h0Reversed = GHASH.reversed(low)
        h1Reversed = GHASH.reversed(high)
    }

    /// The sum so far as two big-endian words.
    var sum: (high: UInt64, low: UInt64) { (y1, y0) }

    /// Absorbs `bytes`, with zeros up to the end of the last block.
    mutating func update(_ bytes: RawSpan) {
        let count = bytes.byteCount
        var offset = 0
        while offset &+ 16 <= count {
            absorb(bytes.uncheckedBigEndian64(at: offset), bytes.uncheckedBigEndian64(at: offset &+ 8))
            offset &+= 16
        }
        guard offset < count else { return }
        var block = InlineArray<16, UInt8>(repeating: 0)
        copy(bytes.extracting(offset..<count), into: &block, at: 0)
        absorb(block.span.raw.bigEndian64(at: 0), block.span.raw.bigEndian64(at: 8))
    }

    /// Absorbs one block of two big-endian words.
    mutating func absorb(_ high: UInt64, _ low: UInt64) {
        y1 ^= high
        y0 ^= low
        multiply()
    }

    @inline(__always)
    private mutating func multiply() {
        let y0Reversed = GHASH.reversed(y0)
        let y1Reversed = GHASH.reversed(y1)
        // Karatsuba: three products instead of four, for either half.
        let z0 = GHASH.product(y0, h0)
        let z1 = GHASH.product(y1, h1)
        let z2 = GHASH.product(y0 ^ y1, h0 ^ h1) ^ z0 ^ z1
        let u0 = GHASH.product(y0Reversed, h0Reversed)
        let u1 = GHASH.product(y1Reversed, h1Reversed)
        let u2 = GHASH.product(y0Reversed ^ y1Reversed, h0Reversed ^ h1Reversed) ^ u0 ^ u1
        var v0 = z0
        var v1 = GHASH.reversed(u0) &>> 1 ^ z2
        var v2 = z1 ^ GHASH.reversed(u2) &>> 1
        var v3 = GHASH.reversed(u1) &>> 1
        // GCM numbers bits from the other end, which shifts the product by one.
        v3 = v3 &<< 1 | v2 &>> 63
        v2 = v2 &<< 1 | v1 &>> 63
        v1 = v1 &<< 1 | v0 &>> 63
        v0 = v0 &<< 1
        // Modulo x^128 + x^7 + x^2 + x + 1.
        v2 ^= v0 ^ v0 &>> 1 ^ v0 &>> 2 ^ v0 &>> 7
        v1 ^= v0 &<< 63 ^ v0 &<< 62 ^ v0 &<< 57
        v3 ^= v1 ^ v1 &>> 1 ^ v1 &>> 2 ^ v1 &>> 7
        v2 ^= v1 &<< 63 ^ v1 &<< 62 ^ v1 &<< 57
        y0 = v2
        y1 = v3
    }

    /// The lower 64 bits of the carry-less product.
    @inline(__always)
    private static func product(_ x: UInt64, _ y: UInt64) -> UInt64 {
        let x0 = x & 0x1111_1111_1111_1111
        let x1 = x & 0x2222_2222_2222_2222
        let x2 = x & 0x4444_4444_4444_4444
        let x3 = x & 0x8888_8888_8888_8888
        let y0 = y & 0x1111_1111_1111_1111
        let y1 = y & 0x2222_2222_2222_2222
        let y2 = y & 0x4444_4444_4444_4444
        let y3 = y & 0x8888_8888_8888_8888
        let z0 = (x0 &* y0) ^ (x1 &* y3) ^ (x2 &* y2) ^ (x3 &* y1)
        let z1 = (x0 &* y1) ^ (x1 &* y0) ^ (x2 &* y3) ^ (x3 &* y2)
        let z2 = (x0 &* y2) ^ (x1 &* y1) ^ (x2 &* y0) ^ (x3 &* y3)
        let z3 = (x0 &* y3) ^ (x1 &* y2) ^ (x2 &* y1) ^ (x3 &* y0)
        return z0 & 0x1111_1111_1111_1111 | z1 & 0x2222_2222_2222_2222 | z2 & 0x4444_4444_4444_4444
            | z3 & 0x8888_8888_8888_8888
    }

    /// The bits in the opposite order.
    @inline(__always)
    private static func reversed(_ x: UInt64) -> UInt64 {
        var x = (x & 0x5555_5555_5555_5555) &<< 1 | (x &>> 1) & 0x5555_5555_5555_5555
        x = (x & 0x3333_3333_3333_3333) &<< 2 | (x &>> 2) & 0x3333_3333_3333_3333
        x = (x & 0x0f0f_0f0f_0f0f_0f0f) &<< 4 | (x &>> 4) & 0x0f0f_0f0f_0f0f_0f0f
        return x.byteSwapped
    }
}
