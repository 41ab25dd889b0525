package import Bytes
package import Fields
package import JSON

/// Why an amount could not be computed.
package enum MoneyError: Error, Equatable {
    case overflow
    case currenciesDiffer
}

/// An exact amount: a count of minor units (cents) of one currency. Nothing here wraps or rounds silently.
package struct Money: Hashable, Sendable, CustomStringConvertible {
    package let units: Int64
    package let currency: Currency

    package init(_ units: Int64, _ currency: Currency) {
        self.units = units
        self.currency = currency
    }

    package static func zero(_ currency: Currency) -> Money { Money(0, currency) }

    package var isZero: Bool { units == 0 }
    package var isPositive: Bool { units > 0 }

    package func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currenciesDiffer }
        let (sum, overflow) = units.addingReportingOverflow(other.units)
        guard !overflow else { throw .overflow }
        return Money(sum, currency)
    }

    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currenciesDiffer }
        let (difference, overflow) = units.subtractingReportingOverflow(other.units)
        guard !overflow else { throw .overflow }
        return Money(difference, currency)
    }

    package func multiplied(by factor: Int64) throws(MoneyError) -> Money {
        let (product, overflow) = units.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw .overflow }
        return Money(product, currency)
    }

    /// This × numerator ÷ denominator, rounded half away from zero, once, on 128-bit integers.
    ///
    /// - Parameter denominator: positive.
    package func scaled(by numerator: Int64, over denominator: Int64) throws(MoneyError) -> Money {
        precondition(denominator > 0, "a share of nothing")
        let product = Int128(units) * Int128(numerator)
        let magnitude = product.magnitude
        let divisor = UInt128(denominator)
        let rounded = magnitude / divisor + (magnitude % divisor * 2 >= divisor ? 1 : 0)
        let signed = product < 0 ? -Int128(rounded) : Int128(rounded)
        guard let result = Int64(exactly: signed) else { throw .overflow }
        return Money(result, currency)
    }

    /// Whether both have one currency and this is the smaller; false across currencies.
    package func isLess(than other: Money) -> Bool {
        currency == other.currency && units < other.units
    }

    /// Major units with the currency's decimals, such as `99.99`.
    package var description: String {
        var json = JSONWriter()
        json.fixed(units, digits: currency.digits)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension Money: FieldValue {
    package static var isText: Bool { true }
    package var isDefault: Bool { currency == .none }

    package func encode(into writer: inout ByteWriter) {
        currency.encode(into: &writer)
        units.encode(into: &writer)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Money {
        let currency = try Currency.decode(from: &reader)
        return Money(try Int64.decode(from: &reader), currency)
    }

    package func write(to json: inout JSONWriter) {
        json.fixed(units, digits: currency.digits)
    }

    /// An amount on input needs its currency beside it: inputs take a ``DecimalAmount``.
    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Money? {
        input.add("invalid_type", "An amount cannot be given here.")
        return nil
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("number", about)
    }
}
