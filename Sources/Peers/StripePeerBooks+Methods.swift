import JSON

extension StripePeerBooks {
    func getMethod(_ name: String) -> StripePeerAnswer {
        guard let method = methods[name] else { return .missing("payment_method", parameter: "payment_method") }
        return StripePeerAnswer(show(method))
    }

    mutating func detachMethod(_ name: String) -> StripePeerAnswer {
        guard var method = methods[name] else { return .missing("payment_method", parameter: "payment_method") }
        guard let customer = method.customer else {
            return .refused(400, "invalid_request_error", message: "It is not attached to a customer.")
        }
        method.customer = nil
        methods[name] = method
        announce(
            "payment_method.detached", show(method), previous: .members([("customer", .string(customer))]))
        return StripePeerAnswer(show(method))
    }

    func show(_ method: Objects.Method) -> JSONValue {
        .members([
            ("id", .string(method.id)), ("object", .string("payment_method")),
            (
                method.card.type,
                .members([
                    ("brand", .string(method.card.brand)), ("exp_month", .integer(method.expiryMonth)),
                    ("exp_year", .integer(method.expiryYear)), ("last4", .string(method.card.last4)),
                ])
            ), ("created", .integer(now)), ("customer", .text(method.customer)), ("livemode", .bool(false)),
            ("metadata", .members([])), ("type", .string(method.card.type)),
        ])
    }

    // MARK: Addresses for notices

    mutating func makeEndpoint(_ form: StripePeerForm) -> StripePeerAnswer {
        guard let url = form["url"], url.hasPrefix("https://") || url.hasPrefix("http://") else {
            return .invalid("url_invalid", "url", "A URL is needed.")
        }
        guard form["enabled_events[0]"] != nil else {
            return .invalid("parameter_missing", "enabled_events", "Events are needed.")
        }
        let id = newName("we_")
        let endpoint = Objects.Endpoint(id: id, url: url, secret: "whsec_\(id)Secret")
        endpoints.append(endpoint)
        return StripePeerAnswer(show(endpoint, isNew: true))
    }

    func listEndpoints(_ form: StripePeerForm) -> StripePeerAnswer {
        page(endpoints, form, name: \.id) { show($0, isNew: false) }
    }

    mutating func deleteEndpoint(_ name: String) -> StripePeerAnswer {
        guard let place = endpoints.firstIndex(where: { $0.id == name }) else {
            return .missing("webhook_endpoint", parameter: "webhook_endpoint")
        }
        endpoints.remove(at: place)
        return StripePeerAnswer(
            .members([("id", .string(name)), ("object", .string("webhook_endpoint")), ("deleted", .bool(true))]))
    }

    private func show(_ endpoint: Objects.Endpoint, isNew: Bool) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(endpoint.id)), ("object", .string("webhook_endpoint")), ("livemode", .bool(false)),
            ("status", .string("enabled")), ("url", .string(endpoint.url)),
        ]
        if isNew { members.append(("secret", .string(endpoint.secret))) }
        return .members(members)
    }
}
