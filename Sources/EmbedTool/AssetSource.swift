import Bytes

/// Writes the Swift source that carries a folder of files: text as raw string literals, everything else as base64.
///
/// String literals compile at once; an array literal of bytes would take the compiler minutes.
struct AssetSource {
    private var literals = ByteWriter()
    private var entries = ByteWriter()
    private var count = 0

    init() {}

    /// Adds the file `path` (below the folder, with `/` between names).
    mutating func add(path: String, bytes: [UInt8]) {
        let name = "file\(count)"
        count += 1
        let text = Self.embeddableText(bytes)
        let type = ContentType.of(path: path)
        entries.append(
            """
                    all.append(
                        EmbeddedAsset(
                            path: "\(Self.quoted(path))", contentType: "\(type)", hash: "\(ContentHash.name(bytes))",
                            isBase64: \(text == nil), literal: \(name)))

            """)
        literals.append("\n    private static let \(name): StaticString = ")
        if let text {
            // No run of number signs in the text is as long as the delimiter's, so nothing in it ends the
            // literal or begins an escape.
            let fence = String(repeating: "#", count: Self.longestRun(of: UInt8(ascii: "#"), in: bytes) + 1)
            literals.append(fence + "\"\"\"\n" + text + "\n\"\"\"" + fence + "\n")
        } else {
            literals.append("\"" + Base64.encode(bytes) + "\"\n")
        }
    }

    /// The finished source.
    func finished() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(
            """
            // Written by EmbedTool; changes belong in the files it read.
            package import Bytes

            /// The files in this target's Assets folder.
            package enum EmbeddedAssets {
                /// In the order of their paths.
                package static let all: [EmbeddedAsset] = {
                    var all: [EmbeddedAsset] = []

            """)
        writer.append(entries.bytes)
        writer.append("        return all\n    }()\n")
        writer.append(literals.bytes)
        writer.append("}\n")
        return writer.bytes
    }

    /// The text of `bytes` when a multi-line literal carries it unchanged: UTF-8 without a carriage return (the
    /// compiler would turn it into a line feed), a NUL or a byte order mark.
    private static func embeddableText(_ bytes: [UInt8]) -> String? {
        guard !bytes.contains(0x0d), !bytes.contains(0), !bytes.starts(with: [0xef, 0xbb, 0xbf]) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func longestRun(of wanted: UInt8, in bytes: [UInt8]) -> Int {
        var longest = 0
        var run = 0
        for byte in bytes {
            run = byte == wanted ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// `text` for the inside of an ordinary string literal.
    private static func quoted(_ text: String) -> String {
        var result = ""
        for character in text {
            if character == "\"" || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
