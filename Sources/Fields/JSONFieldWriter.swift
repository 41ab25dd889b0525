package import JSON

/// Writes a record as a JSON object: fields and members, in the order of the list.
package struct JSONFieldWriter: FieldVisitor {
    package typealias Failure = Never
    package var json: JSONWriter

    package init(_ json: JSONWriter) {
        self.json = json
    }

    package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        json.name(name)
        value.write(to: &json)
    }

    package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {}

    package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        json.name(name)
        value.write(to: &json)
    }
}

extension Record {
    package func write(to json: inout JSONWriter) {
        var visitor = JSONFieldWriter(json)
        json = JSONWriter()
        visitor.json.beginObject()
        var copy = self
        copy.visit(&visitor)
        visitor.json.endObject()
        json = visitor.json
    }
}
