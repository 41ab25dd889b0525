extension PortalSections {
    static func subscriptions(_ view: PortalView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("subscriptions")) {
            h2(.id("subscriptions")) { view.language.text(.subscriptions) }
            ul(.class("rows")) { for subscription in view.subscriptions { row(subscription, view) } }
        }
    }

    private static func row(_ subscription: PortalView.Subscription, _ view: PortalView) -> Markup {
        li {
            div {
                p {
                    bdi { subscription.plan }
                    " · "
                    span(.class("money")) { subscription.priceText }
                }
                p(.class("small")) {
                    span(.class("state \(subscription.state.tone.rawValue)")) {
                        view.language.text(subscription.state.phrase)
                    }
                    if let coming = subscription.coming {
                        span(.class("soft")) { " · " + text(coming, view) }
                    }
                }
                if subscription.isLive, subscription.isAutomatic {
                    p(.class("small soft")) {
                        if let card = subscription.card {
                            view.say(.chargedTo, (.card, card)).markup
                        } else {
                            view.language.text(.cardMissing)
                        }
                    }
                }
                if let change = subscription.changeText { p(.class("small soft")) { change } }
            }
            if subscription.isLive { acts(subscription, view) }
        }
    }

    private static func text(_ coming: PortalView.Subscription.Coming, _ view: PortalView) -> String {
        let (phrase, moment): (Phrase, _) =
            switch coming {
            case .renews(let moment): (.renewsOn, moment)
            case .trialEnds(let moment): (.trialEndsOn, moment)
            case .starts(let moment): (.startsOn, moment)
            case .ends(let moment): (.endsOn, moment)
            }
        return view.say(phrase, (.time, MomentText.day(moment, view.language))).plain
    }

    private static func acts(_ subscription: PortalView.Subscription, _ view: PortalView) -> Markup {
        let path = "\(view.basePath)/subscriptions/\(subscription.id)"
        func act(_ name: String, _ phrase: Phrase) -> Markup {
            a(.class("btn"), .href("\(path)/\(name)")) {
                view.language.text(phrase)
                span(.class("vh")) { " " + subscription.plan }
            }
        }
        return div(.class("acts")) {
            if subscription.isAutomatic { act("card", subscription.card == nil ? .addCard : .changeCard) }
            if subscription.canChangePlan { act("plan", .changePlan) }
            if subscription.endsAt != nil {
                form(.methodPost, .action("\(path)/keep")) {
                    Hidden.csrf(view.csrf)
                    button(.class("btn")) {
                        view.language.text(.takeBack)
                        span(.class("vh")) { " " + subscription.plan }
                    }
                }
            } else if subscription.isCancellable {
                act("cancel", .cancelSubscription)
            }
        }
    }

    static func details(_ view: PortalView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("details")) {
            h2(.id("details")) { view.language.text(.details) }
            dl(.class("facts")) {
                if let name = view.details.name { fact(.detailsName, [name], view) }
                fact(.detailsEmail, [view.customerEmail], view)
                if let phone = view.details.phone { fact(.detailsPhone, [phone], view) }
                if !view.details.address.isEmpty { fact(.detailsAddress, view.details.address, view) }
                if !view.details.credit.isEmpty { fact(.detailsCredit, view.details.credit, view) }
            }
            p(.class("soft small")) { view.say(.detailsNote).markup }
        }
    }

    private static func fact(_ name: Phrase, _ lines: [String], _ view: PortalView) -> Markup {
        div {
            dt(.class("soft")) { view.language.text(name) }
            dd { for line in lines { p { bdi { line } } } }
        }
    }
}
