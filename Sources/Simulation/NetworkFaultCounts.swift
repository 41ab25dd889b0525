/// How often each fault happened in a network.
package struct NetworkFaultCounts: Sendable, Equatable {
    package var refusals = 0
    package var timeouts = 0
    package var cuts = 0
    package var drops = 0
    package var silences = 0

    package init() {}
}
