package import Bytes
package import JSON

/// Bytes in a record, such as a sealed secret or a hash; in JSON they would be hexadecimal.
package struct Blob: FieldValue, Hashable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    package static var isText: Bool { true }
    package var isDefault: Bool { bytes.isEmpty }

    package func encode(into writer: inout ByteWriter) {
        writer.append(bytes)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Blob {
        Blob(reader.rest())
    }

    package func write(to json: inout JSONWriter) {
        json.string(Hex.encode(bytes))
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Blob? {
        guard case .string(let text) = value, let bytes = Hex.decode(text) else {
            input.add("invalid_format", "This must be hexadecimal.")
            return nil
        }
        return Blob(bytes)
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("string", about) { json in
            json.name("pattern")
            json.string("^([0-9a-f]{2})*$" as StaticString)
        }
    }
}
