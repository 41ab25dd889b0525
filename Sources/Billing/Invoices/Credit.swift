import Fields
import Runtime
package import Storage

/// A customer's credit: every movement is an entry, and the balance on the customer is their sum.
package struct Credit: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// The customer's credit in `currency`; zero without any.
    package static func balance(of customer: CustomerID, in currency: Currency, _ snapshot: Snapshot) -> Money {
        snapshot.get(Customer.self, Key(customer))?.balance(in: currency) ?? .zero(currency)
    }

    /// Adds `amount`, negative to use credit, with its entry. Nothing happens for zero.
    ///
    /// - Throws: `validation_failed` when the balance would leave what can be counted, or fall below zero.
    package func move(
        _ amount: Money, of customer: CustomerID, for reason: CreditReason, objectID: String, mode: Mode,
        by act: Act, in transaction: Transaction
    ) throws(Refusal) {
        guard !amount.isZero, let before = transaction.get(Customer.self, Key(customer)) else { return }
        let old = before.balance(in: amount.currency)
        guard let balance = try? old.adding(amount), balance.units >= 0 else {
            throw .invalid("amount", "out_of_range", "The customer's credit has no room for this amount.")
        }
        var entry = CreditEntry()
        entry.id = CreditEntryID(in: transaction, purpose: "credit entry")
        entry.application = before.application
        entry.customer = customer
        entry.amount = amount
        entry.reason = reason
        entry.objectID = objectID
        entry.createdAt = ledger.now(of: before.application, in: transaction)
        transaction.put(entry)
        var after = before
        after.setBalance(balance)
        ledger.save(after, before: before, mode: mode, by: act.because("credit.\(reason.rawValue)"), in: transaction)
    }
}

extension Customer {
    /// The credit in `currency`.
    package func balance(in currency: Currency) -> Money {
        balance.first { $0.amount.currency == currency }?.amount ?? .zero(currency)
    }

    /// Balances stay in order of their currency's code, and empty ones are left out.
    mutating func setBalance(_ amount: Money) {
        balance.removeAll { $0.amount.currency == amount.currency }
        guard !amount.isZero else { return }
        var entry = Balance()
        entry.amount = amount
        balance.append(entry)
        balance.sort { $0.amount.currency.description < $1.amount.currency.description }
    }
}
