import Billing
import Bytes
import Crypto
import HTTP

/// The proof that a form came from a page of ours: the hidden field `csrf`, bound to the secret in the page's address.
struct FormProof: Sendable {
    /// What the page writes into its forms.
    let token: String

    /// - Parameters:
    ///   - folder: The kind of page, so that no proof serves another kind.
    ///   - secret: The secret of the page's address.
    init(_ folder: StaticString, _ secret: [UInt8], _ vault: Vault) {
        token = vault.derivation.authenticate(Array("csrf.\(folder).".utf8), secret).hex
    }

    /// Whether `form` bears the proof, and no browser says that another site sent it.
    func isBorne(by form: QueryItems, _ request: Request) -> Bool {
        let site = request.headers["sec-fetch-site"]
        return ConstantTime.isEqual(Array((form["csrf"] ?? "").utf8), Array(token.utf8))
            && (site == nil || site == "same-origin" || site == "none")
    }
}
