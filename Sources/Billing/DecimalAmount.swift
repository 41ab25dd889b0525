package import Bytes
package import Fields
package import JSON

/// An amount as a request gives it: an exact decimal in major units, whose currency stands in another field.
package struct DecimalAmount: Sendable, Equatable, FieldValue {
    package let decimal: JSONDecimal?

    package init(decimal: JSONDecimal?) {
        self.decimal = decimal
    }

    /// Only as the default of an input that is about to be read.
    package static let none = DecimalAmount(decimal: nil)

    package static var isText: Bool { true }
    package var isDefault: Bool { true }

    /// Nothing: inputs are not stored.
    package func encode(into writer: inout ByteWriter) {}

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> DecimalAmount {
        throw Truncated()
    }

    package func write(to json: inout JSONWriter) {
        json.null()
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> DecimalAmount? {
        let decimal: JSONDecimal? =
            switch value {
            case .number(let number): number.decimal
            // Plain digits, as the schema says: an exponent in a text is a mistake more often than an amount.
            case .string(let text): text.utf8.contains { $0 | 0x20 == 0x65 } ? nil : JSONDecimal(text)
            default: nil
            }
        guard let decimal else {
            input.add("invalid_type", "This must be an amount in major units, such as 99.99.")
            return nil
        }
        return DecimalAmount(decimal: decimal)
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.json.beginObject()
        schema.json.name("type")
        schema.json.beginArray()
        schema.json.string("number" as StaticString)
        schema.json.string("string" as StaticString)
        schema.json.endArray()
        schema.json.name("pattern")
        schema.json.string("^(0|[1-9][0-9]*)(\\.[0-9]+)?$" as String)
        schema.json.name("exclusiveMinimum")
        schema.json.integer(0)
        schema.json.name("maximum")
        schema.json.integer(999_999_999_999)
        if about.utf8CodeUnitCount > 0 {
            schema.json.name("description")
            schema.json.string(about.description)
        }
        schema.json.endObject()
    }

    /// The largest amount of one request, in major units.
    private static let largestMajor: Int64 = 999_999_999_999

    /// The exact amount in `currency`; notes an issue at `field` and answers nil when it has more decimals than the
    /// currency, is not positive, or is over 999,999,999,999 major units.
    package func money(in currency: Currency, field: String, _ issues: inout InputIssues) -> Money? {
        guard let decimal else { return nil }
        switch decimal.scaled(by: currency.digits) {
        case .tooPrecise:
            issues.add(
                field, "too_precise",
                "\(currency) has \(currency.digits == 0 ? "no" : String(currency.digits)) decimals.")
            return nil
        case .outOfRange:
            issues.add(field, "out_of_range", "This must be at most \(Self.largestMajor).")
            return nil
        case .exact(let units):
            var limit = Self.largestMajor
            for _ in 0..<currency.digits { limit *= 10 }
            guard units > 0, units <= limit else {
                issues.add(
                    field, "out_of_range", "This must be more than 0 and at most \(Self.largestMajor).")
                return nil
            }
            return Money(units, currency)
        }
    }
}
