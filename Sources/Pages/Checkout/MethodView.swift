/// One way to pay.
package struct MethodView: Sendable {
    /// How the method asks for the money.
    package enum Kind: Sendable, Equatable {
        /// The sandbox gateway's card form, the only card fields this program has.
        case card
        /// The sandbox wallet, which asks on a page of ours.
        case wallet
        /// A gateway with a page of its own.
        case redirect
    }

    /// The gateway, as the form sends it in `method`.
    package var gateway: String
    /// As buyers know it, such as `PayPal`; for a card the language's own word is shown.
    package var name: String
    package var kind: Kind
    /// Card brands or the like, shown as small marks.
    package var marks: [String]
    /// A remark beside the name, such as how long it takes.
    package var note: String?

    package init(gateway: String, name: String, kind: Kind, marks: [String] = [], note: String? = nil) {
        self.gateway = gateway
        self.name = name
        self.kind = kind
        self.marks = marks
        self.note = note
    }
}
