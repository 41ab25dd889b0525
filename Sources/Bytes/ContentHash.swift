/// Names for content that change when it does, for files that browsers keep for ever.
package enum ContentHash {
    /// Twelve hexadecimal digits.
    package static func name(_ bytes: [UInt8]) -> String {
        let hash = XXH64.hash(bytes)
        return Hex.encode((0..<6).map { UInt8(truncatingIfNeeded: hash >> UInt64(56 - 8 * $0)) })
    }
}
