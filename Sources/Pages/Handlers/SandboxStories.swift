/// What the sandbox's test cards do, in words for the people who try them.
package enum SandboxStories {
    package static let cards: [CardFormView.TestCard] = [
        .init(number: "4242 4242 4242 4242", meaning: "Succeeds"),
        .init(number: "4000 0000 0000 0002", meaning: "Declined"),
        .init(number: "4000 0000 0000 9995", meaning: "Declined: insufficient funds"),
        .init(number: "4000 0000 0000 0069", meaning: "Declined: expired card"),
        .init(number: "4000 0000 0000 0127", meaning: "Declined: wrong security code"),
        .init(number: "4000 0000 0000 0119", meaning: "Processing error: the next gateway takes over"),
        .init(number: "4000 0025 0000 3155", meaning: "Asks the bank (3-D Secure)"),
        .init(number: "4000 0000 0000 0341", meaning: "Saves, then declines later charges"),
        .init(number: "4000 0000 0000 0259", meaning: "Succeeds, then is disputed"),
    ]
}
