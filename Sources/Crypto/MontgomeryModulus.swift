/// An odd number of any count of words and Montgomery arithmetic modulo it, for RSA.
///
/// Products take a time that depends on the count of words alone.
struct MontgomeryModulus: Sendable {
    /// The modulus, least significant word first; the last word is not zero.
    private(set) var words: [UInt64]
    /// Its negative inverse modulo 2^64.
    private let inverse: UInt64
    /// R^2 modulo it, where R is 2 to the count of its words' bits.
    private(set) var radixSquare: [UInt64]

    var wordCount: Int { words.count }

    /// - Parameter words: Odd, at least two words, the last not zero.
    init(_ words: [UInt64]) {
        precondition(words.count >= 2 && words[0] & 1 == 1 && words[words.count - 1] != 0, "an odd modulus")
        self.words = words
        // Newton's iteration doubles the count of right bits: 3, 6, 12, 24, 48, 96.
        var inverse = words[0] &* 3 ^ 2
        for _ in 0..<5 { inverse = inverse &* (2 &- words[0] &* inverse) }
        self.inverse = 0 &- inverse
        // The highest power of two below the modulus, doubled up to R and on to 2^k R for k words.
        let bitCount = 64 * words.count - words[words.count - 1].leadingZeroBitCount
        var value = [UInt64](repeating: 0, count: words.count)
        value[(bitCount - 1) >> 6] = 1 << UInt64((bitCount - 1) & 63)
        for _ in 0..<(64 * words.count - (bitCount - 1) + words.count) {
            MontgomeryModulus.double(&value, modulus: words)
        }
        // Six squarings make 2^(64 k) R of it, which is the square of R.
        radixSquare = []
        for _ in 0..<6 { value = product(value, value) }
        radixSquare = value
    }

    /// `one * other / R` modulo the modulus; both are below it and have its count of words.
    func product(_ one: [UInt64], _ other: [UInt64]) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: words.count + 2)
        // Sound: the pointers are used within the closure alone; the counts are checked.
        precondition(one.count == words.count && other.count == words.count, "operands of the modulus's length")
        unsafe result.withUnsafeMutableBufferPointer { target in
            unsafe one.withUnsafeBufferPointer { one in
                unsafe other.withUnsafeBufferPointer { other in
                    unsafe words.withUnsafeBufferPointer { modulus in
                        unsafe MontgomeryModulus.multiply(
                            target.baseAddress, one.baseAddress, other.baseAddress, modulus.baseAddress, inverse,
                            modulus.count)
                    }
                }
            }
        }
        result.removeLast(2)
        return result
    }

    /// Overwrites the modulus, where it is secret; the value must not be used again.
    mutating func wipe() {
        Memory.wipe(&words)
        Memory.wipe(&radixSquare)
    }

    /// The number of the residue `value`: without its factor R.
    func leaving(_ value: [UInt64]) -> [UInt64] {
        var one = [UInt64](repeating: 0, count: words.count)
        one[0] = 1
        return product(value, one)
    }

    /// Whether `number`, of the modulus's count of words, is below it, where that is no secret.
    func exceeds(_ number: [UInt64]) -> Bool {
        for index in words.indices.reversed() where number[index] != words[index] {
            return number[index] < words[index]
        }
        return false
    }

    /// Word by word, each followed by one word of Montgomery's reduction, in the `count + 2` zeros of `target`. One
    /// operand may be any number of `count` words.
    private static func multiply(
        _ target: UnsafeMutablePointer<UInt64>?, _ one: UnsafePointer<UInt64>?, _ other: UnsafePointer<UInt64>?,
        _ modulus: UnsafePointer<UInt64>?, _ inverse: UInt64, _ count: Int
    ) {
        guard let target = unsafe target, let one = unsafe one, let other = unsafe other,
            let modulus = unsafe modulus
        else { return }
        for row in 0..<count {
            let factor = unsafe other[row]
            var step: UInt128 = 0
            for column in 0..<count {
                unsafe step = UInt128(product: one[column], factor, adding: target[column], step.high)
                unsafe target[column] = step.low
            }
            unsafe step = UInt128(sum: target[count], step.high, carry: 0)
            unsafe target[count] = step.low
            unsafe target[count &+ 1] = step.high
            let quotient = unsafe target[0] &* inverse
            unsafe step = UInt128(product: quotient, modulus[0], adding: target[0], 0)
            for column in 1..<count {
                unsafe step = UInt128(product: quotient, modulus[column], adding: target[column], step.high)
                unsafe target[column &- 1] = step.low
            }
            unsafe step = UInt128(sum: target[count], step.high, carry: 0)
            unsafe target[count &- 1] = step.low
            unsafe target[count] = target[count &+ 1] &+ step.high
        }
        // One subtraction, taken back by a mask where the result was below the modulus already.
        var step: UInt128 = 0
        for index in 0..<count {
            unsafe step = UInt128(difference: target[index], modulus[index], borrow: step.high & 1)
        }
        unsafe step = UInt128(difference: target[count], 0, borrow: step.high & 1)
        let mask = ConstantTime.mask(1 ^ (step.high & 1))
        step = 0
        for index in 0..<count {
            unsafe step = UInt128(difference: target[index], modulus[index] & mask, borrow: step.high & 1)
            unsafe target[index] = step.low
        }
    }

    /// Twice `value` modulo the modulus.
    private static func double(_ value: inout [UInt64], modulus: [UInt64]) {
        var top: UInt64 = 0
        for index in value.indices {
            let word = value[index]
            value[index] = word &<< 1 | top
            top = word &>> 63
        }
        var step: UInt128 = 0
        for index in value.indices {
            step = UInt128(difference: value[index], modulus[index], borrow: step.high & 1)
        }
        step = UInt128(difference: top, 0, borrow: step.high & 1)
        let mask = ConstantTime.mask(1 ^ (step.high & 1))
        step = 0
        for index in value.indices {
            step = UInt128(difference: value[index], modulus[index] & mask, borrow: step.high & 1)
            value[index] = step.low
        }
    }
}

extension MontgomeryModulus {
    /// The words of big-endian bytes, `count` of them, or nil when the number needs more.
    static func words(_ bytes: some Collection<UInt8>, count: Int) -> [UInt64]? {
        var words = [UInt64](repeating: 0, count: count)
        for (position, byte) in bytes.reversed().enumerated() {
            guard position >> 3 < count else {
                if byte != 0 { return nil }
                continue
            }
            words[position >> 3] |= UInt64(byte) << UInt64(8 * (position & 7))
        }
        return words
    }

    /// The last `count` big-endian bytes of the number of `words`.
    static func bytes(_ words: [UInt64], count: Int) -> [UInt8] {
        (0..<count).reversed().map { position in
            position >> 3 < words.count
                ? UInt8(truncatingIfNeeded: words[position >> 3] &>> UInt64(8 * (position & 7))) : 0
        }
    }
}
