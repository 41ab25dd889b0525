public import Bytes

/// The stored form of records: for each field that is not at its default, a varint tag (number &<< 1 | isText), then a
/// varint, or a byte count and the bytes. Numbers ascend; unknown ones are skipped, missing ones keep their default.
@usableFromInline
package enum RecordCodec {
    @inlinable package static func encode<Value: Record>(_ record: Value) -> [UInt8] {
        var encoder = RecordEncoder(writer: ByteWriter(capacity: 384))
        var copy = record
        copy.encodeFields(&encoder)
        return encoder.writer.bytes
    }

    @inlinable package static func decode<Value: Record>(_: Value.Type, _ bytes: [UInt8]) throws(Truncated) -> Value {
        try decode(Value.self, ByteReader(bytes))
    }

    @inlinable package static func decode<Value: Record>(_: Value.Type, _ reader: ByteReader) throws(Truncated) -> Value
    {
        var record = Value()
        var decoder = try RecordDecoder(reader)
        try record.decodeFields(&decoder)
        return record
    }
}

/// Appends each stored field of a record.
@frozen @usableFromInline
package struct RecordEncoder: FieldVisitor {
    @usableFromInline package typealias Failure = Never
    @usableFromInline package var writer: ByteWriter

    @inlinable package init(writer: ByteWriter) {
        self.writer = writer
    }

    @inlinable package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        stored(number, &value)
    }

    @inlinable package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {
        guard !value.isDefault else { return }
        writer.appendVarint(number &<< 1 | (Value.isText ? 1 : 0))
        guard Value.isText else {
            value.encode(into: &writer)
            return
        }
        writer.appendMeasured { writer in value.encode(into: &writer) }
    }

    @inlinable package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {}
}

/// Fills each stored field that the bytes hold, in one pass over them.
@frozen @usableFromInline
package struct RecordDecoder: FieldVisitor {
    @usableFromInline package typealias Failure = Truncated
    @usableFromInline var reader: ByteReader
    @usableFromInline var tag: UInt64

    @inlinable package init(_ reader: ByteReader) throws(Truncated) {
        self.reader = reader
        tag = self.reader.isAtEnd ? 0 : try self.reader.varint()
    }

    @inlinable package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) throws(Truncated) {
        try stored(number, &value)
    }

    @inlinable package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) throws(Truncated)
    {
        while tag != 0, tag &>> 1 < number { try skipValue() }
        guard tag &>> 1 == number else { return }
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

    @inlinable package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) throws(Truncated) {}

    @inlinable mutating func skipValue() throws(Truncated) {
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
    @inlinable package static var isText: Bool { true }
    @inlinable package var isDefault: Bool { false }

    @inlinable package func encode(into writer: inout ByteWriter) {
        var encoder = RecordEncoder(writer: writer)
        writer = ByteWriter()
        var copy = self
        copy.encodeFields(&encoder)
        writer = encoder.writer
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> Self {
        let record = try RecordCodec.decode(Self.self, reader)
        _ = reader.rest()
        return record
    }
}
