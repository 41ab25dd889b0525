extension Field25519 {
    /// Squared `count` times.
    @inline(never)
    private func squared(_ count: Int) -> Field25519 {
        var value = self
        for _ in 0..<count { value = value.squared }
        return value
    }

    /// The product, as a call of its own where many of them would fill the code.
    @inline(never)
    func multiplied(by other: Field25519) -> Field25519 { self * other }

    /// The powers of 11 and 2^250 - 1, which both chains below share.
    private var stem: (eleventh: Field25519, long: Field25519) {
        let x2 = squared(1)
        let x9 = x2.squared(2).multiplied(by: self)
        let x11 = x9.multiplied(by: x2)
        let ones5 = x11.squared(1).multiplied(by: x9)
        let ones10 = ones5.squared(5).multiplied(by: ones5)
        let ones20 = ones10.squared(10).multiplied(by: ones10)
        let ones40 = ones20.squared(20).multiplied(by: ones20)
        let ones50 = ones40.squared(10).multiplied(by: ones10)
        let ones100 = ones50.squared(50).multiplied(by: ones50)
        let ones200 = ones100.squared(100).multiplied(by: ones100)
        return (x11, ones200.squared(50).multiplied(by: ones50))
    }

    /// The inverse, which of zero is zero: the power of 2^255 - 21.
    var inverse: Field25519 {
        let (eleventh, long) = stem
        return long.squared(5).multiplied(by: eleventh)
    }

    /// The power of 2^252 - 3, of which square roots are made.
    var rootPower: Field25519 { stem.long.squared(2).multiplied(by: self) }
}

extension Field25519 {
    /// Whether both are the same number, where that is no secret.
    func isEqual(to other: Field25519) -> Bool {
        let one = words
        let another = other.words
        return (one[0] ^ another[0]) | (one[1] ^ another[1]) | (one[2] ^ another[2]) | (one[3] ^ another[3]) == 0
    }
}
