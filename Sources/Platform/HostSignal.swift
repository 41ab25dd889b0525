import Glibc

/// A request from outside the process.
package enum HostSignal: Sendable, CaseIterable {
    /// SIGTERM: a service manager stops the process.
    case terminate
    /// SIGINT: somebody at the terminal does.
    case interrupt
    /// SIGHUP: read the configuration again.
    case hangUp

    var number: CInt {
        switch self {
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangUp: SIGHUP
        }
    }

    /// The set of all of these, for the system.
    static var mask: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in allCases { unsafe sigaddset(&set, signal.number) }
        return set
    }
}
