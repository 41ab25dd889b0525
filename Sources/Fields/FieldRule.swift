/// What a field's value must satisfy beyond its type; checked on input and written into the schema.
@usableFromInline
package struct FieldRule: Sendable {
    /// The form of a text.
    package enum Format: Sendable {
        case plain
        /// An address as mail servers accept it: one `@`, a dotted domain, no spaces.
        case email
        /// An absolute http or https URL.
        case url
        /// ISO 3166-1 alpha-2.
        case country
        /// ISO 4217 alphabetic code.
        case currency
        /// A language tag such as `en` or `pt-BR`.
        case locale
        /// Lower-case letters, digits, `_`, `-`, `.`.
        case identifier
    }

    package var length: ClosedRange<Int>
    package var bounds: ClosedRange<Int64>
    package var format: Format
    /// Written into the schema as the example, where it is not empty.
    package var example: StaticString

    package init(
        length: ClosedRange<Int> = 0...65_536, bounds: ClosedRange<Int64> = Int64.min...Int64.max,
        format: Format = .plain, example: StaticString = ""
    ) {
        self.length = length
        self.bounds = bounds
        self.format = format
        self.example = example
    }

    @usableFromInline package static let any = FieldRule()

    /// A text of so many characters (a list: of so many items).
    package static func length(_ range: ClosedRange<Int>, example: StaticString = "") -> FieldRule {
        FieldRule(length: range, example: example)
    }

    /// An integer within `range`.
    package static func within(_ range: ClosedRange<Int64>) -> FieldRule { FieldRule(bounds: range) }

    package static let email = FieldRule(length: 3...254, format: .email, example: "ada@example.com")
    package static let url = FieldRule(length: 8...2048, format: .url, example: "https://shop.example/return")
    package static let currency = FieldRule(length: 3...3, format: .currency, example: "USD")
    package static let country = FieldRule(length: 2...2, format: .country, example: "PT")
    package static let locale = FieldRule(length: 2...10, format: .locale, example: "en")
    package static let identifier = FieldRule(length: 1...64, format: .identifier)
}
