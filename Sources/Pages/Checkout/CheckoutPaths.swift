/// The addresses of one payment's pages.
package struct CheckoutPaths: Sendable {
    /// Such as `/checkout/{token}`: the page of the payment's state.
    package let page: String

    /// - Parameter folder: Where such pages live.
    package init(folder: StaticString = "checkout", token: String) {
        page = "/\(folder)/" + token
    }

    /// POST: `method` and, for a card, `number`, `name`, `expiry`, `code`, `save`.
    package var pay: String { page + "/pay" }
    /// POST: `decision` is `approve` or `decline`. The stand-in for a wallet's page.
    package var wallet: String { page + "/wallet" }
    /// POST: `decision` is `approve` or `refuse`. The stand-in for a bank's page.
    package var challenge: String { page + "/challenge" }
    /// GET asks, POST cancels.
    package var cancel: String { page + "/cancel" }
    /// POST: the page stays open longer.
    package var extend: String { page + "/extend" }
    /// GET: JSON `{"state": "…"}` for the script.
    package var status: String { page + "/status" }

    /// GET: the page of one way to pay.
    package func start(_ gateway: String) -> String { page + "/start/" + gateway }
}
