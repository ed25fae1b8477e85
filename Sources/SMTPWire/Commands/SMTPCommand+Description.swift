extension SMTPCommand: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The command as a transcript shows it, without credentials; see ``redactedLine``.
    public var description: String { redactedLine }

    /// The same: what a debugger or a failed test prints ends in logs too.
    public var debugDescription: String { redactedLine }

    /// Nothing within: an initial response is a credential.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
