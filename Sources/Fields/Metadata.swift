package import Bytes
package import JSON

/// A merchant's own notes on an object: up to 50 keys of 1 to 40 characters, with string values of at most 500.
package struct Metadata: FieldValue, Equatable {
    /// In the order they were given; keys are unique.
    package var entries: [Entry]

    /// One key with its value.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    package static var isText: Bool { true }
    package var isDefault: Bool { entries.isEmpty }
    package static var whenAbsent: Metadata? { Metadata() }

    package func encode(into writer: inout ByteWriter) {
        for entry in entries {
            writer.appendLengthPrefixed(entry.key)
            writer.appendLengthPrefixed(entry.value)
        }
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Metadata {
        var entries: [Entry] = []
        while !reader.isAtEnd {
            let key = try reader.lengthPrefixedText()
            entries.append(Entry(key: key, value: try reader.lengthPrefixedText()))
        }
        return Metadata(entries)
    }

    package func write(to json: inout JSONWriter) {
        json.beginObject()
        for entry in entries {
            json.name(entry.key)
            json.string(entry.value)
        }
        json.endObject()
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Metadata? {
        guard case .object(let object) = value else {
            input.add("invalid_type", "This must be an object of strings.")
            return nil
        }
        guard object.members.count <= 50 else {
            input.add("too_long", "Give at most 50 keys.")
            return nil
        }
        var entries: [Entry] = []
        for member in object.members {
            // A character can be endless, so bytes count too; a name over its limit is no path either.
            let name = member.name
            guard name.utf8.count <= 4 * 40, name.count <= 40 else {
                input.add("too_long", "A key has at most 40 characters.")
                continue
            }
            guard !name.isEmpty else {
                input.add("too_short", "A key has at least 1 character.")
                continue
            }
            guard TextRules.hasNoControls(name) else {
                input.add("invalid_format", "A key must not hold control characters.")
                continue
            }
            input.path.append(name)
            if let text = String.read(member.value, &input, .length(0...500)) {
                entries.append(Entry(key: name, value: text))
            }
            input.path.removeLast()
        }
        return Metadata(entries)
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("object", about) { json in
            json.name("maxProperties")
            json.integer(50)
            json.name("propertyNames")
            json.beginObject()
            json.name("minLength")
            json.integer(1)
            json.name("maxLength")
            json.integer(40)
            json.endObject()
            json.name("additionalProperties")
            json.beginObject()
            json.name("type")
            json.string("string" as StaticString)
            json.name("maxLength")
            json.integer(500)
            json.endObject()
        }
    }
}
