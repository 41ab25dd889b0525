/// The fields of a message: the bytes of its head as they came, and where each name and value lies in them.
///
/// Names compare without case. Lookups are linear over at most 100 fields, compare lengths first and make no strings;
/// the names asked for are literals of letters, digits and hyphens.
package struct Headers: Sendable {
    /// Where one field lies, relative to the start of its message.
    struct Field: Sendable {
        var nameStart: UInt32
        var nameCount: UInt32
        var valueStart: UInt32
        var valueCount: UInt32
    }

    /// The receive buffer; shared, not copied, as long as its owner leaves it alone.
    private let bytes: [UInt8]
    private let start: Int
    private let fields: [Field]

    init(bytes: [UInt8], start: Int, fields: [Field]) {
        self.bytes = bytes
        self.start = start
        self.fields = fields
    }

    /// No fields.
    package init() {
        self.init(bytes: [], start: 0, fields: [])
    }

    /// Fields made here rather than received, in order.
    package init(_ pairs: [(name: String, value: String)]) {
        var bytes: [UInt8] = []
        var fields: [Field] = []
        for (name, value) in pairs {
            let nameStart = bytes.count
            bytes.append(contentsOf: name.utf8)
            let valueStart = bytes.count
            bytes.append(contentsOf: value.utf8)
            let range = ASCII.trimmed(bytes.span, valueStart..<bytes.count)
            fields.append(
                Field(
                    nameStart: UInt32(nameStart), nameCount: UInt32(valueStart - nameStart),
                    valueStart: UInt32(range.lowerBound), valueCount: UInt32(range.count)))
        }
        self.init(bytes: bytes, start: 0, fields: fields)
    }

    /// How many fields there are, repeated names included.
    package var count: Int { fields.count }

    /// The first value of that name without surrounding whitespace; bytes that are not UTF-8 are replaced.
    package subscript(_ name: StaticString) -> String? {
        guard let field = first(name) else { return nil }
        return String(decoding: bytes[valueRange(field)], as: UTF8.self)
    }

    /// The bytes of the first value of that name, without making a string.
    package func bytes(_ name: StaticString) -> ArraySlice<UInt8>? {
        guard let field = first(name) else { return nil }
        return bytes[valueRange(field)]
    }

    /// Every value of that name, in order.
    package func all(_ name: StaticString) -> [String] {
        var values: [String] = []
        for field in fields where matches(field, name) {
            values.append(String(decoding: bytes[valueRange(field)], as: UTF8.self))
        }
        return values
    }

    /// Whether the first value of that name is `value`, in any case; `value` is made of letters, digits and hyphens.
    package func has(_ name: StaticString, _ value: StaticString) -> Bool {
        guard let field = first(name) else { return false }
        return ASCII.matches(bytes.span, at: start + Int(field.valueStart), count: Int(field.valueCount), value)
    }

    private func first(_ name: StaticString) -> Field? {
        for field in fields where matches(field, name) { return field }
        return nil
    }

    @inline(__always)
    private func matches(_ field: Field, _ name: StaticString) -> Bool {
        Int(field.nameCount) == name.utf8CodeUnitCount
            && ASCII.matches(bytes.span, at: start + Int(field.nameStart), count: Int(field.nameCount), name)
    }

    private func valueRange(_ field: Field) -> Range<Int> {
        let lower = start + Int(field.valueStart)
        return lower..<lower + Int(field.valueCount)
    }
}

extension Headers: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { fields.count }

    /// The field at `position`, name as it was spelled.
    package subscript(_ position: Int) -> (name: String, value: String) {
        let field = fields[position]
        let lower = start + Int(field.nameStart)
        return (
            String(decoding: bytes[lower..<lower + Int(field.nameCount)], as: UTF8.self),
            String(decoding: bytes[valueRange(field)], as: UTF8.self)
        )
    }
}
