import Pages
import Testing

@Suite struct LanguageTests {
    /// The placeholders of a text, in byte order.
    private func placeholders(_ text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { String($0.prefix { $0 != "}" }) }
            .sorted()
    }

    @Test(arguments: Language.allCases)
    func `each language fills in what English fills in, and leaves nothing empty`(language: Language) {
        for phrase in Phrase.allCases {
            let text = language.text(phrase)
            #expect(!text.isEmpty, "\(phrase)")
            #expect(placeholders(text) == placeholders(Language.english.text(phrase)), "\(phrase)")
            #expect(!text.contains("!"), "\(phrase)")
        }
        for name in placeholders(Phrase.allCases.map { language.text($0) }.joined()) {
            #expect(Placeholder(rawValue: name) != nil)
        }
    }

    @Test(arguments: [
        ("pt-BR", Language.portuguese), ("DE", .german), ("fr_CA", .french), ("es", .spanish), ("ja", .english),
        ("", .english),
    ])
    func `a tag finds its language`(tag: String, language: Language) {
        #expect(Language(tag: tag) == language)
    }

    @Test func `values are isolated in the page and joined in plain text`() {
        let phrase = FilledPhrase(.backTo, in: .english, [(.merchant, "<Shop>")])
        #expect(phrase.plain == "Back to <Shop>")
    }
}
