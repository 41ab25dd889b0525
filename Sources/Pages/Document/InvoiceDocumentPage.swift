package import Billing

/// An invoice as a document: a page that needs no other file, shows well on a screen, and prints on A4 and Letter.
package enum InvoiceDocumentPage {
    package static func page(_ document: InvoiceDocument, language: Language = .english) -> Page {
        let paper = InvoicePaper(document: document, language: language)
        let footer = InlineStyle.string(paper.runningFoot)
        let style = InlineStyle(
            asset: "document.css",
            rules: "@page { @bottom-left { content: \(footer); font: 8pt Arial, sans-serif; color: #555; } }\n")
        return Page(style: style, document: paper.document(style))
    }
}
