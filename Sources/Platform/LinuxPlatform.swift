import Glibc
package import Runtime

/// The doors as Linux opens them.
package enum LinuxPlatform {
    /// The files, for tools that need no loop.
    package static var files: any FileSystem { LinuxFileSystem() }

    /// The clock of the machine, for tools that need no loop.
    package static var clock: any Clock { LinuxClock() }

    /// Starts the event loops, by default one for each processor, and hands out the doors. The loops run until the
    /// process ends. Writing to a closed stream raises no signal from here on.
    package static func start(loopCount: Int? = nil) -> Doors {
        let (doors, _) = startLoops(loopCount)
        return doors
    }

    /// Starts the loops, runs `body` on loop 0 and ends the process with its code. The calling thread, which is the
    /// main one, waits for signals: see ``HostProcess/onSignal(_:)``; without a handler they end the process.
    package static func runMain(
        loopCount: Int? = nil, _ body: @escaping @Sendable (Doors) async -> Int32
    ) -> Never {
        HostProcess.blockSignals()
        let (doors, scheduler) = startLoops(loopCount)
        scheduler.spawn(on: 0) {
            let code = await body(doors)
            HostProcess.exit(code)
        }
        HostProcess.waitForSignals()
    }

    private static func startLoops(_ loopCount: Int?) -> (Doors, LoopScheduler) {
        signal(SIGPIPE, SIG_IGN)
        HostMemory.keepSmall()
        let scheduler = LoopScheduler(loopCount: loopCount ?? HostProcess.processorCount)
        let clock = LinuxClock()
        let doors = Doors(
            clock: clock, entropy: LinuxEntropy(), files: LinuxFileSystem(),
            network: LinuxNetwork(scheduler: scheduler), scheduler: scheduler, log: JSONLog(clock: clock))
        return (doors, scheduler)
    }
}
