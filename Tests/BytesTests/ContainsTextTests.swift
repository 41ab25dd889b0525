import Bytes
import Testing

@Suite struct ContainsTextTests {
    @Test(arguments: [
        ("https://pay.example/checkout/1/challenge/2", "/challenge/", true), ("aab", "ab", true), ("ab", "abc", false),
        ("", "", true), ("", "a", false), ("abc", "", true), ("abc", "d", false), ("abc", "abc", true),
        ("Café", "é", true), ("Cafe\u{301}", "é", true), ("Café", "e\u{301}", true), ("Café", "e\u{302}", false),
        ("ab", "é", false),
    ])
    func `a text is found wherever it begins, however its characters are written`(
        text: String, part: String, isThere: Bool
    ) {
        #expect(text.containsText(part) == isThere)
        #expect("x\(text)x".dropFirst().dropLast().containsText(part) == isThere)
    }
}
