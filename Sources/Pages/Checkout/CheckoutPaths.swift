/// The addresses of one payment's pages.
package struct CheckoutPaths: Sendable {
    /// Such as `/checkout/{token}`: the page of the payment's state.
    package let page: String
    /// The language that the visitor asked for in the address: it goes along from page to page. Nil leaves the choice to
    /// the browser's settings.
    package var asked: Language?

    /// - Parameter folder: Where such pages live.
    package init(folder: StaticString = "checkout", token: String) {
        page = "/\(folder)/" + token
    }

    /// POST: `method` and, for a card, `number`, `name`, `expiry`, `code`, `save`.
    package var pay: String { page + "/pay" + query }
    /// POST: `decision` is `approve` or `decline`. The stand-in for a wallet's page.
    package var wallet: String { page + "/wallet" + query }
    /// POST: `decision` is `approve` or `refuse`. The stand-in for a bank's page.
    package var challenge: String { page + "/challenge" + query }
    /// GET asks, POST cancels.
    package var cancel: String { page + "/cancel" + query }
    /// POST: the page stays open longer.
    package var extend: String { page + "/extend" + query }
    /// GET: JSON `{"state": "…"}` for the script.
    package var status: String { page + "/status" }

    /// GET: the page of one way to pay.
    package func start(_ gateway: String) -> String { page + "/start/" + gateway }
    /// The page itself, as links lead to it.
    var link: String { page + query }
    /// The page after an act that finished it.
    var done: String { page + "?step=done" + (asked.map { "&locale=" + $0.tag } ?? "") }
    /// What keeps the language.
    var query: String { asked.map { "?locale=" + $0.tag } ?? "" }
}
