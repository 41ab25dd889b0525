import Billing
import Fields
import Pages
import Runtime

/// Invoices as they are printed.
enum SampleDocuments {
    static let moment = SamplePages.moment

    static func application(_ name: String = "Cacao Lane") -> Application {
        var application = Application()
        application.name = name
        return application
    }

    static func customer(_ name: String = "Maya Lindqvist") -> Customer {
        var customer = Customer()
        customer.name = name
        customer.email = "maya@example.com"
        var address = Address()
        address.line1 = "Rua das Flores 12"
        address.postalCode = "4050-262"
        address.city = "Porto"
        address.country = "PT"
        customer.address = address
        return customer
    }

    /// An open invoice of `count` lines of 12.50 €, numbered so that each can be found on paper.
    static func invoice(lines count: Int, description: String = "Tasting box") -> Invoice {
        let euro = Currency("EUR") ?? .usd
        var invoice = Invoice()
        invoice.number = "INV-2025-000214"
        invoice.status = .open
        invoice.lines = (1...count).map { number in
            var line = InvoiceLine()
            line.type = .subscription
            line.description = "\(description) \(number)"
            line.unitPrice = Money(1250, euro)
            line.amount = Money(1250, euro)
            line.periodStart = moment
            line.periodEnd = moment.adding(seconds: 31 * 86_400)
            return line
        }
        invoice.subtotal = Money(1250 * Int64(count), euro)
        invoice.tax = .zero(euro)
        invoice.total = invoice.subtotal
        invoice.creditApplied = .zero(euro)
        invoice.credited = .zero(euro)
        invoice.amountPaid = .zero(euro)
        invoice.dueDate = moment.adding(seconds: 14 * 86_400)
        invoice.issuedAt = moment
        invoice.hostedURL = "https://pay.cacaolane.example/invoice/\(SamplePages.token)"
        return invoice
    }

    static func open(lines count: Int) -> InvoiceDocument {
        InvoiceDocument(invoice: invoice(lines: count), application: application(), customer: customer())
    }

    /// Paid in part by card and in part outside, with credit used and a note given afterwards.
    static func settled(lines count: Int = 3) -> InvoiceDocument {
        let euro = Currency("EUR") ?? .usd
        var invoice = invoice(lines: count)
        invoice.status = .paid
        invoice.paidAt = moment.adding(seconds: 86_400)
        invoice.creditApplied = Money(500, euro)
        invoice.amountPaid = Money(1250 * Int64(count) - 500, euro)
        var outside = OfflinePayment()
        outside.amount = Money(1000, euro)
        outside.reference = "SEPA 2025-01-16 / 7731"
        outside.receivedAt = moment
        invoice.offlinePayments = [outside]
        var payment = Payment()
        payment.status = .completed
        payment.amount = Money(invoice.amountPaid.units - 1000, euro)
        var attempt = Attempt()
        attempt.status = .succeeded
        attempt.isCounted = true
        attempt.captured = payment.amount
        payment.attempts = [attempt]
        payment.completedAt = moment.adding(seconds: 86_400)
        payment.method = MethodSummary(type: "card", brand: "Visa", last4: "4242")
        var note = CreditNote()
        note.number = "CN-2025-000007"
        note.amount = Money(1250, euro)
        note.amountOffDue = .zero(euro)
        note.destination = .refund
        note.reason = "One box arrived broken"
        note.createdAt = moment.adding(seconds: 3 * 86_400)
        return InvoiceDocument(
            invoice: invoice, application: application(), customer: customer(), creditNotes: [note],
            payments: [payment])
    }
}
