import Glibc

/// One text file of the repository, and ways to find words in it that stay fast in debug builds.
struct SourceFile: Sendable {
    /// From the top of the repository: `Sources/JSON/JSON.swift`.
    let path: String
    private let bytes: [UInt8]
    /// The same with a zero byte behind, for the C library.
    private let characters: [CChar]
    /// The index of the first byte of each line.
    private let lineStarts: [Int]

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        characters = bytes.map { CChar(bitPattern: $0) } + [0]
        lineStarts = [0] + Self.indexes(of: "\n", in: characters).map { $0 + 1 }
    }

    init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    /// `JSON.swift` of `Sources/JSON/JSON.swift`.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// What stands behind the last point of the name, or nothing.
    var pathExtension: String {
        guard let point = name.lastIndex(of: "."), point > name.startIndex else { return "" }
        return String(name[name.index(after: point)...])
    }

    /// The folder of the module: `JSON` of `Sources/JSON/JSON.swift`.
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    func isUnder(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

    var lineCount: Int { bytes.last == UInt8(ascii: "\n") ? lineStarts.count - 1 : lineStarts.count }

    /// The text of line `number`, from 1; empty outside the file.
    func line(_ number: Int) -> String {
        guard lineStarts.indices.contains(number - 1) else { return "" }
        let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        return String(decoding: bytes[lineStarts[number - 1]..<end], as: UTF8.self)
    }

    /// A place where a word stands.
    struct Place {
        /// From 1.
        let line: Int
        let isInComment: Bool
        /// What stands before and behind the word on its line.
        let before: String
        let after: String
    }

    /// Every place of `word`, where no letter or digit joins it to another word at an end that is a letter or digit itself.
    func places(of word: String) -> [Place] {
        let pattern = Array(word.utf8)
        return Self.indexes(of: word, in: characters).compactMap { index in
            let end = index + pattern.count
            if Self.isWord(pattern[0]), index > 0, Self.isWord(bytes[index - 1]) { return nil }
            if Self.isWord(pattern[pattern.count - 1]), end < bytes.count, Self.isWord(bytes[end]) { return nil }
            let line = lineNumber(of: index)
            let before = String(decoding: bytes[lineStarts[line - 1]..<index], as: UTF8.self)
            let lineEnd = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
            let after = String(decoding: bytes[min(end, lineEnd)..<lineEnd], as: UTF8.self)
            return Place(line: line, isInComment: Self.endsInComment(before), before: before, after: after)
        }
    }

    /// Whether a comment has begun where `start`, the beginning of a line, ends; `//` inside an address is none.
    private static func endsInComment(_ start: String) -> Bool {
        var previous: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: " ")]
        for byte in start.utf8 {
            if byte == UInt8(ascii: "/"), previous[1] == byte, previous[0] == UInt8(ascii: " ") { return true }
            previous = [previous[1], byte]
        }
        return false
    }

    private func lineNumber(of index: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= index { low = middle } else { high = middle }
        }
        return low + 1
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// Where `word`, not empty, begins in `characters`; the first zero ends the search.
    private static func indexes(of word: String, in characters: [CChar]) -> [Int] {
        var found: [Int] = []
        // Both texts end with a zero, and the search starts no later than at the first one.
        unsafe characters.withUnsafeBufferPointer { characters in
            guard let start = characters.baseAddress else { return }
            var from = 0
            while let hit = unsafe strstr(start + from, word) {
                let index = unsafe UnsafePointer(hit) - start
                found.append(index)
                from = index + 1
            }
        }
        return found
    }
}
