use proptest::prelude::*;
use wire::hl7v2::frame::{Frame, Frames, frame};

/// What comes out of a stream that arrives in these pieces.
fn through(limit: usize, pieces: &[&[u8]]) -> Vec<Frame> {
    let mut frames = Frames::new(limit);
    let mut out = vec![];
    for piece in pieces {
        frames.push(piece);
        while let Some(frame) = frames.take_next() {
            out.push(frame);
        }
    }
    out
}

fn message(bytes: &[u8]) -> Frame {
    Frame::Message(bytes.to_vec())
}

#[test]
fn several_messages_come_out_of_one_read() {
    let stream = [frame(b"one"), frame(b"two"), frame(b"")].concat();
    assert_eq!(through(100, &[&stream]), [message(b"one"), message(b"two"), message(b"")]);
}

#[test]
fn one_message_comes_together_over_many_reads() {
    assert_eq!(through(100, &[b"\x0Bon", b"e", b"", b"\x1C", b"\r"]), [message(b"one")]);
}

#[test]
fn the_last_return_may_be_missing() {
    assert_eq!(through(100, &[b"\x0Bone\x1C\x0Btwo\x1C"]), [message(b"one"), message(b"two")]);
}

#[test]
fn breaks_between_frames_are_nothing_and_junk_is_counted() {
    assert_eq!(
        through(100, &[b"\r\n \x0Bone\x1C\r\r\n\0hello\x0Btwo\x1C\r"]),
        [message(b"one"), Frame::Junk { bytes: 5 }, message(b"two")]
    );
}

#[test]
fn a_message_too_large_is_told_with_its_beginning_and_the_next_is_read() {
    let large = [b"MSH|^~\\&".as_slice(), &[b'x'; 5000]].concat();
    let stream = [frame(&large), frame(b"next")].concat();
    let expected = [Frame::TooLarge { head: large[..1000].to_vec() }, message(b"next")];
    assert_eq!(through(1000, &[&stream]), expected);
}

#[test]
fn a_message_of_just_the_limit_is_taken() {
    assert_eq!(through(3, &[&frame(b"one")]), [message(b"one")]);
    assert_eq!(through(3, &[&frame(b"four")]), [Frame::TooLarge { head: b"fou".to_vec() }]);
}

#[test]
fn a_message_that_broke_off_gives_way_to_the_one_begun_anew() {
    assert_eq!(through(100, &[b"\x0BMSH|half\x0BMSH|whole\x1C\r"]), [Frame::Junk { bytes: 8 }, message(b"MSH|whole")]);
    assert_eq!(through(100, &[b"\x0B\x0BMSH|twice begun\x1C\r"]), [message(b"MSH|twice begun")]);
    assert_eq!(through(100, &[b"\x0BMSH|pasted\x0Btext\x1C\r"]), [message(b"MSH|pasted\x0Btext")]);
}

#[test]
fn an_open_frame_and_stray_bytes_show() {
    let mut frames = Frames::new(100);
    frames.push(b"MSH|no frame at all\r");
    assert_eq!((frames.take_next(), frames.is_mid_frame(), frames.stray_bytes()), (None, false, 16));
    frames.push(b"\x0Bhalf");
    assert_eq!(frames.take_next(), Some(Frame::Junk { bytes: 16 }));
    assert_eq!((frames.take_next(), frames.is_mid_frame(), frames.stray_bytes()), (None, true, 0));
    frames.push(b"\x1C");
    assert_eq!((frames.take_next(), frames.is_mid_frame()), (Some(message(b"half")), false));
}

fn cut<'s>(stream: &'s [u8], cuts: &[usize]) -> Vec<&'s [u8]> {
    let mut at: Vec<usize> = cuts.iter().map(|c| c % (stream.len() + 1)).collect();
    at.sort_unstable();
    let starts = std::iter::once(0).chain(at.iter().copied());
    let ends = at.iter().copied().chain([stream.len()]);
    starts.zip(ends).map(|(from, to)| &stream[from..to]).collect()
}

proptest! {
    #[test]
    fn the_pieces_a_stream_comes_in_do_not_matter(
        bytes in prop::collection::vec(prop::sample::select(b"\x0B\x1C\rMSHx \n".to_vec()), 0..120),
        cuts in prop::collection::vec(any::<usize>(), 0..20),
        limit in 1usize..20,
    ) {
        prop_assert_eq!(through(limit, &cut(&bytes, &cuts)), through(limit, &[&bytes]));
    }

    #[test]
    fn what_is_framed_comes_out_as_it_went_in(
        messages in prop::collection::vec("[A-Za-z|^~&\r\u{e9}]{0,40}", 0..6),
        cuts in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        let stream: Vec<u8> = messages.iter().flat_map(|m| frame(m.as_bytes())).collect();
        let expected: Vec<Frame> = messages.iter().map(|m| message(m.as_bytes())).collect();
        prop_assert_eq!(through(1000, &cut(&stream, &cuts)), expected);
    }
}
