import Bytes
import Testing

/// The bytes that `hex` spells; blanks and line breaks are for the reader.
func bytes(_ hex: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [UInt8] {
    try #require(Hex.decode(hex.filter { !$0.isWhitespace }), sourceLocation: sourceLocation)
}
