import Billing
import Fields
import Pages
import Scenarios
import Storage
import Testing

@Suite struct InvoiceHandlerTests {
    @Test func `an invoice is seen, paid at a checkout, and then shown as paid; the card stays with the subscription`()
        throws
    {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            let invoice = try #require(try story.invoices(of: subscription).first)
            let path = PageStory.path(invoice)
            let page = await story.get(path)
            #expect(page.status == 200 && page.heading.contains("$29.99"))
            #expect(page.text.contains(invoice.number ?? "-") && page.text.contains("Plan monthly"))
            let checkout = await story.post(path + "/pay", from: page)
            #expect(checkout.path.hasPrefix("/checkout/"))
            #expect(checkout.heading.contains("$29.99") && checkout.text.contains("\u{2013}"), "lines with periods")
            // Going back and pressing again leads to the same payment.
            #expect(await story.post(path + "/pay", from: page).path == checkout.path)
            let paid = await story.post(
                checkout.path + "/pay", from: checkout, PageStory.card("4242424242424242"))
            #expect(paid.heading.contains("Paid. Thank you."))
            let after = await story.get(path)
            #expect(after.says(.invoicePaidHeading) && !after.text.contains("<form"))
            #expect(try story.now(subscription).status == .active)
            #expect(try story.now(subscription).paymentMethod != nil, "the card of a paid first invoice is kept")
            #expect(await story.get(path + "/status").text == #"{"state":"paid"}"#)
            #expect(await story.postOnly(path + "/pay", csrf: page.csrf).location == path)
        }
    }

    @Test func `a payment that is being confirmed is said, and nobody is asked to pay again`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            let path = PageStory.path(try #require(try story.invoices(of: subscription).first))
            let checkout = await story.post(path + "/pay", from: await story.get(path))
            try await story.node.setFaults([.timeoutAfterCharge], of: "sandbox_alpha")
            let sent = await story.post(checkout.path + "/pay", from: checkout, PageStory.card("4242424242424242"))
            #expect(sent.says(.confirmingHeading))
            let page = await story.get(path)
            #expect(page.says(.confirmingHeading) && !page.text.contains("<form"))
            #expect(await story.get(path + "/status").text == #"{"state":"processing"}"#)
            try await story.node.setFaults([], of: "sandbox_alpha")
            await story.wait(seconds: 60)
            #expect(await story.get(path).says(.invoicePaidHeading))
        }
    }

    @Test func `its document is there, in the language asked for, and a withdrawn one asks for nothing`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            let invoice = try #require(try story.invoices(of: subscription).first)
            let path = PageStory.path(invoice)
            let document = await story.get(path + "/document?locale=de")
            #expect(document.status == 200 && document.text.contains("Rechnungsnummer"))
            #expect(document.text.contains("29,99"))
            try await story.merchant { ledger, application, transaction in
                _ = try Invoices(ledger).void(invoice.id, application: application, by: .system, in: transaction)
            }
            let page = await story.get(path)
            #expect(page.says(.invoiceVoidHeading) && !page.text.contains("<form"))
        }
    }

    @Test func `unknown addresses and forms without their proof are refused`() throws {
        try PageStory().run { story in
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            let path = PageStory.path(try #require(try story.invoices(of: subscription).first))
            let page = await story.get(path)
            #expect(await story.postOnly(path + "/pay", csrf: "no").status == 403)
            #expect(await story.postOnly(path + "/pay", csrf: page.csrf, site: "cross-site").status == 403)
            for target in ["/invoice/", "/invoice/00", path + "/other", path + "/pay", path.uppercased()] {
                let status = await story.get(target).status
                #expect(status == 404 || status == 0, "\(target)")
            }
            #expect(try story.node.payments().isEmpty)
        }
    }

    @Test func `while live applications are held, no payment and no saving of a card begins`() throws {
        try PageStory().run { story in
            try await story.merchant { _, application, transaction in
                var live = application
                live.mode = .live
                transaction.put(live)
            }
            try await story.plan("monthly", "29.99")
            let subscription = try await story.subscribe(to: "monthly")
            let path = PageStory.path(try #require(try story.invoices(of: subscription).first))
            try await story.merchant { _, _, transaction in transaction.put(Hold()) }
            let page = await story.get(path)
            #expect(page.status == 200)
            let answer = await story.postOnly(path + "/pay", csrf: page.csrf)
            #expect(answer.status == 503 && answer.says(.unavailableHeading))
            let setup = await story.get(story.setupPath(subscription))
            let refused = await story.postOnly(
                setup.path + "/pay", csrf: setup.csrf, PageStory.card("4242424242424242"))
            #expect(refused.status == 503 && refused.says(.unavailableHeading))
            #expect(try story.node.payments().isEmpty)
        }
    }
}
