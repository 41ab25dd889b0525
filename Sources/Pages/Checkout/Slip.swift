/// The paper strip that carries the order: amount, lines, total, reference.
struct Slip {
    let view: CheckoutView
    /// What the amount is: to pay, paid, was to pay.
    var label = Phrase.toPay
    var stamp: Stamp?
    /// Whether the amount is the page's first heading.
    var isHeading = false

    var markup: Markup {
        section(.class("slip"), .ariaLabelledby("order")) {
            div(.class("head")) {
                (isHeading ? h1 : h2)(.id("order")) {
                    span(.class("small soft")) { view.language.text(label) }
                    " "
                    span(.class("due money")) { view.order.amountText }
                }
                if let stamp {
                    p(.class("stamp \(stamp.tone.rawValue)"), .ariaHidden) {
                        view.language.text(stamp.phrase)
                        if let note = stamp.note { small { note } }
                    }
                }
            }
            lines
            if let reference = view.order.reference {
                p(.class("small soft")) { view.say(.reference, (.reference, reference)).markup }
            }
        }
    }

    private var lines: Markup {
        let order = view.order
        let rows =
            order.lines.isEmpty
            ? [OrderView.Line(title: order.description, amountText: order.amountText)] : order.lines
        return table(.class("lines")) {
            caption(.class("vh")) { view.language.text(.yourOrder) }
            thead(.class("vh")) {
                tr {
                    th(.scope("col")) { view.language.text(.item) }
                    th(.scope("col")) { view.language.text(.amount) }
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
                tr(.class("sum")) {
                    th(.scope("row")) { view.language.text(.total) }
                    td(.class("cash money")) { order.amountText }
                }
            }
        }
    }
}
