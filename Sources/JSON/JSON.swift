/// JSON text by RFC 8259, strictly: UTF-8 without a byte order mark, unique names, nothing after the value.
package enum JSON {
    /// The value that `bytes` spell.
    ///
    /// Space around the value is allowed, anything else is not. Every error but `tooLarge` says at which byte it happened.
    ///
    /// - Complexity: O(*n*) in the bytes; memory is bounded by `limits`.
    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.byteCount else { throw .tooLarge(limit: limits.byteCount) }
        var parser = JSONParser(bytes.span, limits: limits)
        return try parser.document()
    }
}
