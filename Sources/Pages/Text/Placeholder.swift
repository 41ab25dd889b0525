/// A word in braces that a page fills into a phrase.
package enum Placeholder: String, CaseIterable, Sendable {
    case amount, merchant, email, reference, time, count, method, card, last4, place, title, plan
}
