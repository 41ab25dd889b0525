/// What is said about a way to pay.
enum MethodText {
    static func name(_ method: MethodView, isRetry: Bool = false, view: CheckoutView) -> String {
        guard method.kind == .card else { return method.name }
        return view.language.text(isRetry ? .anotherCard : .card)
    }

    static func note(_ method: MethodView, view: CheckoutView) -> FilledPhrase {
        guard view.purpose == .pay else { return view.say(.setupNote, (.method, method.name)) }
        return view.say(method.kind == .wallet ? .walletNote : .redirectNote, (.method, method.name))
    }
}
