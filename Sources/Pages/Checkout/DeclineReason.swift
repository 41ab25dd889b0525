/// Why a try to pay failed, as far as buyers are told. Never that a card was reported stolen or lost, or looks like
/// fraud: those are `bank`.
package enum DeclineReason: Sendable, Equatable {
    case bank, funds, expiredCard, details, authentication
    /// Refused in the wallet or on the gateway's page of that name.
    case wallet(String)
    /// The gateway of that name could not be reached, and took nothing.
    case trouble(String)

    var heading: Phrase {
        switch self {
        case .bank, .funds, .expiredCard, .details, .authentication: .declinedHeading
        case .wallet: .declinedWalletHeading
        case .trouble: .declinedTroubleHeading
        }
    }

    var explanation: Phrase {
        switch self {
        case .bank: .declinedBank
        case .funds: .declinedFunds
        case .expiredCard: .declinedExpired
        case .details: .declinedDetails
        case .authentication: .declinedAuthentication
        case .wallet: .declinedWallet
        case .trouble: .declinedTrouble
        }
    }

    var method: String {
        switch self {
        case .bank, .funds, .expiredCard, .details, .authentication: ""
        case .wallet(let name), .trouble(let name): name
        }
    }
}
