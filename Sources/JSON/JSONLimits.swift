/// What a JSON text may cost its reader.
package struct JSONLimits: Sendable {
    /// How many arrays and objects may stand inside one another, 0 to 512; 0 allows only a scalar.
    package var depth: Int
    /// The longest text, in bytes.
    package var byteCount: Int
    /// How many values a text may hold in total, arrays and objects counted too.
    package var memberCount: Int

    package init(depth: Int = 32, byteCount: Int = 1 << 20, memberCount: Int = 10_000) {
        precondition((0...512).contains(depth), "the parser's stack allows a depth of 0 to 512")
        self.depth = depth
        self.byteCount = byteCount
        self.memberCount = memberCount
    }
}
