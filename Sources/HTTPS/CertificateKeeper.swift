package import Runtime
import TLS
import X509

/// Keeps a server's certificates as their files have them: looks again every few seconds and when asked to. What
/// cannot be used changes nothing, and is told of in the log.
package final class CertificateKeeper: Sendable {
    private static let pollSeconds = 5
    private static let secondsADay: Int64 = 86_400
    /// How many days before its end a certificate is warned of, once a day.
    private static let warningDays: Int64 = 14

    private let files: CertificateFiles
    private let doors: Doors
    /// Their keys stay in memory and change by themselves.
    private let tickets = TicketKeys()
    private let current: Guarded<CertificateFiles.Contents>
    private let wake: WakeSignal
    private let stopping = Guarded(false)
    /// The message written last, so that a lasting fault is told once.
    private let told = Guarded("")
    /// The day of the last warning, counted from 1970.
    private let warnedDay = Guarded<Int64>(0)
    /// The server's side of TLS, which always has the newest certificates.
    package let server: TLSServer

    /// Reads the files for the first time.
    ///
    /// - Parameters:
    ///   - doors: with the clock of the machine.
    ///   - proxies: which of them may have many handshakes under way.
    ///   - wake: has the files looked at when it is notified.
    package init(
        _ files: CertificateFiles, doors: Doors, proxies: [CIDR] = [], wake: WakeSignal = WakeSignal()
    ) throws(CertificateFileError) {
        self.wake = wake
        self.files = files
        self.doors = doors
        let entropy = doors.entropy
        let contents = try files.load(from: doors.files, now: doors.clock.now(), random: { entropy.bytes($0) })
        current = Guarded(contents)
        server = TLSServer(
            doors: doors, configuration: Self.configuration(contents, tickets), proxies: proxies)
    }

    /// When the certificate that ends first does.
    package var expiry: Timestamp {
        Timestamp(seconds: current.withLock { $0.leaves.map(\.notAfter).min() ?? 0 })
    }

    /// Watches the files until `stop`; runs in a task of its own.
    package func run() async {
        while !stopping.withLock({ $0 }) {
            let wasAsked = await wake.wait(
                until: doors.clock.instant().adding(seconds: Self.pollSeconds), on: doors.scheduler)
            if stopping.withLock({ $0 }) { return }
            look(wasAsked: wasAsked)
            warnOfExpiry()
        }
    }

    /// Looks at the files now. Callable from any thread.
    package func reload() {
        wake.notify()
    }

    package func stop() {
        stopping.withLock { $0 = true }
        wake.notify()
    }

    private func look(wasAsked: Bool) {
        if wasAsked { told.withLock { $0 = "" } }
        let entropy = doors.entropy
        do throws(CertificateFileError) {
            let contents = try files.load(from: doors.files, now: doors.clock.now(), random: { entropy.bytes($0) })
            told.withLock { $0 = "" }
            let hasChanged = current.withLock { current -> Bool in
                defer { current = contents }
                return current.bytes != contents.bytes
            }
            if hasChanged { server.use(Self.configuration(contents, tickets)) }
            guard hasChanged || wasAsked else { return }
            doors.log.write(
                .info, hasChanged ? "certificates loaded" : "certificates unchanged",
                [("expires", "\(expiry)")])
        } catch {
            let isNew = told.withLock { told -> Bool in
                defer { told = error.message }
                return told != error.message
            }
            guard isNew else { return }
            doors.log.write(
                .error, "certificates not loaded; the ones before serve on", [("why", error.message)])
        }
    }

    private func warnOfExpiry() {
        let now = doors.clock.now().seconds
        let expiry = expiry
        guard expiry.seconds - now < Self.warningDays * Self.secondsADay else { return }
        let today = now / Self.secondsADay
        let isNew = warnedDay.withLock { day -> Bool in
            defer { day = today }
            return day != today
        }
        if isNew { doors.log.write(.warning, "certificate ends soon", [("expires", "\(expiry)")]) }
    }

    private static func configuration(
        _ contents: CertificateFiles.Contents, _ tickets: TicketKeys
    ) -> ServerConfiguration {
        ServerConfiguration(identities: contents.identities, applicationProtocols: ["http/1.1"], tickets: tickets)
    }
}
