//! A message as DATA wants it: every line ends in CRLF, a leading dot is doubled, a lone dot ends it.

/// The bytes to write after 354, final dot included, so that they can go out in one write.
///
/// Lone CRs and LFs become CRLF. They must not pass as they are: where two servers disagree on what ends a line,
/// `LF . LF` lets a message's text end the message and go on with commands of its own.
pub(super) fn encode(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 32 + 8);
    let mut at_line_start = true;
    let mut bytes = message.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                out.extend_from_slice(b"\r\n");
                at_line_start = true;
            }
            _ => {
                if at_line_start && byte == b'.' {
                    out.push(b'.');
                }
                out.push(byte);
                at_line_start = false;
            }
        }
    }
    if !at_line_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a server that follows RFC 5321 takes out of the stream: the message, and whatever came after it.
    fn decode(wire: &[u8]) -> (Vec<u8>, &[u8]) {
        let mut message = Vec::new();
        let mut rest = wire;
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
            let (line, after) = rest.split_at(end + 2);
            rest = after;
            if line == b".\r\n" {
                return (message, rest);
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        }
        panic!("no final dot in {wire:?}");
    }

    #[test]
    fn leading_dots_are_doubled_and_line_ends_mended() {
        assert_eq!(encode(b""), b".\r\n");
        assert_eq!(encode(b"a"), b"a\r\n.\r\n");
        assert_eq!(encode(b"."), b"..\r\n.\r\n");
        assert_eq!(encode(b"a\r\n.\r\nb\r\n"), b"a\r\n..\r\nb\r\n.\r\n");
        assert_eq!(encode(b"a\n.\nQUIT\r"), b"a\r\n..\r\nQUIT\r\n.\r\n");
        assert_eq!(encode(b"a\r.\r\r\nb.c"), b"a\r\n..\r\n\r\nb.c\r\n.\r\n");
    }

    fn tricky() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![4 => proptest::sample::select(b".\r\na".to_vec()), 1 => any::<u8>()],
            0..60,
        )
    }

    proptest! {
        #[test]
        fn nothing_ends_the_message_early_and_nothing_is_lost(message in tricky()) {
            let wire = encode(&message);
            let (decoded, rest) = decode(&wire);
            prop_assert_eq!(rest, b"");
            let without_breaks = |bytes: &[u8]| -> Vec<u8> {
                bytes.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect()
            };
            prop_assert_eq!(without_breaks(&decoded), without_breaks(&message));
            let lone = |from: u8, with: u8, step: isize| decoded.iter().enumerate().any(|(at, byte)| {
                *byte == from && at.checked_add_signed(step).and_then(|near| decoded.get(near)) != Some(&with)
            });
            prop_assert!(!lone(b'\r', b'\n', 1) && !lone(b'\n', b'\r', -1));
        }

        #[test]
        fn a_message_with_proper_line_ends_arrives_byte_for_byte(lines in proptest::collection::vec("[.a ]{0,4}", 0..8)) {
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let wire = encode(message.as_bytes());
            prop_assert_eq!(decode(&wire).0, message.as_bytes());
        }
    }
}
