/// The words that differ between paying and saving a method.
extension CheckoutView.Purpose {
    var slipLabel: Phrase { self == .pay ? .toPay : .toPayToday }
    var heading: Phrase { self == .pay ? .howToPay : .setupHow }
    var cardHeading: Phrase { self == .pay ? .payByCard : .setupByCard }
    var methodHeading: Phrase { self == .pay ? .payWith : .setupWith }

    /// The label of the button that sends the card.
    var cardButton: Phrase {
        switch self {
        case .pay: .payAmount
        case .save: .saveCard
        case .saveAndPay: .saveAndPay
        }
    }

    /// What the customer agrees to, beside the button; nil where nothing is saved by itself.
    var consent: Phrase? {
        switch self {
        case .pay: nil
        case .save(isForSubscription: false): .setupAccountConsent
        case .save, .saveAndPay: .setupConsent
        }
    }
}
