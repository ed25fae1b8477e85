/// Does for a task that waits for replies what follows from them, in the event they came in.
///
/// To wake the task, and have it come back to the channel's executor at each step, costs more than all it then does.
package protocol ReplyDriver: AnyObject {
    /// Replies have come, or something else happened that may let the driver go on.
    ///
    /// - Returns: Whether the task must be woken: to wait for something other than a reply, or because all is done.
    func drive(_ channel: isolated CommandChannel) -> Bool
}
