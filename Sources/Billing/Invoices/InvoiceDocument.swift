package import Storage

/// Everything that an invoice says on paper.
package struct InvoiceDocument: Sendable {
    package var invoice: Invoice
    /// Who bills.
    package var application: Application
    /// Who is billed; nil once the customer was forgotten.
    package var customer: Customer?
    /// Oldest first.
    package var creditNotes: [CreditNote]
    /// What was received through gateways, oldest first; money received outside stands on the invoice itself.
    package var payments: [Payment]

    package init(
        invoice: Invoice, application: Application, customer: Customer?, creditNotes: [CreditNote] = [],
        payments: [Payment] = []
    ) {
        self.invoice = invoice
        self.application = application
        self.customer = customer
        self.creditNotes = creditNotes
        self.payments = payments
    }
}

extension Invoices {
    /// What the document of an invoice shows.
    ///
    /// - Throws: `not_found`, also for another application's invoice.
    package func document(
        _ id: InvoiceID, application: Application, in snapshot: Snapshot
    ) throws(Refusal) -> InvoiceDocument {
        let invoice = try find(id, application: application.id, in: snapshot)
        let customer = snapshot.get(Customer.self, Key(invoice.customer))
        let payments = invoice.payments.compactMap { snapshot.get(Payment.self, Key($0)) }
        return InvoiceDocument(
            invoice: dressed(invoice, in: snapshot), application: application,
            customer: customer?.deletedAt == nil ? customer : nil,
            creditNotes: Self.notes(of: invoice.id, in: snapshot),
            payments: payments.filter { $0.status == .completed })
    }
}
