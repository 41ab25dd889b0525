import Runtime
import Simulation
import Testing

@testable import centralpay

@Suite struct ArgumentParserTests {
    private func parse(
        _ line: String, environment: [String: String] = [:], files: any FileSystem = SimulatedFiles.empty
    ) throws(CommandFailure) -> Arguments? {
        let parser = ArgumentParser(commands: CommandList.all, environment: { environment[$0] }, files: files)
        guard case .run(let arguments) = try parser.parse(line.split(separator: " ").map(String.init)) else {
            return nil
        }
        return arguments
    }

    @Test(arguments: ["serve --data d", "serve --data=d"])
    func `an option's value follows it or an equals sign`(_ line: String) throws {
        let arguments = try #require(try parse(line))
        #expect(arguments.value("data") == "d")
        #expect(arguments.command.name == "serve")
    }

    @Test(arguments: [
        "serv", "app", "app creat", "serve --nope", "serve -x", "serve --data", "serve --data --json", "serve extra",
        "serve --data a --data b", "app create --name N", "app update", "version --json=1", "key revoke a b",
    ])
    func `a wrong line is refused with exit code 2 and one line`(_ line: String) {
        #expect {
            _ = try parse(line)
        } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitCode == 2 && !failure.message.contains("\n")
        }
    }

    @Test func `every command has help`() throws {
        for command in CommandList.all {
            #expect(try parse(command.name + " --help") == nil)
            let text = HelpText.of(command)
            #expect(text.contains("Usage: centralpay \(command.name)"))
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
        }
        #expect(try parse("help") == nil)
        #expect(try parse("app --help") == nil)
        #expect(try parse("help key roll") == nil)
    }

    @Test func `options win over the environment, which wins over the file`() throws {
        let files = try SimulatedFiles.with("c.conf", "# settings\nlisten = 1.1.1.1:1\n\nseed=3\ndata = from-file\n")
        let environment = ["CENTRALPAY_LISTEN": "2.2.2.2:2", "CENTRALPAY_SEED": "4"]
        let arguments = try #require(
            try parse("serve --config c.conf --seed 5", environment: environment, files: files))
        #expect(arguments.value("data") == "from-file")
        #expect(arguments.value("listen") == "2.2.2.2:2")
        #expect(arguments.value("seed") == "5")
    }

    @Test func `what is said of one act comes from the line alone`() throws {
        let environment = ["CENTRALPAY_NAME": "n", "CENTRALPAY_RATE_LIMIT": "5"]
        let arguments = try #require(try parse("key create --application a", environment: environment))
        #expect(arguments.value("rate-limit") == nil)
    }

    @Test(arguments: ["listen", "bogus = 1", "seed = 1\nseed = 2"])
    func `a wrong file is refused with its line`(_ text: String) throws {
        let files = try SimulatedFiles.with("c.conf", text)
        #expect {
            _ = try parse("serve --config c.conf", files: files)
        } throws: { error in
            guard case .usage(let message)? = error as? CommandFailure else { return false }
            return message.hasPrefix("c.conf:")
        }
    }

    @Test(arguments: [
        "--listen nope", "--listen /socket", "--public-url ftp://x", "--public-url https://x/?q", "--clock now",
        "--clock manual:5", "--seed x", "--rate-limit 0", "--allow-private-webhooks 10.0.0.0/33", "--loops 0",
        "--seed 1 --loops 2", "--trusted-proxy 10.0.0.0/33", "--http-redirect x --public-url https://a",
        "--http-redirect 0.0.0.0:80", "--http-redirect 0.0.0.0:80 --public-url http://a",
    ])
    func `a wrong setting is refused`(_ options: String) throws {
        let arguments = try #require(try parse("serve --data d " + options))
        #expect(throws: CommandFailure.self) { try ServerSettings(arguments) }
    }

    @Test func `settings are read`() throws {
        let line =
            "serve --data d/ --listen [::1]:0 --public-url https://pay.example/ --clock manual:2025-01-01T12:00:00Z "
        let settings = try ServerSettings(
            try #require(try parse(line + "--seed 9 --rate-limit off --allow-private-webhooks 10.0.0.0/8,::1")))
        #expect(settings.dataPath == "d")
        #expect(settings.publicURL == "https://pay.example")
        #expect(settings.manualTime == Timestamp("2025-01-01T12:00:00Z"))
        #expect(settings.loopCount == 1)
        #expect(settings.rateLimit == .off)
        #expect(settings.privateWebhookNetworks.count == 2)
    }

    @Test func `a list may be given several times or with commas`() throws {
        let line = "serve --data d --trusted-proxy 10.0.0.5,::1 --trusted-proxy 192.0.2.0/24 --public-url https://a"
        let settings = try ServerSettings(try #require(try parse(line + " --http-redirect 0.0.0.0:80")))
        #expect(settings.trustedProxies.map(\.description) == ["10.0.0.5/32", "::1/128", "192.0.2.0/24"])
        #expect(settings.redirectListen?.description == "0.0.0.0:80")
    }

    @Test(arguments: ["0.0.0.0:8080", "192.0.2.1:8080", "[::]:80"])
    func `the demonstration listens to this machine alone`(_ address: String) throws {
        let arguments = try #require(try parse("demo --listen " + address))
        #expect(throws: CommandFailure.self) { try ServerSettings(demo: arguments) }
    }
}
