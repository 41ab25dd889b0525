/// A state's colour; beside it always stand a shape and a word.
package enum Tone: String, Sendable {
    case good, busy, wait, bad, still, ended
}
