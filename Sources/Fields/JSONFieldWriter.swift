public import JSON

/// Writes a record as a JSON object: fields and members, in the order of the list.
@frozen @usableFromInline
package struct JSONFieldWriter: FieldVisitor {
    @usableFromInline package typealias Failure = Never
    @usableFromInline package var json: JSONWriter

    @inlinable package init(_ json: JSONWriter) {
        self.json = json
    }

    @inlinable package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        json.name(name)
        value.write(to: &json)
    }

    @inlinable package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {}

    @inlinable package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        json.name(name)
        value.write(to: &json)
    }
}

extension Record {
    @inlinable package func write(to json: inout JSONWriter) {
        var visitor = JSONFieldWriter(json)
        json = JSONWriter()
        visitor.json.beginObject()
        var copy = self
        copy.writeFields(&visitor)
        visitor.json.endObject()
        json = visitor.json
    }
}
