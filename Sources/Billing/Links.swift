import Bytes
import Fields

/// The addresses of this server's pages. They are built from the configured public URL, never from a Host header.
package struct Links: Sendable {
    /// Such as `https://pay.example`, without a slash at the end.
    package let publicURL: String

    package init(publicURL: String) {
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }

    /// Whether visitors reach the server over TLS.
    package var isSecure: Bool { publicURL.hasPrefix("https://") }

    package func checkout(_ payment: Payment) -> String {
        publicURL + "/checkout/" + Hex.encode(payment.token.bytes)
    }

    package func start(_ payment: Payment, gateway: String) -> String {
        checkout(payment) + "/start/" + gateway
    }

    package func portal(_ session: PortalSession) -> String {
        publicURL + "/portal/" + Hex.encode(session.token.bytes)
    }

    /// The page on which an invoice is seen and paid.
    package func invoice(_ invoice: Invoice) -> String {
        publicURL + "/invoice/" + Hex.encode(invoice.token.bytes)
    }

    /// The page on which a method is saved without paying.
    package func setup(_ setup: PaymentMethodSetup) -> String {
        publicURL + "/setup/" + Hex.encode(setup.token.bytes)
    }

    /// The page on which a subscription gets its card.
    package func setup(_ subscription: Subscription) -> String {
        publicURL + "/setup/" + Hex.encode(subscription.setupToken.bytes)
    }
}
