import Billing
import JSON
import Runtime
import Storage

extension Operation {
    private static let defaultOverlapSeconds: Int64 = 86_400

    static let keyCreate = Operation(name: "key create", isWrite: true) { input, house in
        let id = try applicationID(input.required("application"))
        var settings = KeySettings()
        if let words = input.list("scopes") {
            settings.scopes = []
            for word in words {
                guard let scope = Scope(rawValue: word) else {
                    throw CommandFailure.usage("--scopes are read and write")
                }
                if !settings.scopes.contains(scope) { settings.scopes.append(scope) }
            }
        }
        for text in input.list("allow") ?? [] {
            guard let block = CIDR(text) else {
                throw CommandFailure.usage("--allow \(text) is not a network such as 203.0.113.0/24")
            }
            settings.allowedNetworks.append(block)
        }
        if let text = input.text("rate-limit") {
            guard text == "off" || Int64(text).map({ (1...1_000_000).contains($0) }) == true else {
                throw CommandFailure.usage("--rate-limit \(text) is not 1 to 1000000 or off")
            }
            settings.rateLimit = Int64(text) ?? -1
        }
        let keys = Keys(house.ledger)
        let wanted = settings
        let new = try await house.store.transact { transaction in
            try keys.create(application: id, wanted, by: Composition.operatorAct, in: transaction)
        }
        return secrets(new)
    }

    static let keyRoll = Operation(name: "key roll", isWrite: true) { input, house in
        let name = try input.required("key")
        let overlap = try input.integer("overlap") ?? defaultOverlapSeconds
        let keys = Keys(house.ledger)
        let new = try await house.store.transact { transaction in
            try keys.roll(name, overlapSeconds: overlap, by: Composition.operatorAct, in: transaction)
        }
        var answer = secrets(new)
        answer.members.append(
            ("previous_secret_until", new.record.previousUntil.map { .string($0.description) } ?? .null))
        return answer
    }

    static let keyRevoke = Operation(name: "key revoke", isWrite: true) { input, house in
        let name = try input.required("key")
        let keys = Keys(house.ledger)
        let key = try await house.store.transact { transaction in
            try keys.revoke(name, by: Composition.operatorAct, in: transaction)
        }
        return JSONObject([("key", .object(summary(key)))])
    }

    static let keyList = Operation(name: "key list", isWrite: false) { input, house in
        let only = try input.text("application").map { text in try applicationID(text) }
        let keys = try await house.store.read { snapshot in
            Applications.list(in: snapshot).map(\.id).filter { only == nil || only == $0 }
                .flatMap { application in Keys.list(of: application, in: snapshot) }
        }
        return JSONObject([("keys", .array(keys.map { .object(summary($0)) }))])
    }

    private static func secrets(_ new: NewKey) -> JSONObject {
        JSONObject([
            ("application", .string(new.record.application.description)),
            ("api_key", .string(new.record.key)),
            ("api_secret", .string(new.secret)),
        ])
    }

    private static func summary(_ key: APIKey) -> JSONObject {
        let limit: JSONValue =
            switch key.rateLimit {
            case 0: .string("default")
            case -1: .string("off")
            default: .number(JSONNumber(key.rateLimit))
            }
        return JSONObject([
            ("api_key", .string(key.key)), ("application", .string(key.application.description)),
            ("scopes", .array(key.scopes.map { .string($0.rawValue) })),
            ("allow", .array(key.allowedNetworks.map { .string($0) })), ("rate_limit", limit),
            ("created_at", .string(key.createdAt.description)),
            ("last_used_at", key.lastUsedAt.map { .string($0.description) } ?? .null),
            ("revoked_at", key.revokedAt.map { .string($0.description) } ?? .null),
        ])
    }
}
