/// A file that was compiled into the binary.
package struct EmbeddedAsset: Sendable {
    /// The path below the `Assets` folder, such as `checkout.css`.
    package let path: String
    /// The value for `Content-Type`.
    package let contentType: String
    /// Twelve hexadecimal digits that change with the content.
    package let hash: String
    private let isBase64: Bool
    private let literal: StaticString

    /// Called by generated code only.
    ///
    /// - Parameter literal: The text of the file, or its base 64.
    package init(path: String, contentType: String, hash: String, isBase64: Bool, literal: StaticString) {
        self.path = path
        self.contentType = contentType
        self.hash = hash
        self.isBase64 = isBase64
        self.literal = literal
    }

    /// The file's bytes. Costs a copy, and decoding for a binary file: keep the result.
    package var bytes: [UInt8] {
        var writer = ByteWriter(capacity: literal.utf8CodeUnitCount)
        writer.append(literal)
        guard isBase64 else { return writer.bytes }
        guard let bytes = Base64.decode(writer.bytes.span) else { preconditionFailure("\(path) is not base 64") }
        return bytes
    }
}
