import Bytes

/// The extensions of one message, in order, each at most once.
struct ExtensionBlock {
    /// An extension as it came.
    struct Entry {
        let type: UInt16
        let body: ByteReader
    }

    private(set) var entries: [Entry] = []

    /// No extensions.
    init() {}

    /// Reads what lies behind a length of two bytes.
    ///
    /// - Throws: ``TLSError``: decode_error, and illegal_parameter for a second extension of one type (RFC 8446
    ///   section 4.2).
    init(from reader: inout ByteReader) throws(TLSError) {
        var list = try reader.vector16("extensions")
        while !list.isAtEnd {
            let type = try list.uint16("extension")
            entries.append(Entry(type: type, body: try list.vector16("extension")))
        }
        // Sorted, so that thousands of them cost no more than reading them did.
        let types = entries.map(\.type).sorted()
        for (first, second) in zip(types, types.dropFirst()) where first == second {
            throw .illegal("An extension comes twice.")
        }
    }

    /// The body of the extension, if it is there.
    subscript(_ type: ExtensionType) -> ByteReader? { entries.first { $0.type == type.rawValue }?.body }

    /// Refuses every extension that is not in `allowed`.
    ///
    /// - Parameter offered: What this side asked for. RFC 8446 section 4.2: what it did not ask for is an
    ///   unsupported_extension, what does not belong into this message an illegal_parameter.
    func check(allowed: [ExtensionType], offered: [ExtensionType]) throws(TLSError) {
        for entry in entries {
            guard let type = ExtensionType(rawValue: entry.type), offered.contains(type) else {
                throw .refused(.unsupportedExtension, "The peer sent an extension nobody asked for.")
            }
            guard allowed.contains(type) else { throw .illegal("An extension is in the wrong message.") }
        }
    }
}
