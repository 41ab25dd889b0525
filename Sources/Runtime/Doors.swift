/// Everything that is not computation, in one value that is handed down from the executable.
package struct Doors: Sendable {
    package let clock: any Clock
    package let entropy: any Entropy
    package let files: any FileSystem
    package let network: any Network
    package let scheduler: any Scheduler
    package let log: any LogSink

    package init(
        clock: any Clock, entropy: any Entropy, files: any FileSystem, network: any Network,
        scheduler: any Scheduler, log: any LogSink
    ) {
        self.clock = clock
        self.entropy = entropy
        self.files = files
        self.network = network
        self.scheduler = scheduler
        self.log = log
    }
}
