import Pages
import Testing

@Suite struct AmountTextTests {
    @Test(
        arguments: [
            (9999, "USD", 2, "$99.99"), (4680, "EUR", 2, "€46.80"), (5, "GBP", 2, "£0.05"), (0, "USD", 2, "$0.00"),
            (1234, "JPY", 0, "¥1,234"), (7, "JPY", 0, "¥7"), (1_234_567, "KWD", 3, "KWD\u{a0}1,234.567"),
            (100_000_000, "USD", 2, "$1,000,000.00"), (-250, "EUR", 2, "\u{2212}€2.50"),
            (Int64.max, "USD", 2, "$92,233,720,368,547,758.07"),
            (Int64.min, "USD", 2, "\u{2212}$92,233,720,368,547,758.08"),
        ] as [(Int64, String, Int, String)])
    func `amounts keep every digit`(minorUnits: Int64, currency: String, digits: Int, text: String) {
        #expect(AmountText.format(minorUnits: minorUnits, currency: currency, fractionDigits: digits) == text)
    }

    @Test(
        arguments: [
            (Language.german, 123_456_78, "EUR", "123.456,78\u{a0}€"),
            (.french, 1_234_56, "EUR", "1\u{202f}234,56\u{a0}€"),
            (.spanish, 1_234_56, "EUR", "1234,56\u{a0}€"), (.spanish, 12_345_67, "EUR", "12.345,67\u{a0}€"),
            (.portuguese, 1_234_56, "BRL", "R$\u{a0}1.234,56"), (.french, 999, "USD", "9,99\u{a0}$US"),
            (.german, 999, "CHF", "9,99\u{a0}CHF"),
        ] as [(Language, Int64, String, String)])
    func `each language has its own separators`(language: Language, minorUnits: Int64, currency: String, text: String) {
        let written = AmountText.format(
            minorUnits: minorUnits, currency: currency, fractionDigits: 2, language: language)
        #expect(written == text)
    }
}
