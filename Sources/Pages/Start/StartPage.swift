/// The first page of the demonstration: pay something, look around, call the API.
package enum StartPage {
    package static func page(_ view: StartView) -> Page {
        let frame = Frame(
            language: .english, merchant: nil, title: "CentralPay demo", isTest: true, isTorn: false, isWide: true)
        return Page(
            document: frame.document {
                div(.class("intro")) {
                    Markup.symbol(.mark)
                    h1 { "CentralPay is running" }
                    p(.class("lead")) { "Three things to try. Everything here is test data." }
                }
                samples(view)
                places(view)
                access(view)
                cards(view)
            })
    }

    private static func samples(_ view: StartView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("pay")) {
            h2(.id("pay")) { "1. Pay something" }
            ul(.class("rows")) {
                for sample in view.samples {
                    li {
                        div {
                            p {
                                sample.title
                                " · "
                                span(.class("money")) { sample.amountText }
                            }
                            p(.class("soft small")) { sample.note }
                        }
                        form(.methodPost, .action(view.createPath), .class("acts")) {
                            Hidden.csrf(view.csrf)
                            Hidden.field("sample", sample.id)
                            button(.class("btn main")) {
                                "Open checkout"
                                span(.class("vh")) { " for " + sample.title }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func places(_ view: StartView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("look")) {
            h2(.id("look")) { "2. Look around" }
            ul(.class("rows")) {
                for place in view.places {
                    li {
                        div {
                            p { a(.href(place.path)) { place.title } }
                            p(.class("soft small")) { place.note }
                        }
                    }
                }
            }
        }
    }

    private static func access(_ view: StartView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("call")) {
            h2(.id("call")) { "3. Call the API" }
            dl(.class("facts")) {
                fact("Address", view.publicURL + "/api/v1")
                fact("Key", view.apiKey)
                fact("Secret", view.apiSecret)
            }
            p(.class("soft small")) {
                "Sign timestamp.body with HMAC-SHA256 and the secret. List the payments from a shell:"
            }
            pre(.tabindex(0)) { code { command(view) } }
        }
    }

    private static func command(_ view: StartView) -> String {
        """
        t=$(date +%s)
        s=$(printf '%s.' "$t" | openssl dgst -sha256 -hmac '\(view.apiSecret)' -r | cut -d' ' -f1)
        curl -H "X-Api-Key: \(view.apiKey)" -H "X-Timestamp: $t" -H "X-Signature: $s" \\
          \(view.publicURL)/api/v1/payments
        """
    }

    private static func cards(_ view: StartView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("cards")) {
            h2(.id("cards")) { "Cards of the sandbox" }
            p(.class("soft small")) { "Any name, any date to come, any code of three digits." }
            table(.class("lines")) {
                caption(.class("vh")) { "Cards of the sandbox" }
                thead(.class("vh")) {
                    tr {
                        th(.scope("col")) { "Number" }
                        th(.scope("col")) { "What happens" }
                    }
                }
                tbody {
                    for card in view.testCards {
                        tr {
                            th(.scope("row")) { code { card.number } }
                            td { card.meaning }
                        }
                    }
                }
            }
        }
    }

    private static func fact(_ name: String, _ value: String) -> Markup {
        div {
            dt(.class("soft")) { name }
            dd { code { value } }
        }
    }
}
