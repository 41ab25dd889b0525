/// A peer's bytes as text that a log can hold.
enum PrintableText {
    /// At most 128 bytes of it; control characters and whatever turns the direction of text become question marks.
    static func of(_ bytes: ArraySlice<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: bytes.prefix(128), as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: result.append("?")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
