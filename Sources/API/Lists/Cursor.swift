import Billing
import Bytes
import Fields
import Storage

/// A place in a list, as its text form: the walk it belongs to, and the last entry seen. A cursor only ever moves the
/// start of a walk that the request itself bounds, so a forged one shows nothing that the request could not see.
struct Cursor {
    private static let version: UInt8 = 1

    static func encode(_ entry: Key, walk: UInt8, order: ScanOrder) -> String {
        Base64.encodeURL([version, walk, order == .ascending ? 1 : 0] + entry.bytes)
    }

    /// The entry behind which the walk goes on.
    ///
    /// - Throws: `invalid_parameter` unless the text was made for the same walk in the same order.
    static func decode(_ text: String, walk: UInt8, order: ScanOrder, prefix: Key) throws(Refusal) -> Key {
        let flag: UInt8 = order == .ascending ? 1 : 0
        guard let bytes = Base64.decodeURL(text), bytes.count > 3, bytes.count < Key.maxByteCount,
            bytes[0] == version, bytes[1] == walk, bytes[2] == flag
        else { throw refusal }
        let entry = Key(bytes: Array(bytes[3...]))
        guard entry.hasPrefix(prefix) else { throw refusal }
        return entry
    }

    private static var refusal: Refusal {
        Refusal(
            .invalidParameter, "Use a next_cursor with the filters and sort of the request that answered it.",
            issues: [
                .init(field: "cursor", code: "invalid_format", message: "This cursor belongs to another list.")
            ])
    }
}
