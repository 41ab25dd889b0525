/// What a start of a server is judged by: whether it works on the data that it left.
package struct HoldSigns: Sendable {
    /// Tells the machine from others.
    package var machine: String
    /// When the data was restored the last time.
    package var restoredAt: String?

    package init(machine: String, restoredAt: String? = nil) {
        self.machine = machine
        self.restoredAt = restoredAt
    }
}
