/// The state stamped on the slip. It is decoration: the heading says the same.
struct Stamp {
    let tone: Tone
    let phrase: Phrase
    let note: String?
}
