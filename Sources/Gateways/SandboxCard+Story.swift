import Billing

/// The numbers that exist; each chooses its story.
extension SandboxCard {
    /// Every number with its story, in the order in which pages list them.
    package static let stories: [(number: String, story: SandboxStory)] = [
        ("4242424242424242", .succeeds),
        ("4000000000000002", .declines),
        ("4000000000009995", .lacksFunds),
        ("4000000000000069", .isExpired),
        ("4000000000000127", .hasWrongCode),
        ("4000000000000119", .failsProcessing),
        ("4000002500003155", .needsAuthentication),
        ("4000000000000341", .declinesLater),
        ("4000000000000259", .isDisputed),
    ]

    /// Whether `number`, 16 digits without spaces, is one of the test cards. Any other number is refused and not kept.
    package static func isKnown(_ number: String) -> Bool {
        story(of: number) != nil
    }

    static func story(of number: String) -> SandboxStory? {
        stories.first { $0.number == number }?.story
    }

    /// What may be shown of it.
    var summary: MethodSummary {
        MethodSummary(type: "card", brand: "visa", last4: String(number.suffix(4)))
    }
}
