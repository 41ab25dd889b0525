import JSON

/// What people do at Stripe: the buyer on the hosted page, the merchant in the dashboard, the bank.
extension StripePeer {
    /// Pays an open session, or fails to.
    ///
    /// - Parameter amount: What is taken, where it is not what was asked.
    /// - Returns: the intent; nil when the session takes no money.
    @discardableResult
    package func pay(
        _ session: String, with card: StripePeerCard = .good, taking amount: Int64? = nil
    ) -> String? {
        withBooks { books in
            guard var session = books.sessions[session], session.status == "open", session.mode == "payment" else {
                return nil
            }
            let intent =
                session.intent.flatMap { books.intents[$0] }
                ?? StripePeerObjects.Intent(
                    id: books.newName("pi_"), status: "requires_payment_method",
                    amount: amount ?? session.amount,
                    currency: session.currency, created: books.now, metadata: session.innerMetadata)
            var used = intent
            used.lastError = nil
            if session.createsCustomer, session.customer == nil { session.customer = books.newName("cus_") }
            used.customer = session.customer
            used.method = books.keep(card, of: session.savesMethod ? session.customer : nil)
            used = books.charge(used, card, card.now == .authenticates ? .succeeds : card.now)
            session.intent = used.id
            if used.status == "succeeded" || used.status == "processing" {
                session.status = "complete"
                session.paymentStatus = used.status == "succeeded" ? "paid" : "unpaid"
            }
            books.sessions[session.id] = session
            if session.status == "complete" {
                books.announce("checkout.session.completed", books.show(session, .none))
            }
            return used.id
        }
    }

    /// Leaves a method on an open session that saves one.
    ///
    /// - Returns: its token, as a charge needs it.
    @discardableResult
    package func leave(_ card: StripePeerCard = .good, on session: String) -> String? {
        withBooks { books in
            guard var session = books.sessions[session], session.status == "open", session.mode == "setup" else {
                return nil
            }
            let customer = books.newName("cus_")
            let method = books.keep(card, of: customer)
            var intent = StripePeerObjects.Intent(
                id: books.newName("seti_"), status: "succeeded", amount: 0, currency: session.currency,
                created: books.now, metadata: session.innerMetadata, customer: customer, method: method)
            intent.isSetup = true
            books.intents[intent.id] = intent
            session.status = "complete"
            session.paymentStatus = "no_payment_required"
            session.setupIntent = intent.id
            session.customer = customer
            books.sessions[session.id] = session
            books.announce("setup_intent.succeeded", books.show(intent, .none))
            books.announce("checkout.session.completed", books.show(session, .none))
            return "\(customer)/\(method)"
        }
    }

    /// A method of a customer that was left some time ago; its token.
    package func savedMethod(_ card: StripePeerCard = .good) -> String {
        withBooks { books in
            let customer = books.newName("cus_")
            let method = books.keep(card, of: customer)
            return "\(customer)/\(method)" + (card.type == "card" ? "" : "/\(card.type)")
        }
    }

    /// What takes time ends.
    package func settle(_ intent: String, succeeds: Bool) {
        withBooks { books in
            guard let before = books.intents[intent], before.status == "processing" else { return }
            let after = books.charge(before, .good, succeeds ? .succeeds : .declines(code: "insufficient_funds"))
            guard var session = books.sessions.items.first(where: { $0.intent == intent }) else { return }
            if after.status == "succeeded" { session.paymentStatus = "paid" }
            books.sessions[session.id] = session
            books.announce(
                "checkout.session.async_payment_\(succeeds ? "succeeded" : "failed")", books.show(session, .none))
        }
    }

    /// A session's time is over.
    package func expire(_ session: String) {
        withBooks { books in _ = books.expireSession(session) }
    }

    /// The merchant gives money back in the dashboard.
    ///
    /// - Returns: the refund's name; nil when there is nothing to give back.
    @discardableResult
    package func refundByHand(_ intent: String, _ amount: Int64, status: String = "succeeded") -> String? {
        withBooks { books in
            guard let found = books.intents[intent], found.status == "succeeded",
                amount <= found.received - books.refunded(intent)
            else { return nil }
            return books.refund(found, amount, [], status: status).id
        }
    }

    /// The bank lets a refund through or sends it back.
    package func settleRefund(_ name: String, status: String, reason: String? = nil) {
        withBooks { books in
            guard var refund = books.refunds[name] else { return }
            refund.status = status
            refund.failureReason = reason
            books.refunds[name] = refund
            books.announce(status == "failed" ? "refund.failed" : "refund.updated", books.show(refund))
        }
    }

    /// The buyer disputes a charge.
    package func dispute(_ intent: String) {
        withBooks { $0.dispute(intent) }
    }

    /// The bank sent new data of a card.
    package func renew(_ token: String, expiryYear: Int64) {
        withBooks { books in
            let name = token.split(separator: "/").dropFirst().first.map(String.init) ?? ""
            guard var method = books.methods[name] else { return }
            method.expiryYear = expiryYear
            books.methods[name] = method
            books.announce("payment_method.automatically_updated", books.show(method))
        }
    }

    /// The merchant takes a method away in the dashboard.
    package func detach(_ token: String) {
        withBooks { books in
            _ = books.detachMethod(token.split(separator: "/").dropFirst().first.map(String.init) ?? "")
        }
    }
}

extension StripePeerBooks {
    /// A new method; its name.
    mutating func keep(_ card: StripePeerCard, of customer: String?) -> String {
        let name = newName("pm_")
        methods[name] = Objects.Method(id: name, customer: customer, card: card)
        return name
    }
}
