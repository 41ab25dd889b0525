import HTTP
import JSON

/// Saved methods.
extension PayPalPeer {
    func createSetup(_ body: JSONObject, _ key: String?, _ state: inout State) -> Response {
        if let key, let id = state.books.replays["setup \(key)"] { return showSetup(id, 200, state) }
        guard let wallet = body.object("payment_source")?.object("paypal"), wallet.text("usage_type") == "MERCHANT",
            let experience = wallet.object("experience_context"), experience.text("return_url") != nil
        else { return Self.error(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER") }
        let setup = PayPalPeerBooks.Setup(
            id: state.books.name("5C"), status: "PAYER_ACTION_REQUIRED", customer: state.books.name("cus"),
            returnURL: experience.text("return_url"), cancelURL: experience.text("cancel_url"))
        state.books.setups.append(setup)
        if let key { state.books.replays["setup \(key)"] = setup.id }
        return showSetup(setup.id, 201, state)
    }

    func showSetup(_ id: String, _ status: Int, _ state: State) -> Response {
        guard let setup = state.books.setups.first(where: { $0.id == id }) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        return Self.json(status) { json in
            json.name("id")
            json.string(setup.id)
            json.name("customer")
            json.beginObject()
            json.name("id")
            json.string(setup.customer)
            json.endObject()
            json.name("status")
            json.string(setup.status)
            json.name("links")
            json.beginArray()
            Self.link("self", "\(baseURL)/v3/vault/setup-tokens/\(setup.id)", &json)
            if setup.status == "PAYER_ACTION_REQUIRED" {
                Self.link("approve", "\(baseURL)/checkoutnow?token=\(setup.id)", &json)
            }
            json.endArray()
        }
    }

    func createToken(_ body: JSONObject, _ key: String?, _ state: inout State) -> Response {
        if let key, let id = state.books.replays["token \(key)"] { return showToken(id, 200, state) }
        guard let source = body.object("payment_source")?.object("token"), source.text("type") == "SETUP_TOKEN",
            let name = source.text("id")
        else { return Self.error(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER") }
        guard let index = state.books.setups.firstIndex(where: { $0.id == name }) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        guard state.books.setups[index].status == "APPROVED" else {
            return Self.error(422, "UNPROCESSABLE_ENTITY", "INVALID_SETUP_TOKEN_STATUS")
        }
        state.books.setups[index].status = "VAULTED"
        let token = PayPalPeerBooks.Token(
            id: state.books.name("8k"), customer: state.books.setups[index].customer, refusal: nil)
        state.books.tokens.append(token)
        if let key { state.books.replays["token \(key)"] = token.id }
        return showToken(token.id, 201, state)
    }

    func showToken(_ id: String, _ status: Int, _ state: State) -> Response {
        guard let token = state.books.tokens.first(where: { $0.id == id }) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "TOKEN_NOT_FOUND")
        }
        return Self.json(status) { write(token, to: &$0) }
    }

    private func write(_ token: PayPalPeerBooks.Token, to json: inout JSONWriter) {
        json.name("id")
        json.string(token.id)
        json.name("customer")
        json.beginObject()
        json.name("id")
        json.string(token.customer)
        json.endObject()
        json.name("payment_source")
        json.beginObject()
        json.name("paypal")
        json.beginObject()
        json.name("email_address")
        json.string("buyer@example.com")
        json.endObject()
        json.endObject()
    }

    func listTokens(_ query: String, _ state: State) -> Response {
        let customer = QueryItems(query)?["customer_id"]
        return Self.json(200) { json in
            json.name("payment_tokens")
            json.beginArray()
            for token in state.books.tokens where token.customer == customer {
                json.raw(document { write(token, to: &$0) })
            }
            json.endArray()
        }
    }

    func deleteToken(_ id: String, _ state: inout State) -> Response {
        state.books.tokens.removeAll { $0.id == id }
        return Response(status: 204)
    }
}
