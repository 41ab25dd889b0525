/// A curve y² = x³ - 3x + b of prime order (FIPS 186-5).
protocol ShortCurve: Sendable {
    associatedtype Field: PrimeField
    associatedtype Scalar: PrimeField where Scalar.Limbs == Field.Limbs

    static var b: Field { get }
    static var generatorX: Field { get }
    static var generatorY: Field { get }
    /// Multiples of the generator, for verifying.
    static var oddMultiples: OddMultiples<Self> { get }
}
