import HTTPS
import Platform
import Runtime
import TLS

/// One end of TLS connections for tests with other implementations; not installed.
///
///     tlspeer serve --certificate F --key F … [options]      answers HTTP over TLS, a line of JSON for each connection
///     tlspeer connect ADDRESS:PORT --ca F --name N [options]  one GET, or two with --again, a line of JSON for each
///
/// Options: --version 1.2|1.3, --suites HEX,…, --groups x25519,p256, --shares x25519,p256, --path /N
guard let options = PeerOptions(Array(CommandLine.arguments.dropFirst())) else {
    HostProcess.write(PeerOptions.usage, to: .standardError)
    HostProcess.exit(2)
}
LinuxPlatform.runMain(loopCount: 1) { doors in
    do {
        switch options.role {
        case .serve: try await PeerServer(options, doors).run()
        case .connect: try await PeerClient(options, doors).run()
        }
        return 0
    } catch {
        HostProcess.write("\(error)\n", to: .standardError)
        return 1
    }
}
