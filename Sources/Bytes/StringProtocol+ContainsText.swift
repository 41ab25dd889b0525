extension StringProtocol {
    /// Whether `text` occurs in this one; an empty text always does. Characters that are written differently and mean
    /// the same are the same.
    ///
    /// It stands here because the library's own search brings the engine of regular expressions with it, which is more
    /// than a megabyte in a static program.
    ///
    /// - Complexity: O(*n*·*m*) in the bytes of both.
    package func containsText(_ text: some StringProtocol) -> Bool {
        let (bytes, wanted) = (Array(utf8), Array(text.utf8))
        guard let first = wanted.first else { return true }
        var start = 0
        while start + wanted.count <= bytes.count {
            if bytes[start] == first, bytes[start..<(start + wanted.count)] == wanted[...] { return true }
            start += 1
        }
        // Only beyond ASCII can the same be written differently.
        guard wanted.contains(where: { $0 >= 0x80 }) || bytes.contains(where: { $0 >= 0x80 }) else { return false }
        var rest = self[...]
        while !rest.isEmpty {
            if rest.starts(with: text) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
