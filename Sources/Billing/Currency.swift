package import Bytes
package import Fields
package import JSON

/// A currency of ISO 4217, with its count of decimals.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// The three ASCII letters, first letter most significant; zero only as the default of an empty record.
    let code: UInt32
    /// Decimals of the minor unit: JPY 0, USD 2, KWD 3.
    package let digits: Int

    /// Only as the default of a record that is about to be filled.
    package static let none = Currency(code: 0, digits: 0)
    package static let usd = Currency(code: 0x55_5344, digits: 2)

    private init(code: UInt32, digits: Int) {
        self.code = code
        self.digits = digits
    }

    /// Nil unless `text` is the upper-case code of an active currency.
    package init?(_ text: some StringProtocol) {
        var code: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard count < 3, (0x41...0x5a).contains(byte) else { return nil }
            code = code << 8 | UInt32(byte)
            count += 1
        }
        guard count == 3 else { return nil }
        self.init(packed: code)
    }

    /// Finds a packed code in the table by bisection.
    init?(packed code: UInt32) {
        let found = CurrencyTable.entries.withUTF8Buffer { table -> Int? in
            var low = 0
            var high = table.count / 4
            while low < high {
                let middle = (low + high) / 2
                let entry =
                    unsafe UInt32(table[middle * 4]) << 16 | UInt32(table[middle * 4 + 1]) << 8
                    | UInt32(table[middle * 4 + 2])
                if entry == code { return unsafe Int(table[middle * 4 + 3]) - 0x30 }
                if entry < code { low = middle + 1 } else { high = middle }
            }
            return nil
        }
        guard let found else { return nil }
        self.init(code: code, digits: found)
    }

    /// The alphabetic code, such as `USD`.
    package var description: String {
        guard code != 0 else { return "" }
        return String(
            decoding: [UInt8(code >> 16 & 0xff), UInt8(code >> 8 & 0xff), UInt8(code & 0xff)], as: UTF8.self)
    }
}

extension Currency: FieldValue {
    package static var isText: Bool { false }
    package var isDefault: Bool { code == 0 }

    package func encode(into writer: inout ByteWriter) {
        writer.appendVarint(UInt64(code))
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Currency {
        let code = try reader.varint()
        guard code <= 0xff_ffff, let currency = Currency(packed: UInt32(code)) else { throw Truncated() }
        return currency
    }

    package func write(to json: inout JSONWriter) {
        json.string(description)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Currency? {
        guard case .string(let text) = value, let currency = Currency(text) else {
            input.add("invalid_currency", "This must be an upper-case ISO 4217 code such as USD.")
            return nil
        }
        return currency
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        String.writeSchema(to: &schema, .currency, about: about)
    }
}
