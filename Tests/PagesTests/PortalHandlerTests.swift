import Billing
import Bytes
import Fields
import Pages
import Scenarios
import Storage
import Testing

@Suite struct PortalHandlerTests {
    @Test func `the account shows subscriptions, invoices, cards and details`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let (subscription, account) = try await story.subscribed(to: "monthly")
            #expect(account.status == 200 && account.says(.portalHeading))
            for text in ["Plan monthly", "$29.99 every month", "Visa ending 4242", "ada@example.com"] {
                #expect(account.text.contains(text), "\(text)")
            }
            let invoice = try #require(try story.invoices(of: subscription).first)
            #expect(account.text.contains(invoice.number ?? "-"))
            #expect(account.text.contains(PageStory.path(invoice) + "/document"))
            #expect(account.text.contains("https://shop.example/account"))
            #expect(!account.says(.changePlan), "plans are not changed here unless the merchant says so")
        }
    }

    @Test func `a subscription is cancelled after a question, and the cancellation taken back`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let (subscription, account) = try await story.subscribed(to: "monthly")
            let path = account.path + "/subscriptions/\(subscription.id)"
            let question = await story.get(path + "/cancel")
            #expect(question.heading.contains("Cancel Plan monthly?"))
            #expect(try story.now(subscription).cancelsAtPeriodEnd == false)
            let cancelled = await story.post(path + "/cancel", from: question)
            #expect(cancelled.says(.cancelledNotice) && cancelled.text.contains("Ends on"))
            #expect(try story.now(subscription).cancelsAtPeriodEnd)
            let kept = await story.post(path + "/keep", from: cancelled)
            #expect(kept.says(.keptNotice) && kept.text.contains("Renews on"))
            #expect(await story.post(path + "/keep", from: kept).says(.refusedNotice))
            #expect(try story.now(subscription).cancelsAtPeriodEnd == false)
        }
    }

    @Test func `what the merchant does not allow is neither shown nor done`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            try await story.plan("big", "59.99")
            let (subscription, account) = try await story.subscribed(to: "monthly")
            let path = account.path + "/subscriptions/\(subscription.id)"
            #expect(await story.get(path + "/plan").status == 404)
            let refused = await story.post(path + "/plan", from: account, [("plan", "big"), ("preview", "0-0")])
            #expect(refused.says(.refusedNotice))
            try await Self.allow(story) { $0.allowsCancel = false }
            #expect(await story.get(path + "/cancel").status == 404)
            #expect(await story.post(path + "/cancel", from: account).says(.refusedNotice))
            #expect(await story.get(account.path).says(.cancelSubscription) == false)
            #expect(try story.now(subscription).cancelsAtPeriodEnd == false)
            #expect(try story.now(subscription).plan.id == "monthly")
        }
    }

    private static func allow(_ story: PageStory, _ change: @escaping @Sendable (inout PortalSettings) -> Void)
        async throws
    {
        try await story.merchant { ledger, application, transaction in
            var update = ApplicationChange()
            var settings = application.portal
            change(&settings)
            update.portal = settings
            _ = try Applications(ledger).update(application.id, update, by: .system, in: transaction)
        }
    }

    @Test func `a plan is changed for what the preview said, and for nothing else`() throws {
        try PageStory().run { story in
            for (id, price) in [("monthly", "29.99"), ("big", "59.99"), ("small", "9.99"), ("hidden", "1.00")] {
                try await story.plan(id, price)
            }
            try await Self.allow(story) {
                $0.allowsPlanChange = true
                $0.plans = ["big", "small"]
            }
            let (subscription, account) = try await story.subscribed(to: "monthly")
            let path = account.path + "/subscriptions/\(subscription.id)/plan"
            let plans = await story.get(path)
            #expect(plans.text.contains("Plan big") && plans.text.contains("Plan small"))
            #expect(!plans.text.contains("Plan hidden"))
            #expect(await story.get(path + "?to=hidden").status == 404)
            let preview = await story.get(path + "?to=big")
            #expect(preview.heading.contains("Change to Plan big?") && preview.text.contains("Change and pay"))
            let token = Self.hidden("preview", preview)
            // Something changes meanwhile: the new amounts are shown before anything is billed.
            try await story.merchant { ledger, application, transaction in
                var patch = SubscriptionPatch()
                patch.metadata = .set(Metadata([Metadata.Entry(key: "note", value: "changed")]))
                _ = try Subscriptions(ledger).update(
                    subscription.id, patch, application: application, by: .system, in: transaction)
            }
            let outdated = await story.post(path, from: preview, [("plan", "big"), ("preview", token)])
            #expect(outdated.says(.previewOutdated) && outdated.heading.contains("Change to Plan big?"))
            #expect(try story.now(subscription).plan.id == "monthly")
            let fresh = Self.hidden("preview", outdated)
            let changed = await story.post(path, from: outdated, [("plan", "big"), ("preview", fresh)])
            #expect(changed.says(.planWaitsNotice) || changed.says(.planChangedNotice))
            await story.wait(seconds: 5)
            #expect(try story.now(subscription).plan.id == "big")
            // A cheaper plan: credit on the next invoice, at once.
            let down = await story.get(path + "?to=small")
            #expect(down.says(.previewNext))
            let less = await story.post(
                path, from: down, [("plan", "small"), ("preview", Self.hidden("preview", down))])
            #expect(less.says(.planChangedNotice))
            #expect(try story.now(subscription).plan.id == "small")
        }
    }

    private static func hidden(_ name: String, _ page: PageStory.Visit) -> String {
        guard let start = page.text.firstRange(of: "name=\"\(name)\" value=\"") else { return "" }
        return String(page.text[start.upperBound...].prefix { $0 != "\"" })
    }

    @Test func `a card is added, given to a subscription, made the default and removed`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let (subscription, account) = try await story.subscribed(to: "monthly")
            let first = try #require(try story.now(subscription).paymentMethod)
            let path = account.path + "/subscriptions/\(subscription.id)/card"
            let choice = await story.get(path)
            #expect(choice.heading.contains("Which card for Plan monthly?") && choice.says(.inUse))
            let setup = await story.post(path, from: choice)
            let answer = await story.postOnly(
                setup.path + "/pay", csrf: setup.csrf, PageStory.card("4000002500003155"))
            let check = await story.get(try #require(answer.location))
            let done = await story.postOnly(
                setup.path + "/challenge", csrf: check.csrf, [("decision", "approve")])
            let back = await story.get(try #require(done.location))
            #expect(back.location == account.path + "?notice=card")
            let second = try #require(try story.now(subscription).paymentMethod)
            #expect(second != first)
            let again = await story.post(path, from: choice, [("card", first.description)])
            #expect(again.says(.cardChangedNotice))
            #expect(try story.now(subscription).paymentMethod == first)
            let isDefault = await story.post(account.path + "/cards/\(second)/default", from: account)
            #expect(isDefault.says(.defaultNotice))
            let question = await story.get(account.path + "/cards/\(first)/remove")
            #expect(question.heading.contains("Remove Visa ending 4242?"))
            let removed = await story.post(account.path + "/cards/\(first)/remove", from: question)
            #expect(removed.says(.removedNotice))
            #expect(try story.now(subscription).paymentMethod == nil)
        }
    }

    @Test func `the merchant's logo is on the link's own page too`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            _ = try await story.subscribed(to: "monthly")
            let token = try #require(
                try story.node.store.readSync { snapshot in
                    var token: [UInt8]?
                    snapshot.scan(PortalSession.self) { session, _ in
                        token = session.token.bytes
                        return false
                    }
                    return token
                })
            let path = "/portal/" + Hex.encode(token)
            #expect(await story.get(path + "/logo").status == 404)
            try await story.merchant { ledger, application, transaction in
                var change = ApplicationChange()
                change.logo = Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)
                _ = try Applications(ledger).update(application.id, change, by: .system, in: transaction)
            }
            #expect(await story.get(path).text.contains(path + "/logo"))
            #expect(await story.get(path + "/logo").status == 200)
        }
    }

    @Test func `one session acts a bounded number of times a minute`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let (subscription, account) = try await story.subscribed(to: "monthly")
            let path = account.path + "/subscriptions/\(subscription.id)/keep"
            for _ in 0..<60 { #expect(await story.postOnly(path, csrf: account.csrf).status == 303) }
            #expect(await story.postOnly(account.path + "/cards", csrf: account.csrf).status == 429)
            #expect(await story.get(account.path).status == 200)
            await story.wait(seconds: 61)
            #expect(await story.postOnly(path, csrf: account.csrf).status == 303)
        }
    }

    @Test func `nothing of another customer can be seen or changed, and no form works without its proof`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let (_, account) = try await story.subscribed(to: "monthly")
            let other = try await story.subscribe(to: "monthly", email: "eve@example.com")
            let path = account.path + "/subscriptions/\(other.id)"
            for act in ["cancel", "card", "plan"] { #expect(await story.get("\(path)/\(act)").status == 404) }
            for act in ["cancel", "keep", "card", "plan"] {
                #expect(await story.postOnly("\(path)/\(act)", csrf: account.csrf).status == 404)
            }
            #expect(!account.text.contains("eve@example.com"))
            #expect(await story.postOnly(account.path + "/cards", csrf: "x").status == 403)
            #expect(await story.postOnly(account.path + "/cards", csrf: account.csrf, site: "cross-site").status == 403)
            #expect(try story.now(other).status == .incomplete)
            await story.wait(seconds: 1900)
            #expect(await story.get(account.path).status == 404)
        }
    }
}
