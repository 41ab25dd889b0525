extension PortalPages {
    /// Which card a subscription charges.
    ///
    /// - Parameter charged: The id of the one it charges now.
    package static func chooseCard(
        _ view: PortalView, subscription: PortalView.Subscription, charged: String?
    ) -> Page {
        let heading = view.say(.changeCardHeading, (.plan, subscription.plan)).plain
        let action = "\(view.basePath)/subscriptions/\(subscription.id)/card"
        return page(view.language, view.merchant, title: heading, isTest: view.isTest) {
            CheckoutPages.resultHeading(heading)
            if !view.cards.isEmpty {
                ul(.class("leaf rows")) {
                    for card in view.cards {
                        li {
                            div {
                                p { PortalSections.name(of: card, view).markup }
                                p(.class("soft small")) { view.say(.cardExpires, (.time, card.expiryText)).plain }
                            }
                            if card.id == charged {
                                span(.class("state good")) { view.language.text(.inUse) }
                            } else {
                                form(.methodPost, .action(action)) {
                                    Hidden.csrf(view.csrf)
                                    Hidden.field("card", card.id)
                                    button(.class("btn")) {
                                        view.language.text(.useCard)
                                        span(.class("vh")) { " " + PortalSections.name(of: card, view).plain }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            form(.methodPost, .action(action), .class("acts")) {
                Hidden.csrf(view.csrf)
                button(.class("btn main")) { view.language.text(view.cards.isEmpty ? .addCard : .anotherMethod) }
            }
            back(view)
        }
    }

    /// The plans a customer may change to.
    ///
    /// - Parameter canKeep: Whether a change waits for the end of the period, and can be taken back.
    package static func choosePlan(
        _ view: PortalView, subscription: PortalView.Subscription, plans: [PlanChoice], canKeep: Bool
    ) -> Page {
        let heading = view.language.text(.changePlanHeading)
        let path = "\(view.basePath)/subscriptions/\(subscription.id)/plan"
        return page(view.language, view.merchant, title: heading, isTest: view.isTest) {
            CheckoutPages.resultHeading(heading)
            ul(.class("leaf rows")) {
                for plan in plans {
                    li {
                        div {
                            p {
                                strong { bdi { plan.name } }
                                " · "
                                span(.class("money")) { plan.priceText }
                            }
                            if let description = plan.description {
                                p(.class("small soft")) { bdi { description } }
                            }
                        }
                        if !plan.isCurrent {
                            a(.class("btn"), .href("\(path)?to=\(plan.id)")) {
                                view.language.text(.seePrice)
                                span(.class("vh")) { " " + plan.name }
                            }
                        } else if canKeep {
                            form(.methodPost, .action(path)) {
                                Hidden.csrf(view.csrf)
                                Hidden.field("keep", "1")
                                button(.class("btn")) { view.language.text(.keepPlan) }
                            }
                        } else {
                            span(.class("state good")) { view.language.text(.yourPlan) }
                        }
                    }
                }
            }
            if !plans.contains(where: { !$0.isCurrent }) { p(.class("soft")) { view.language.text(.noPlans) } }
            back(view)
        }
    }

    /// What a change of plan costs, and the button that makes it.
    package static func previewPlan(
        _ view: PortalView, subscription: PortalView.Subscription, preview: PlanPreview
    ) -> Page {
        let heading = view.say(.previewHeading, (.plan, preview.plan.name)).plain
        let path = "\(view.basePath)/subscriptions/\(subscription.id)/plan"
        return page(view.language, view.merchant, title: heading, isTest: view.isTest) {
            if preview.isRepeated {
                div(.class("notice wait"), .role("alert")) { p { view.language.text(.previewOutdated) } }
            }
            CheckoutPages.resultHeading(heading)
            if preview.billing == .never {
                p(.class("lead")) { view.language.text(.previewNothing) }
            } else {
                sums(view, preview)
            }
            p { view.say(.previewAfterwards, (.amount, preview.plan.priceText)).markup }
            if preview.costsNow { p(.class("soft")) { view.language.text(.previewPaid) } }
            form(.methodPost, .action(path), .class("acts")) {
                Hidden.csrf(view.csrf)
                Hidden.field("plan", preview.plan.id)
                Hidden.field("preview", preview.token)
                button(.class("btn main")) {
                    if preview.costsNow {
                        view.say(.confirmChangePay, (.amount, preview.amountText)).markup
                    } else {
                        view.language.text(.confirmChange)
                    }
                }
                a(.class("btn"), .href(view.basePath)) { view.language.text(.keepPlan) }
            }
        }
    }

    private static func sums(_ view: PortalView, _ preview: PlanPreview) -> Markup {
        let name = view.language.text(preview.billing == .now ? .previewNow : .previewNext)
        return div(.class("leaf")) {
            table(.class("lines")) {
                caption(.class("vh")) { name }
                thead(.class("vh")) {
                    tr {
                        th(.scope("col")) { view.language.text(.item) }
                        th(.scope("col")) { view.language.text(.amount) }
                    }
                }
                tbody {
                    for line in preview.lines {
                        tr {
                            th(.scope("row")) {
                                bdi { line.title }
                                if let note = line.note { small { note } }
                            }
                            td(.class("cash money")) { line.amountText }
                        }
                    }
                }
                tfoot {
                    for sum in preview.sums {
                        tr {
                            th(.scope("row")) { sum.title }
                            td(.class("cash money")) { sum.amountText }
                        }
                    }
                    tr(.class("sum")) {
                        th(.scope("row")) { name }
                        td(.class("cash money")) { preview.amountText }
                    }
                }
            }
        }
    }

    private static func back(_ view: PortalView) -> Markup {
        p { a(.class("out"), .href(view.basePath)) { view.language.text(.backToAccount) } }
    }
}
