import Billing
import Bytes
import Crypto
import Pages
import Testing

@Suite struct InvoiceDocumentPageTests {
    private func text(_ document: InvoiceDocument, _ language: Language = .english) -> String {
        String(decoding: InvoiceDocumentPage.page(document, language: language).bytes, as: UTF8.self)
    }

    @Test(arguments: Language.allCases)
    func `it says everything that an account needs, and fills every phrase`(language: Language) {
        let page = text(SampleDocuments.settled(), language)
        let amounts = ["37.50", "32.50", "22.50", "10.00", "5.00", "12.50"]
        let facts = [
            "Cacao Lane", "Maya Lindqvist", "Rua das Flores 12", "4050-262 Porto", "INV-2025-000214", "CN-2025-000007",
            "One box arrived broken", "SEPA 2025-01-16 / 7731", "4242", "2025-01-15", "2025-01-29", "2025-01-16",
        ]
        for fact in facts { #expect(page.contains(fact), "\(fact)") }
        for amount in amounts {
            let shown = language == .english ? amount : amount.split(separator: ".").joined(separator: ",")
            #expect(page.contains(shown), "\(shown)")
        }
        let body = page.split(separator: "</style>").last ?? ""
        #expect(!body.contains("{"), "an unfilled phrase")
        for phrase in [Phrase.subtotal, .tax, .total, .creditApplied, .payments, .amountDue, .billedTo, .issuedBy] {
            #expect(page.contains(">\(language.text(phrase))<"), "\(phrase)")
        }
    }

    @Test func `it needs no other file, and its policy allows its own stylesheet alone`() throws {
        let page = InvoiceDocumentPage.page(SampleDocuments.open(lines: 2))
        let text = String(decoding: page.bytes, as: UTF8.self)
        for word in ["<script", "<link", "src=\"/", "style=\"", "url("] { #expect(!text.contains(word), "\(word)") }
        let start = try #require(text.firstRange(of: "<style>")).upperBound
        let end = try #require(text.firstRange(of: "</style>")).lowerBound
        let hash = Base64.encode(SHA256.hash(Array(text[start..<end].utf8)))
        let policy = try #require(page.headers.first { $0.name == "Content-Security-Policy" }?.value)
        #expect(policy.contains("style-src 'sha256-\(hash)';") && !policy.contains("unsafe"))
    }

    @Test func `hostile names stay text, in the page and in its stylesheet`() {
        let hostile = "\"</style><script>alert(1)</script>\\ } \u{202e}\n"
        var document = SampleDocuments.open(lines: 1)
        document.application.name = hostile
        document.invoice = SampleDocuments.invoice(lines: 1, description: hostile)
        document.invoice.description = hostile
        document.customer = SampleDocuments.customer(hostile)
        let page = text(document)
        #expect(!page.contains("<script"))
        #expect(page.split(separator: "</style>").count == 2)
    }

    @Test func `a withdrawn invoice owes nothing, and a forgotten customer is not named`() {
        var document = SampleDocuments.open(lines: 2)
        document.invoice.status = .void
        document.invoice.voidedAt = SampleDocuments.moment
        document.customer = nil
        let page = text(document)
        #expect(page.contains(Language.english.text(.stateVoid)))
        #expect(page.contains(Language.english.text(.forgottenCustomer)))
        #expect(page.contains("€0.00"))
        #expect(!page.contains("/invoice/"), "nobody is asked to pay it")
        #expect(!page.contains("Maya"))
    }

    @Test func `an open one names the page to pay it at`() {
        #expect(text(SampleDocuments.open(lines: 1)).contains("https://pay.cacaolane.example/invoice/"))
    }
}
