import Billing
import Fields
import HTTP
import Runtime
import Simulation
import Storage
import Testing
import Webhooks

@Suite struct GuardTests {
    @Test(
        arguments: [
            "http://10.0.0.1/", "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/",
            "http://[::ffff:10.0.0.1]/", "http://private.example/", "http://192.168.1.1:80/", "http://[fd00::1]/",
        ])
    func `no private address is connected to`(url: String) throws {
        try Scene().run { scene in
            scene.world.network.hosts["private.example"] = [Scene.privateAddress]
            _ = try await scene.addEndpoint(url)
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 1)
            let delivery = try #require(try await scene.allDeliveries().first)
            #expect(delivery.status == .retrying)
            #expect(delivery.log.first?.error?.hasPrefix("The host has only private, loopback, link-local") == true)
            #expect(delivery.log.first?.responseStatus == nil)
            #expect(scene.inbox.letters.isEmpty)
            #expect(scene.world.network.attemptCount == 0)
        }
    }

    @Test func `a name that resolves differently the next time gains nothing`() throws {
        try Scene().run { scene in
            scene.inbox.setStatus(500)
            _ = try await scene.addEndpoint()
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 1)
            #expect(scene.inbox.letters.count == 1)
            scene.world.network.hosts["receiver.example"] = [Scene.privateAddress]
            await scene.wait(seconds: 10)
            #expect(scene.inbox.letters.count == 1)
            let delivery = try #require(try await scene.allDeliveries().first)
            #expect(delivery.log.count == 2)
            #expect(delivery.log[0].address == "93.184.216.34:80")
            #expect(delivery.log[1].address == nil)
            #expect(delivery.log[1].error?.contains("private") == true)
            // Where a public one stands beside it, only that one is connected to.
            scene.world.network.hosts["receiver.example"] = [Scene.privateAddress, Scene.publicAddress]
            await scene.wait(seconds: 60)
            #expect(try await scene.allDeliveries().first?.log[2].address == "93.184.216.34:80")
        }
    }

    @Test func `blocks that the operator named are allowed`() throws {
        let block = try #require(CIDR("10.0.0.0/24"))
        try Scene(policy: OutboundPolicy(allowing: [block])).run { scene in
            _ = try await scene.addEndpoint("http://10.0.0.1/")
            _ = try await scene.addEndpoint("http://10.0.1.1/")
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 1)
            #expect(scene.inbox.letters.count == 1)
            #expect(
                try await scene.allDeliveries().map(\.status).sorted { $0.rawValue < $1.rawValue }
                    == [.delivered, .retrying])
        }
        #expect(OutboundPolicy.loopback.allows(.v4(0x7f00_0001)))
        #expect(OutboundPolicy.loopback.allows(.v6(high: 0, low: 1)))
        #expect(!OutboundPolicy.loopback.allows(Scene.privateAddress))
        #expect(!OutboundPolicy().allows(.v4(0x7f00_0001)))
    }

    @Test func `a slow receiver is cut after 15 seconds`() throws {
        try Scene().run { scene in
            _ = try await scene.addEndpoint()
            scene.inbox.setAnswer { _, doors in
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 20))
                return Response(status: 200)
            }
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 14)
            #expect(try await scene.allDeliveries().first?.status == .sending)
            await scene.wait(seconds: 2)
            let delivery = try #require(try await scene.allDeliveries().first)
            #expect(delivery.status == .retrying)
            #expect(delivery.log[0].totalMilliseconds == 15_000)
            #expect(delivery.log[0].error == "The receiver did not answer within 15 seconds.")
            #expect(delivery.log[0].address == "93.184.216.34:80")
        }
    }

    @Test func `the first 4 KiB of a response are kept`() throws {
        try Scene().run { scene in
            _ = try await scene.addEndpoint()
            scene.inbox.setAnswer { letter, _ in
                Response(
                    status: 200, body: [UInt8](repeating: letter.text.contains("bob") ? 0xff : 0x61, count: 100_000))
            }
            _ = try await scene.addCustomer("ada")
            _ = try await scene.addCustomer("bob")
            await scene.wait(seconds: 1)
            let all = try await scene.allDeliveries()
            #expect(all.map(\.status) == [.delivered, .delivered])
            #expect(all[0].response == String(repeating: "a", count: 4096))
            #expect(all[1].response == String(repeating: "\u{fffd}", count: 1365))
        }
    }

    @Test(
        arguments: [
            (.refuse, "The receiver refused the connection."),
            (.timeOut, "The receiver did not accept a connection in time."),
            (.cutAfterRequest(byteCount: 20), "The receiver closed the connection before its answer was complete."),
            (.cutAfterResponse(byteCount: 20), "The receiver closed the connection before its answer was complete."),
            (.silenceAfterResponse(byteCount: 20), "The receiver did not answer within 15 seconds."),
        ] as [(ConnectionFault, String)])
    func `the log says in plain words what went wrong`(fault: ConnectionFault, sentence: String) throws {
        try Scene().run { scene in
            scene.world.network.script = { $0.number == 1 ? fault : nil }
            _ = try await scene.addEndpoint()
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 16)
            #expect(try await scene.allDeliveries().first?.log.first?.error == sentence)
            await scene.wait(seconds: 10)
            #expect(try await scene.allDeliveries().first?.status == .delivered)
        }
    }

    @Test func `a try tells its address and its times`() throws {
        try Scene(network: NetworkOptions()).run { scene in
            scene.world.network.options.delayNanoseconds = 3_000_000...4_000_000
            _ = try await scene.addEndpoint()
            _ = try await scene.addEndpoint("http://nowhere.example/")
            _ = try await scene.addEndpoint("https://receiver.example/")
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 2)
            let all = try await scene.allDeliveries()
            let good = try #require(all.first { $0.status == .delivered }?.log.first)
            #expect(good.address == "93.184.216.34:80")
            #expect([3, 4].contains(good.resolveMilliseconds))
            #expect([3, 4].contains(good.connectMilliseconds))
            #expect(good.totalMilliseconds >= 12)
            #expect(good.responseStatus == 200)
            let errors = all.compactMap { $0.log.first?.error }.sorted()
            #expect(
                errors == [
                    "The host name has no address.", "This server was started without TLS for outgoing calls.",
                ])
        }
    }
}
