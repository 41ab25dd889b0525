/// The paper strip that carries the order: amount, lines, total, reference.
struct Slip {
    let language: Language
    let order: OrderView
    /// What the amount is: to pay, paid, was to pay.
    var label = Phrase.toPay
    var stamp: Stamp?
    /// Whether the amount is the page's first heading.
    var isHeading = false

    init(view: CheckoutView, label: Phrase? = nil, stamp: Stamp? = nil, isHeading: Bool = false) {
        self.init(
            language: view.language, order: view.order, label: label ?? view.purpose.slipLabel, stamp: stamp,
            isHeading: isHeading)
    }

    init(
        language: Language, order: OrderView, label: Phrase = .toPay, stamp: Stamp? = nil, isHeading: Bool = false
    ) {
        self.language = language
        self.order = order
        self.label = label
        self.stamp = stamp
        self.isHeading = isHeading
    }

    var markup: Markup {
        section(.class("slip"), .ariaLabelledby("order")) {
            div(.class("head")) {
                (isHeading ? h1 : h2)(.id("order")) {
                    span(.class("small soft")) { language.text(label) }
                    " "
                    span(.class("due money")) { order.amountText }
                }
                if let stamp {
                    p(.class("stamp \(stamp.tone.rawValue)"), .ariaHidden) {
                        language.text(stamp.phrase)
                        if let note = stamp.note { small { note } }
                    }
                }
            }
            lines
            if let reference = order.reference {
                p(.class("small soft")) { FilledPhrase(.reference, in: language, [(.reference, reference)]).markup }
            }
        }
    }

    private var lines: Markup {
        let rows =
            order.lines.isEmpty
            ? [OrderView.Line(title: order.description, amountText: order.amountText)] : order.lines
        return table(.class("lines")) {
            caption(.class("vh")) { language.text(.yourOrder) }
            thead(.class("vh")) {
                tr {
                    th(.scope("col")) { language.text(.item) }
                    th(.scope("col")) { language.text(.amount) }
                }
            }
            tbody {
                for row in rows {
                    tr {
                        th(.scope("row")) {
                            bdi { row.title }
                            if let note = row.note { small { note } }
                        }
                        td(.class("cash money")) { row.amountText }
                    }
                }
            }
            tfoot {
                for sum in order.sums {
                    tr {
                        th(.scope("row")) { sum.title }
                        td(.class("cash money")) { sum.amountText }
                    }
                }
                if let final = order.finalSum ?? Self.total(order, language) {
                    tr(.class("sum")) {
                        th(.scope("row")) { final.title }
                        td(.class("cash money")) { final.amountText }
                    }
                }
            }
        }
    }

    private static func total(_ order: OrderView, _ language: Language) -> OrderView.Line? {
        order.hasTotal ? OrderView.Line(title: language.text(.total), amountText: order.amountText) : nil
    }
}
