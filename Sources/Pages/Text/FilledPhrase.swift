package import Runtime

/// A phrase in a language, with values for its placeholders.
package struct FilledPhrase: Sendable {
    private let pieces: [Piece]

    private enum Piece: Sendable {
        case text(String)
        case value(String)
        case moment(String, MomentStyle, Timestamp)
    }

    /// - Parameter moment: Fills `{time}`, in the given style; a script shows it in the reader's own zone.
    package init(
        _ phrase: Phrase, in language: Language, _ values: [(Placeholder, String)] = [],
        moment: (Timestamp, MomentStyle)? = nil
    ) {
        var pieces: [Piece] = []
        var rest = Substring(language.text(phrase))
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            let name = rest[rest.index(after: start)..<end]
            if start > rest.startIndex { pieces.append(.text(String(rest[..<start]))) }
            if name == Placeholder.time.rawValue, let (moment, style) = moment {
                pieces.append(.moment(style.text(moment, language), style, moment))
            } else if let value = values.first(where: { $0.0.rawValue == name })?.1 {
                pieces.append(.value(value))
            }
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    /// For attributes and titles.
    package var plain: String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text), .value(let text), .moment(let text, _, _): result += text
            }
        }
        return result
    }

    /// For the page: each value is isolated, so that a name written right to left does not turn the sentence round.
    package var markup: Markup {
        .group(
            pieces.map { piece in
                switch piece {
                case .text(let text): .text(text)
                case .value(let text): bdi { text }
                case .moment(let text, let style, let moment):
                    time(.datetime(moment.description), .dataLocal(style)) { text }
                }
            })
    }
}
