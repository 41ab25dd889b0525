/// Arithmetic whose operands are secret: nothing branches on a value, and no index depends on one.
extension MontgomeryModulus {
    /// The residue (times R) of a number of up to twice the modulus's words.
    func residue(_ number: [UInt64]) -> [UInt64] {
        precondition(number.count <= 2 * wordCount, "a number of at most two moduli's length")
        var low = Array(number.prefix(wordCount))
        var high = Array(number.dropFirst(wordCount))
        while low.count < wordCount { low.append(0) }
        while high.count < wordCount { high.append(0) }
        defer {
            Memory.wipe(&low)
            Memory.wipe(&high)
        }
        // The upper half counts R times as much.
        return sum(product(low, radixSquare), product(product(high, radixSquare), radixSquare))
    }

    /// `one + other` modulo the modulus; both are below it.
    func sum(_ one: [UInt64], _ other: [UInt64]) -> [UInt64] {
        // Less the negative of the other.
        difference(one, difference([UInt64](repeating: 0, count: wordCount), other))
    }

    /// `one - other` modulo the modulus; both are below it.
    func difference(_ one: [UInt64], _ other: [UInt64]) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: wordCount)
        var step: UInt128 = 0
        for index in 0..<wordCount {
            step = UInt128(difference: one[index], other[index], borrow: step.high & 1)
            result[index] = step.low
        }
        let mask = ConstantTime.mask(step.high & 1)
        step = 0
        for index in 0..<wordCount {
            step = UInt128(sum: result[index], words[index] & mask, carry: step.high)
            result[index] = step.low
        }
        return result
    }

    /// The residue `base` to the power of `exponent`, four bits at a time; every power in the table is read for each.
    func power(_ base: [UInt64], _ exponent: [UInt64]) -> [UInt64] {
        var one = [UInt64](repeating: 0, count: wordCount)
        one[0] = 1
        var table = product(one, radixSquare)
        var last = table
        for _ in 1..<16 {
            last = product(last, base)
            table += last
        }
        var result = Array(table.prefix(wordCount))
        var chosen = [UInt64](repeating: 0, count: wordCount)
        defer {
            Memory.wipe(&table)
            Memory.wipe(&last)
            Memory.wipe(&chosen)
        }
        var position = 64 * exponent.count - 4
        while position >= 0 {
            for _ in 0..<4 { result = product(result, result) }
            let digit = (exponent[position >> 6] &>> UInt64(position & 63)) & 15
            for index in 0..<wordCount { chosen[index] = 0 }
            for entry in 0..<16 {
                let mask = ConstantTime.isZeroMask(digit ^ UInt64(entry))
                for index in 0..<wordCount { chosen[index] |= table[entry &* wordCount &+ index] & mask }
            }
            result = product(result, chosen)
            position -= 4
        }
        return result
    }

    /// `one * other + addend`, as many words as both factors have.
    static func multiply(_ one: [UInt64], _ other: [UInt64], adding addend: [UInt64]) -> [UInt64] {
        var result = addend + [UInt64](repeating: 0, count: one.count + other.count - addend.count)
        for row in other.indices {
            var step: UInt128 = 0
            for column in one.indices {
                step = UInt128(product: one[column], other[row], adding: result[row + column], step.high)
                result[row + column] = step.low
            }
            for index in (row + one.count)..<result.count {
                step = UInt128(sum: result[index], step.high, carry: 0)
                result[index] = step.low
            }
        }
        return result
    }
}
