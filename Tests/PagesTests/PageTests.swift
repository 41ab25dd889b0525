import Bytes
import Pages
import Testing

@Suite struct PageTests {
    @Test(arguments: Language.allCases)
    func `every page in every language has its landmarks, labels and proofs, and nothing inline or from elsewhere`(
        language: Language
    ) {
        for (name, page) in SamplePages.all(language) {
            let checker = PageChecker(page.bytes)
            #expect(checker.problems.isEmpty, "\(name): \(checker.problems)")
            #expect(!checker.text.contains("{"), "\(name) has an unfilled phrase")
        }
    }

    @Test func `hostile names and descriptions stay text`() {
        let hostile = "\"><script>alert(1)</script><img src=x onerror='x'> & \u{0}\u{202e}"
        let view = SamplePages.view(merchantName: hostile, description: hostile, reference: hostile)
        var pages = [
            CheckoutPages.choose(view), CheckoutPages.declined(view, reason: .wallet(hostile)),
            CheckoutPages.confirming(view, details: hostile, state: hostile),
            CheckoutPages.leaving(view, to: "javascript:alert(1)", place: hostile),
            CheckoutPages.cancelled(view, backURL: "data:text/html,x"),
        ]
        var wrong = view
        wrong.cardForm.holderName = hostile
        wrong.cardForm.expiry = hostile
        wrong.cardForm.problems = [.codeMissing]
        pages.append(CheckoutPages.choose(wrong))
        for page in pages {
            let checker = PageChecker(page.bytes)
            #expect(checker.problems.isEmpty, "\(checker.problems)")
            #expect(checker.all("script").count == 1)
            #expect(checker.all("img").isEmpty)
            #expect(page.refreshURL == nil)
        }
    }

    @Test func `a page that leaves says where in a header and in a link`() {
        let page = CheckoutPages.leaving(SamplePages.view(), to: "https://paypal.example/pay/1", place: "PayPal")
        #expect(page.status == 200)
        #expect(page.headers.contains { $0.name == "Refresh" && $0.value == "0; url=https://paypal.example/pay/1" })
        #expect(PageChecker(page.bytes).all("a").contains { $0.attributes["href"] == "https://paypal.example/pay/1" })
    }

    @Test func `a receipt without a way back has no button and no refresh`() {
        let receipt = ReceiptView(payment: "abc", paidWith: nil, paidAt: SamplePages.moment)
        let page = CheckoutPages.success(SamplePages.view(), receipt: receipt, returnURL: nil, leavesAtOnce: true)
        #expect(page.refreshURL == nil)
        #expect(!PageChecker(page.bytes).all("a").contains { $0.attributes["class"] == "btn main" })
    }

    @Test func `the card form bears the standard tokens and no number or code`() {
        let fields = PageChecker(CheckoutPages.choose(SamplePages.view()).bytes).all("input")
        let tokens = fields.compactMap { $0.attributes["autocomplete"] }
        #expect(tokens == ["cc-number", "cc-name", "cc-exp", "cc-csc"])
        for field in fields where ["number", "code"].contains(field.attributes["name"]) {
            #expect(field.attributes["value"] == nil)
            #expect(field.attributes["inputmode"] == "numeric")
        }
    }

    @Test func `each problem marks its field and is linked from the summary`() throws {
        for problem in CardProblem.allCases {
            var view = SamplePages.view()
            view.cardForm.problems = [problem]
            let page = CheckoutPages.choose(view)
            let checker = PageChecker(page.bytes)
            let id = problem.field.rawValue
            let field = try #require(checker.all("input").first { $0.attributes["id"] == id })
            #expect(page.status == 422)
            #expect(field.attributes["aria-invalid"] == "true")
            #expect(field.attributes["aria-describedby"]?.contains("\(id)-error") == true)
            #expect(checker.all("a").contains { $0.attributes["href"] == "#\(id)" })
            #expect(
                checker.tags.contains { $0.attributes["role"] == "alert" && $0.attributes["class"] == "notice bad" })
        }
    }

    @Test func `pages bear a strict policy and are kept nowhere`() {
        let headers = TroublePages.notFound().headers
        func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        #expect(value("Content-Security-Policy")?.contains("unsafe") == false)
        #expect(value("Content-Security-Policy")?.contains("default-src 'none'") == true)
        #expect(value("Cache-Control") == "no-store")
        #expect(value("Referrer-Policy") == "no-referrer")
        #expect(value("X-Content-Type-Options") == "nosniff")
        #expect(value("Cross-Origin-Opener-Policy") == "same-origin")
        #expect(value("X-Robots-Tag") == "noindex")
    }

    @Test func `a checkout weighs less than thirty kilobytes before compression`() throws {
        let style = try #require(SamplePages.merchant().brand)
        var total = CheckoutPages.choose(SamplePages.view()).bytes.count
        for path in ["tokens.css", "checkout.css", "checkout.js", "mark.svg"].map(AssetServer.pages.path) + [style.path]
        {
            total += try #require(AssetServer.pages.file(at: path)).bytes.count
        }
        #expect(total < 30_000)
    }
}
