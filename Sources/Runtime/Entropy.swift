/// The door to randomness.
package protocol Entropy: Sendable {
    /// `count` (0 to 1 MiB) unpredictable bytes; in a seeded world, the seed's next ones.
    func bytes(_ count: Int) -> [UInt8]
}
