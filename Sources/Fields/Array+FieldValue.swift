public import Bytes
public import JSON

extension Array: FieldValue where Element: FieldValue {
    @inlinable package static var isText: Bool { true }
    @inlinable package var isDefault: Bool { isEmpty }
    @usableFromInline package static var whenAbsent: [Element]? { [] }

    @inlinable package func encode(into writer: inout ByteWriter) {
        for element in self {
            if Element.isText {
                writer.appendMeasured { writer in element.encode(into: &writer) }
            } else {
                element.encode(into: &writer)
            }
        }
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> [Element] {
        var elements: [Element] = []
        while !reader.isAtEnd {
            if Element.isText {
                let length = try reader.count()
                var content = try reader.nested(length)
                elements.append(try Element.decode(from: &content))
            } else {
                elements.append(try Element.decode(from: &reader))
            }
        }
        return elements
    }

    @inlinable package func write(to json: inout JSONWriter) {
        json.beginArray()
        for element in self { element.write(to: &json) }
        json.endArray()
    }

    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> [Element]?
    {
        let items: [JSONValue]
        switch value {
        case .array(let given): items = given
        case .string(let text) where input.acceptsText:
            items = text.split(separator: ",").map { JSONValue.string(String($0)) }
        default:
            input.add("invalid_type", "This must be a list.")
            return nil
        }
        guard rule.length.contains(items.count) else {
            input.add(
                items.count < rule.length.lowerBound ? "too_short" : "too_long",
                "Give \(rule.length.lowerBound) to \(rule.length.upperBound) items.")
            return nil
        }
        var elements: [Element] = []
        for (index, item) in items.enumerated() {
            input.path.append("[\(index)]")
            if let element = Element.read(item, &input, .any) { elements.append(element) }
            input.path.removeLast()
        }
        return elements
    }

    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
        schema.json.beginObject()
        schema.json.name("type")
        schema.json.string("array" as StaticString)
        schema.json.name("items")
        Element.writeSchema(to: &schema, .any, about: "")
        if rule.length.lowerBound > 0 {
            schema.json.name("minItems")
            schema.json.integer(Int64(rule.length.lowerBound))
        }
        if rule.length.upperBound < 65_536 {
            schema.json.name("maxItems")
            schema.json.integer(Int64(rule.length.upperBound))
        }
        if about.utf8CodeUnitCount > 0 {
            schema.json.name("description")
            schema.json.string(about.description)
        }
        schema.json.endObject()
    }
}
