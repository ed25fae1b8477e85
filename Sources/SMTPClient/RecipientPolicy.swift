/// What a refused recipient means for the others.
@nonexhaustive
public enum RecipientPolicy: Hashable, Sendable {
    /// The message goes to those accepted.
    case anyAccepted

    /// The message goes to all or to nobody: all are asked first, and one refusal ends it.
    case allOrNothing
}
