package import Bytes
package import Fields
package import JSON

/// A number of a report: a count, an amount in major units, or a ratio, written with its decimals.
package struct Figure: FieldValue, Equatable {
    package let units: Int64
    package let digits: Int

    package init(units: Int64, digits: Int) {
        self.units = units
        self.digits = digits
    }

    package static func count(_ count: Int64) -> Figure { Figure(units: count, digits: 0) }

    package static func amount(_ units: Int64, _ currency: Currency) -> Figure {
        Figure(units: units, digits: currency.digits)
    }

    /// `part` ÷ `whole` with four decimals, rounded half away from zero; nil of nothing.
    package static func ratio(_ part: Int64, of whole: Int64) -> Figure? {
        guard whole > 0, let ratio = try? Money(part, .none).scaled(by: 10_000, over: whole) else { return nil }
        return Figure(units: ratio.units, digits: 4)
    }

    package static var isText: Bool { true }
    package var isDefault: Bool { true }

    /// Nothing: reports are not stored.
    package func encode(into writer: inout ByteWriter) {}

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Figure {
        throw Truncated()
    }

    package func write(to json: inout JSONWriter) {
        json.fixed(units, digits: digits)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Figure? {
        input.add("invalid_type", "A figure cannot be given here.")
        return nil
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("number", about)
    }
}
