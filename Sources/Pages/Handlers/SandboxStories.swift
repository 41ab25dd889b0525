import Gateways

/// What the sandbox's test cards do, in words for the people who try them.
package enum SandboxStories {
    package static let cards: [CardFormView.TestCard] = SandboxCard.stories.map { number, story in
        CardFormView.TestCard(number: spaced(number), meaning: meaning(of: story))
    }

    private static func meaning(of story: SandboxStory) -> String {
        switch story {
        case .succeeds: "Succeeds"
        case .declines: "Declined"
        case .lacksFunds: "Declined: insufficient funds"
        case .isExpired: "Declined: expired card"
        case .hasWrongCode: "Declined: wrong security code"
        case .failsProcessing: "Processing error: the next gateway takes over"
        case .needsAuthentication: "Asks the bank (3-D Secure)"
        case .declinesLater: "Saves, then declines later charges"
        case .isDisputed: "Succeeds, then is disputed"
        }
    }

    /// In groups of four, as on a card.
    private static func spaced(_ number: String) -> String {
        var text = ""
        for (index, digit) in number.enumerated() {
            if index > 0, index % 4 == 0 { text.append(" ") }
            text.append(digit)
        }
        return text
    }
}
