package import Bytes

/// The stored form of records: for each field that is not at its default, a varint tag (number << 1 | isText), then a
/// varint, or a byte count and the bytes. Numbers ascend; unknown ones are skipped, missing ones keep their default.
package enum RecordCodec {
    package static func encode<Value: Record>(_ record: Value) -> [UInt8] {
        var encoder = RecordEncoder(writer: ByteWriter(capacity: 384))
        var copy = record
        copy.visit(&encoder)
        return encoder.writer.bytes
    }

    package static func decode<Value: Record>(_: Value.Type, _ bytes: [UInt8]) throws(Truncated) -> Value {
        try decode(Value.self, ByteReader(bytes))
    }

    package static func decode<Value: Record>(_: Value.Type, _ reader: ByteReader) throws(Truncated) -> Value {
        var record = Value()
        var decoder = try RecordDecoder(reader)
        try record.visit(&decoder)
        return record
    }
}

/// Appends each stored field of a record.
package struct RecordEncoder: FieldVisitor {
    package typealias Failure = Never
    package var writer: ByteWriter

    package init(writer: ByteWriter) {
        self.writer = writer
    }

    package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        stored(number, &value)
    }

    package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {
        guard !value.isDefault else { return }
        writer.appendVarint(number << 1 | (Value.isText ? 1 : 0))
        guard Value.isText else {
            value.encode(into: &writer)
            return
        }
        writer.appendMeasured { writer in value.encode(into: &writer) }
    }

    package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {}
}

/// Fills each stored field that the bytes hold, in one pass over them.
package struct RecordDecoder: FieldVisitor {
    package typealias Failure = Truncated
    private var reader: ByteReader
    private var tag: UInt64

    package init(_ reader: ByteReader) throws(Truncated) {
        self.reader = reader
        tag = self.reader.isAtEnd ? 0 : try self.reader.varint()
    }

    package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) throws(Truncated) {
        try stored(number, &value)
    }

    package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) throws(Truncated) {
        while tag != 0, tag >> 1 < number { try skipValue() }
        guard tag >> 1 == number else { return }
        guard (tag & 1 == 1) == Value.isText else { throw Truncated() }
        if Value.isText {
            let length = try reader.count()
            var content = try reader.nested(length)
            value = try Value.decode(from: &content)
        } else {
            value = try Value.decode(from: &reader)
        }
        tag = reader.isAtEnd ? 0 : try reader.varint()
    }

    package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) throws(Truncated) {}

    private mutating func skipValue() throws(Truncated) {
        if tag & 1 == 1 {
            let length = try reader.count()
            try reader.skip(length)
        } else {
            _ = try reader.varint()
        }
        tag = reader.isAtEnd ? 0 : try reader.varint()
    }
}

extension Record {
    package static var isText: Bool { true }
    package var isDefault: Bool { false }

    package func encode(into writer: inout ByteWriter) {
        var encoder = RecordEncoder(writer: writer)
        writer = ByteWriter()
        var copy = self
        copy.visit(&encoder)
        writer = encoder.writer
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Self {
        let record = try RecordCodec.decode(Self.self, reader)
        _ = reader.rest()
        return record
    }
}
