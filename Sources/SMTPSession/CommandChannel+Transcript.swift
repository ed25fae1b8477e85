internal import SMTPTransport
internal import SMTPWire

/// What the transcript shows of each line, and what it hides.
extension CommandChannel {
    func show(_ command: SMTPCommand, to observer: TranscriptObserver) {
        if observer.dangerouslyShowsCredentials {
            show(bytes: command.bytes, to: observer)
        } else {
            tell(observer, .sent, command.redactedLine)
        }
    }

    func show(_ reply: SMTPReply, to observer: TranscriptObserver) {
        let lines = reply.text
        for (index, line) in lines.enumerated() {
            tell(observer, .received, "\(reply.code)\(index == lines.count - 1 ? " " : "-")\(line)")
        }
    }

    /// Shows what came and is no reply, when nothing makes one of it any more.
    ///
    /// It may repeat what was sent, in any form.
    func showUnfinished(to observer: TranscriptObserver) {
        let isSafe = credentials.isEmpty || observer.dangerouslyShowsCredentials
        for line in parser.unfinishedLines {
            tell(observer, .received, isSafe ? DisplayText.escape(line) : "(\(line.count) octets that are no reply)")
        }
    }

    /// Raw bytes may be anything, a credential too: their number alone is shown unless credentials may be.
    func show(raw bytes: [UInt8], to observer: TranscriptObserver) {
        if observer.dangerouslyShowsCredentials {
            show(bytes: bytes, to: observer)
        } else {
            tell(observer, .sent, "(\(bytes.count) raw octets)")
        }
    }

    func show(content: RawSpan, isLast: Bool, to observer: TranscriptObserver) {
        if observer.showsContent {
            show(bytes: content.withUnsafeBytes { Array($0) }, to: observer)
        } else {
            tell(observer, .sent, "(\(content.byteCount) octets of content\(isLast ? ", the last" : ""))")
        }
    }

    private func show(bytes: [UInt8], to observer: TranscriptObserver) {
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast(bytes.last == 0x0A ? 1 : 0)
        {
            let line = line.last == 0x0D ? line.dropLast() : line
            tell(observer, .sent, DisplayText.escape(line))
        }
    }

    private func tell(_ observer: TranscriptObserver, _ direction: TranscriptEvent.Direction, _ line: String) {
        let time = openedAt.duration(to: executor.now)
        observer.receive(TranscriptEvent(direction: direction, time: time, line: line))
    }
}
