/// A drawing that is part of the program: the only HTML that is written as it stands.
package struct Symbol: Sendable {
    let svg: StaticString

    private init(_ svg: StaticString) {
        self.svg = svg
    }

    /// A payment card without a brand.
    package static let card = Symbol(
        """
        <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true"><path d="M3 0h18a3 3 0 0 1 3 3v10a3 3 0 0 \
        1-3 3H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3ZM0 4v3h24V4Zm3 6v2h7v-2Z" fill-rule="evenodd"/></svg>
        """)

    /// The mark of the program: a ledger line over the double rule.
    package static let mark = Symbol(
        """
        <svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true"><path d="M6 4h28a2 2 0 0 1 2 2v28a2 2 0 0 \
        1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Zm4 7v3h20v-3Zm0 7v3h20v-3Zm0 7v2h20v-2Zm0 4v2h20v-2Z" \
        fill-rule="evenodd"/></svg>
        """)
}
