/// A language that buyers can read the pages in.
package enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case portuguese = "pt"
    case german = "de"
    case french = "fr"
    case spanish = "es"

    /// The language of a tag such as `pt-BR`; English when there is no other answer.
    package init(tag: String) {
        let primary = tag.lowercased().prefix { $0 != "-" && $0 != "_" }
        self = Language(rawValue: String(primary)) ?? .english
    }

    /// The BCP 47 tag.
    package var tag: String { rawValue }

    /// The language's name in itself.
    package var ownName: String {
        switch self {
        case .english: "English"
        case .portuguese: "Português"
        case .german: "Deutsch"
        case .french: "Français"
        case .spanish: "Español"
        }
    }

    /// The text of `phrase`, with its `{placeholders}`.
    package func text(_ phrase: Phrase) -> String {
        switch self {
        case .english: EnglishTexts.text(phrase)
        case .portuguese: PortugueseTexts.text(phrase)
        case .german: GermanTexts.text(phrase)
        case .french: FrenchTexts.text(phrase)
        case .spanish: SpanishTexts.text(phrase)
        }
    }
}
