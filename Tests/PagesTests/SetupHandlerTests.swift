import Billing
import Fields
import Pages
import Storage
import Testing

@Suite struct SetupHandlerTests {
    private let good = "4242424242424242"

    @Test func `a trial gets its card: what comes when is said first, and the way back at the end`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99", trialDays: 14)
            let subscription = try await story.subscribe(to: "monthly", returnURL: "https://shop.example/done?o=7")
            let path = story.setupPath(subscription)
            let page = await story.get(path)
            #expect(page.status == 200 && page.heading.contains("$0.00"))
            #expect(page.text.contains("First charge on") && page.text.contains("$29.99"))
            #expect(page.says(.saveCard) && page.text.contains("https://shop.example/done?o=7"))
            let done = await story.post(path + "/pay", from: page, PageStory.card(good))
            #expect(done.path == path + "?step=done" && done.heading.contains("Saved. Thank you."))
            #expect(done.text.contains("Visa ending 4242"))
            #expect(done.refresh == "0; url=https://shop.example/done?o=7")
            #expect(try story.now(subscription).paymentMethod != nil)
            // The link can be used again, to change the card.
            let again = await story.get(path)
            #expect(again.refresh == nil && again.text.contains("Charged to Visa ending 4242"))
            let changed = await story.post(path + "/pay", from: again, PageStory.card("4000000000000259"))
            #expect(changed.text.contains("Visa ending 0259"))
        }
    }

    @Test func `a first invoice that waits is charged at once, and the subscription begins`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            #expect(subscription.status == .incomplete)
            let path = story.setupPath(subscription)
            let page = await story.get(path)
            #expect(page.heading.contains("$29.99") && page.text.contains("Save and pay"))
            _ = await story.post(path + "/pay", from: page, PageStory.card(good))
            await story.wait(seconds: 5)
            #expect(try story.now(subscription).status == .active)
            #expect(try story.invoices(of: subscription).map(\.status) == [.paid])
            let done = await story.get(path + "?step=done")
            #expect(done.heading.contains("Saved and paid"))
            #expect(done.text.contains("$29.99"))
        }
    }

    @Test func `a saved card that cannot be charged is said, and another is charged`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            let path = story.setupPath(subscription)
            _ = await story.post(path + "/pay", from: await story.get(path), PageStory.card("4000000000000341"))
            await story.wait(seconds: 5)
            let failed = await story.get(path + "?step=done")
            #expect(failed.heading.contains("did not succeed") && failed.says(.payAnotherWay))
            let invoice = try #require(try story.invoices(of: subscription).first)
            #expect(failed.text.contains(PageStory.path(invoice)))
            #expect(try story.now(subscription).status == .incomplete)
            _ = await story.post(path + "/pay", from: failed, PageStory.card(good))
            await story.wait(seconds: 5)
            #expect(try story.now(subscription).status == .active)
        }
    }

    @Test func `a decline, a mistake and the bank's check leave the page open`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99", trialDays: 14)
            let subscription = try await story.subscribe(to: "monthly")
            let path = story.setupPath(subscription)
            let mistaken = await story.post(path + "/pay", from: await story.get(path), PageStory.card("42"))
            #expect(mistaken.status == 422 && mistaken.says(.numberInvalid))
            let declined = await story.post(path + "/pay", from: mistaken, PageStory.card("4000000000000002"))
            #expect(declined.heading.contains("Your bank declined this card") && declined.says(.saveCard))
            let check = await story.post(path + "/pay", from: declined, PageStory.card("4000002500003155"))
            #expect(check.path.contains("/challenge/") && check.heading.contains("Your bank asks"))
            let refused = await story.post(path + "/challenge", from: check, [("decision", "refuse")])
            #expect(refused.says(.declinedAuthentication))
            #expect(try story.now(subscription).paymentMethod == nil)
            let again = await story.post(path + "/pay", from: refused, PageStory.card("4000002500003155"))
            let done = await story.post(path + "/challenge", from: again, [("decision", "approve")])
            #expect(done.heading.contains("Saved. Thank you."))
            #expect(try story.now(subscription).paymentMethod != nil)
        }
    }

    @Test func `a wallet is saved on its own page`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99", trialDays: 14)
            let path = story.setupPath(try await story.subscribe(to: "monthly"))
            let wallet = await story.post(
                path + "/pay", from: await story.get(path), [("method", "sandbox_beta")])
            #expect(wallet.path.contains("/pay/"))
            let done = await story.post(path + "/wallet", from: wallet, [("decision", "approve")])
            #expect(done.heading.contains("Saved. Thank you."))
        }
    }

    @Test func `a page of the portal is used once, and one of an ended subscription not at all`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99", trialDays: 14)
            let subscription = try await story.subscribe(to: "monthly")
            let account = try await story.account(of: subscription.customer)
            let page = await story.post(account.path + "/cards", from: account)
            #expect(page.path.hasPrefix("/setup/") && page.says(.backToAccount))
            let back = await story.postOnly(page.path + "/pay", csrf: page.csrf, PageStory.card(good))
            let done = await story.get(try #require(back.location))
            #expect(done.status == 303 && done.location == account.path + "?notice=saved")
            #expect(await story.get(page.path).heading.contains("Saved"))
            let unused = await story.post(account.path + "/cards", from: account)
            await story.wait(seconds: 90_000)
            #expect(await story.get(unused.path).says(.setupExpiredHeading))
            try await story.merchant { ledger, application, transaction in
                var input = CancelInput()
                input.atPeriodEnd = false
                _ = try Subscriptions(ledger).cancel(
                    subscription.id, input, application: application, by: .system, in: transaction)
            }
            let ended = await story.get(story.setupPath(subscription))
            #expect(ended.says(.setupEndedHeading) && !ended.text.contains("<form"))
        }
    }

    @Test func `a form from another site, without its proof, or at an unknown address is refused`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99", trialDays: 14)
            let subscription = try await story.subscribe(to: "monthly")
            let path = story.setupPath(subscription)
            let page = await story.get(path)
            let fields = PageStory.card(good)
            #expect(await story.postOnly(path + "/pay", csrf: "no", fields).status == 403)
            #expect(await story.postOnly(path + "/pay", csrf: page.csrf, fields, site: "cross-site").status == 403)
            #expect(await story.get("/setup/00000000000000000000000000000000").status == 404)
            #expect(await story.get("/setup/zz").status == 404)
            #expect(await story.get(path + "/elsewhere").status == 404)
            #expect(try story.now(subscription).paymentMethod == nil)
        }
    }

    @Test func `a language that was asked for goes along, from the link to the end`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99", trialDays: 14)
            let path = story.setupPath(try await story.subscribe(to: "monthly"))
            let page = await story.get(path + "?locale=de")
            #expect(page.text.contains("lang=\"de\"") && page.text.contains("\(path)/pay?locale=de"))
            let check = await story.post(path + "/pay?locale=de", from: page, PageStory.card("4000002500003155"))
            #expect(check.path.contains("/challenge/") && check.text.contains("\(path)/challenge?locale=de"))
            let done = await story.post(path + "/challenge?locale=de", from: check, [("decision", "approve")])
            #expect(done.path == path + "?step=done&locale=de" && done.heading.contains("Gespeichert"))
        }
    }
}
