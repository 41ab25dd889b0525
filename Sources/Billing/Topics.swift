package import Storage

/// What workers of the server wait for.
package enum Topics {
    /// Something became due, or its due time changed.
    package static let due = StoreTopic(1)
    /// A delivery was queued.
    package static let deliveries = StoreTopic(2)
    /// An application, key or gateway changed: caches are stale.
    package static let configuration = StoreTopic(3)
    /// Something of an application will be due at another time, not soon: nobody needs to wake.
    package static let schedule = StoreTopic(4)
}
