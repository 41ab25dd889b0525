extension Certificate {
    /// Every name that constraints apply to (RFC 5280 section 4.2.1.10): the subject unless it is empty, the alternative
    /// names, and for want of those the mailboxes among the subject's attributes.
    var constrainedNames: [GeneralName] {
        var names: [GeneralName] = subject.isEmpty ? [] : [.directory(subject)]
        if let alternatives = subjectAlternativeNames {
            names += alternatives
        } else {
            names += subject.values(of: .emailAddress).map { .email(String(decoding: $0, as: UTF8.self)) }
        }
        return names
    }
}
