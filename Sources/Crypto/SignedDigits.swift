/// Numbers as few odd digits with signs among many zeros (the w-NAF form), for scalars that are public.
enum SignedDigits {
    /// The digits of the number of these words, least significant first, each at the place of its bit and between
    /// -2^(width - 1) and 2^(width - 1).
    ///
    /// - Parameter width: 2 to 8.
    static func of(_ number: [UInt64], width: Int) -> [Int8] {
        // One word more, for the carry out of the last digit.
        var words = number + [0]
        let bitCount = 64 * number.count
        var digits = [Int8](repeating: 0, count: bitCount + 1)
        var position = 0
        while position <= bitCount {
            let index = position >> 6
            let shift = UInt64(position & 63)
            guard (words[index] &>> shift) & 1 == 1 else {
                position += 1
                continue
            }
            var window = words[index] &>> shift
            if shift != 0, index < number.count { window |= words[index + 1] &<< (64 - shift) }
            var digit = Int(window & (1 << UInt64(width) - 1))
            // A digit in the upper half is taken as negative, and one is carried to the place behind it.
            let isNegative = digit >= 1 << (width - 1)
            if isNegative { digit -= 1 << width }
            digits[position] = Int8(digit)
            position += width
            if isNegative { add(&words, at: position) }
        }
        return digits
    }

    /// Adds one at bit `position`; what passes the end was zero anyway.
    private static func add(_ words: inout [UInt64], at position: Int) {
        var index = position >> 6
        var addend: UInt64 = 1 &<< UInt64(position & 63)
        while index < words.count, addend != 0 {
            let sum = words[index] &+ addend
            addend = sum < addend ? 1 : 0
            words[index] = sum
            index += 1
        }
    }
}
