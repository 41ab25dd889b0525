import Billing
import Fields
import HTTP
import Storage

/// Invoices of subscriptions: rows 24 to 27 and 39 to 44 of the contract.
enum InvoiceEndpoints {
    private static let id: [PathParameter] = [.identifier(InvoiceKind.self)]

    static let all: [Endpoint] = [
        .document(
            "/subscription-invoices/{id}/document", "getInvoiceDocument",
            Declaration(
                tags: [.subscriptions, .invoices], summary: "Get an invoice as a document",
                about: "HTML without scripts or other files; it prints on A4 and Letter.", parameters: id),
            type: "text/html"
        ) { context, call, snapshot in
            let document = try Invoices(context.ledger).document(
                try call.identifier(InvoiceKind.self), application: context.application, in: snapshot)
            let name = document.invoice.number ?? document.invoice.id.description
            return Response(
                status: 200,
                headers: [
                    ("Content-Type", "text/html; charset=utf-8"),
                    ("Content-Disposition", "inline; filename=\"\(name).html\""),
                    ("Content-Security-Policy", documentPolicy),
                ], body: context.services.invoiceDocument(document))
        }
    ]

    /// Styles within the page, and nothing else: no script, and no file from anywhere.
    private static let documentPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"
}
