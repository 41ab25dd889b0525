import Runtime
import Testing

@testable import Platform

@Suite struct ResolverTests {
    @Test func `the configuration is read within its limits`() {
        let configuration = ResolverConfiguration(
            """
            # comment
            nameserver 192.0.2.53
            nameserver 2001:db8::53
            nameserver nonsense
            search corp.example  lab.example
            options timeout:99 attempts:3 rotate
            """)
        #expect(configuration.servers.map(\.description) == ["192.0.2.53:53", "[2001:db8::53]:53"])
        #expect(configuration.timeoutSeconds == 30)
        #expect(configuration.attempts == 3)
        #expect(configuration.candidates(for: "db") == ["db.corp.example", "db.lab.example", "db"])
        #expect(configuration.candidates(for: "db.example") == ["db.example"])
        #expect(ResolverConfiguration("").servers.map(\.description) == ["127.0.0.1:53"])
    }

    @Test func `the hosts file gives every address of a name`() {
        let text = "127.0.0.1 localhost # home\n::1\tlocalhost ip6\nbad localhost\n192.0.2.1 Shop shop.example\n"
        #expect(HostsFile.addresses(of: "localhost", in: text) == [.v4(0x7f00_0001), .v6(high: 0, low: 1)])
        #expect(HostsFile.addresses(of: "SHOP", in: text) == [.v4(0xc000_0201)])
        #expect(HostsFile.addresses(of: "home", in: text).isEmpty)
    }

    @Test func `addresses and localhost need no server`() async throws {
        let found = try await Loops.run {
            let network = Loops.doors.network
            return [
                try await network.resolve("192.0.2.7", deadline: Loops.patience),
                try await network.resolve("::1", deadline: Loops.patience),
                try await network.resolve("localhost", deadline: Loops.patience),
            ]
        }
        #expect(found[0] == [.v4(0xc000_0207)])
        #expect(found[1] == [.v6(high: 0, low: 1)])
        #expect(!found[2].isEmpty)
        await #expect(throws: NetworkError.nameNotFound) {
            try await Loops.run { _ = try await Loops.doors.network.resolve("no name", deadline: Loops.patience) }
        }
    }

    @Test func `the cache forgets when an answer's life is over`() {
        let cache = ResolverCache()
        let now = Instant(nanoseconds: 1_000_000)
        cache.store([.v4(1)], of: "a", seconds: 5, at: now)
        cache.store([.v4(2)], of: "b", seconds: 86_400, at: now)
        cache.store([.v4(3)], of: "c", seconds: 0, at: now)
        cache.store([], of: "d", seconds: 3600, at: now)
        #expect(cache.addresses(of: "d", at: now.adding(seconds: 9)) == [])
        #expect(cache.addresses(of: "d", at: now.adding(seconds: 10)) == nil)
        #expect(cache.addresses(of: "a", at: now.adding(seconds: 4)) == [.v4(1)])
        #expect(cache.addresses(of: "a", at: now.adding(seconds: 5)) == nil)
        #expect(cache.addresses(of: "b", at: now.adding(seconds: 61)) == nil)
        #expect(cache.addresses(of: "c", at: now) == nil)
    }

    /// Looks `name` up at `servers` alone.
    private func lookUp(_ name: String, at servers: [NameServer]) async throws -> [String] {
        var configuration = ResolverConfiguration("options timeout:20 attempts:1")
        configuration.servers = servers.map(\.address)
        return try await Loops.run { [configuration] in
            let network = try #require(Loops.doors.network as? LinuxNetwork)
            let loop = try #require(CurrentLoop.loop)
            let resolver = Resolver(network: network, loop: loop, cache: ResolverCache())
            return try await resolver.lookUp(name, configuration, Loops.patience).map(\.description)
        }
    }

    @Test(arguments: [NameServer.Manner.answer, .truncate])
    func `both kinds of address are asked for, over TCP when the answer was cut`(manner: NameServer.Manner) async throws
    {
        let server = try NameServer(manner)
        defer { server.stop() }
        #expect(try await lookUp("shop.example", at: [server]) == ["192.0.2.7", "2001:db8::7"])
    }

    @Test func `a server that refuses is passed over`() async throws {
        let servers = [try NameServer(.refuse), try NameServer(.answer)]
        defer { for server in servers { server.stop() } }
        #expect(try await lookUp("shop.example", at: servers) == ["192.0.2.7", "2001:db8::7"])
    }

    @Test func `a name that does not exist is not asked for elsewhere`() async throws {
        let servers = [try NameServer(.noSuchName), try NameServer(.answer)]
        defer { for server in servers { server.stop() } }
        await #expect(throws: NetworkError.nameNotFound) { try await lookUp("shop.example", at: servers) }
        #expect(servers[1].queryCount.withLock { $0 } == 0)
    }
}
