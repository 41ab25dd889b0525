import Bytes

/// Any JSON value. Numbers keep their exact text, objects the order of their members.
@usableFromInline
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The value as compact JSON text.
    package func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.value(self)
        return writer.bytes
    }

    /// The value as JSON text for people: a member or element a line, `indent` spaces a level, no newline at the end.
    package func pretty(indent: Int = 2) -> String {
        var writer = JSONWriter(capacity: 512)
        appendPretty(to: &writer, indent: indent, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func appendPretty(to writer: inout JSONWriter, indent: Int, level: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            writer.beginArray()
            for element in elements {
                writer.newline(spaces: indent * (level + 1))
                element.appendPretty(to: &writer, indent: indent, level: level + 1)
            }
            writer.closingNewline(spaces: indent * level)
            writer.endArray()
        case .object(let object) where !object.members.isEmpty:
            writer.beginObject()
            for (name, value) in object.members {
                writer.newline(spaces: indent * (level + 1))
                writer.name(name)
                writer.output.append(UInt8(ascii: " "))
                value.appendPretty(to: &writer, indent: indent, level: level + 1)
            }
            writer.closingNewline(spaces: indent * level)
            writer.endObject()
        default:
            writer.value(self)
        }
    }
}
