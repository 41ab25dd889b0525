/// The contrast of WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of the relative luminances.
package enum Contrast {
    /// 1 (the same colour) to 21 (black on white).
    package static func ratio(_ one: BrandColour, _ other: BrandColour) -> Double {
        let first = luminance(one)
        let second = luminance(other)
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    /// 0 (black) to 1 (white).
    package static func luminance(_ colour: BrandColour) -> Double {
        0.2126 * linear[Int(colour.red)] + 0.7152 * linear[Int(colour.green)] + 0.0722 * linear[Int(colour.blue)]
    }

    /// The light that each of the 256 values of an sRGB part stands for.
    private static let linear: [Double] = (0...255).map { value in
        let part = Double(value) / 255
        guard part > 0.04045 else { return part / 12.92 }
        let base = (part + 0.055) / 1.055
        // base^2.4 = base^2 × (base^2)^(1/5)
        return base * base * fifthRoot(base * base)
    }

    /// By Newton's method, for a value in 0...1; it falls towards the root from 1.
    private static func fifthRoot(_ value: Double) -> Double {
        var root = 1.0
        for _ in 0..<64 {
            let fourth = root * root * root * root
            root -= (root * fourth - value) / (5 * fourth)
        }
        return root
    }
}
