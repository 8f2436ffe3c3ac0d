//! MLLP framing: `VT message FS CR`, cut out of a stream that comes in any pieces.

const START: u8 = 0x0B;
const END: u8 = 0x1C;
const RETURN: u8 = 0x0D;

/// How much of a message that is too large is kept, so that its sender can be told.
const KEPT_OF_TOO_LARGE: usize = 2048;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    Message(Vec<u8>),
    /// More than the limit; its beginning, enough for a header. The rest is skipped up to its end.
    TooLarge {
        head: Vec<u8>,
    },
    /// So many bytes outside any frame, or of a frame that broke off, were skipped.
    Junk {
        bytes: usize,
    },
}

/// Frames of one connection: [`push`](Frames::push) what was read, then take frames until there is none.
#[derive(Debug)]
pub struct Frames {
    limit: usize,
    buffer: Vec<u8>,
    /// Up to here `buffer` is used up.
    used: usize,
    /// Up to here the open frame was searched for its end.
    searched: usize,
    state: State,
    stray: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Inside,
    Skipping,
}

impl Frames {
    /// `limit`: the most bytes of one message.
    pub fn new(limit: usize) -> Self {
        Self { limit, buffer: vec![], used: 0, searched: 0, state: State::Outside, stray: 0 }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if self.used > 0 {
            self.buffer.drain(..self.used);
            self.searched -= self.used;
            self.used = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// A frame has begun and its end has not come: time for a timeout, or for a shut-down to wait.
    pub fn is_mid_frame(&self) -> bool {
        self.state != State::Outside
    }

    /// Bytes outside any frame since the last one: many mean that the sender does not speak MLLP.
    pub fn stray_bytes(&self) -> usize {
        self.stray
    }

    /// The next whole frame of what was pushed.
    pub fn take_next(&mut self) -> Option<Frame> {
        loop {
            let step = match self.state {
                State::Outside => self.find_start()?,
                State::Inside => self.find_end()?,
                State::Skipping => self.skip_to_end()?,
            };
            if step.is_some() {
                return step;
            }
        }
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.used..]
    }

    fn advance(&mut self, bytes: usize, state: State) {
        self.used += bytes;
        self.searched = self.used;
        self.state = state;
    }

    /// `None`: needs more bytes.
    fn find_start(&mut self) -> Option<Option<Frame>> {
        let start = self.rest().iter().position(|b| *b == START);
        let skipped = &self.rest()[..start.unwrap_or(self.rest().len())];
        // Breaks between frames are the CR of the frame before, or a habit.
        let stray = skipped.iter().filter(|b| !b.is_ascii_whitespace() && **b != 0).count();
        let skipped = skipped.len();
        self.stray += stray;
        if start.is_none() {
            self.advance(skipped, State::Outside);
            return None;
        }
        self.advance(skipped + 1, State::Inside);
        Some(junk(std::mem::take(&mut self.stray)))
    }

    fn find_end(&mut self) -> Option<Option<Frame>> {
        let open = self.used;
        let end = self.buffer[self.searched..].iter().position(|b| *b == END).map(|i| i + self.searched - open);
        let length = end.unwrap_or(self.rest().len());
        if length > self.limit {
            let head = self.rest()[..length.min(self.limit).min(KEPT_OF_TOO_LARGE)].to_vec();
            self.advance(0, State::Skipping);
            return Some(Some(Frame::TooLarge { head }));
        }
        if end.is_none() {
            self.searched = self.buffer.len();
            return None;
        }
        // A sender that broke off and began anew: the newest beginning is the message. VT alone may be pasted text.
        let restart = self.rest()[..length].windows(4).rposition(|w| w == b"\x0BMSH");
        if let Some(broken) = restart {
            self.advance(broken + 1, State::Inside);
            return Some(junk(broken));
        }
        let message = self.rest()[..length].to_vec();
        let ending = if self.rest().get(length + 1) == Some(&RETURN) { 2 } else { 1 };
        self.advance(length + ending, State::Outside);
        Some(Some(Frame::Message(message)))
    }

    fn skip_to_end(&mut self) -> Option<Option<Frame>> {
        let end = self.rest().iter().position(|b| *b == END);
        match end {
            Some(end) => {
                self.advance(end + 1, State::Outside);
                Some(None)
            }
            None => {
                self.advance(self.rest().len(), State::Skipping);
                None
            }
        }
    }
}

fn junk(bytes: usize) -> Option<Frame> {
    (bytes > 0).then_some(Frame::Junk { bytes })
}

/// A message in its frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 3);
    out.push(START);
    out.extend_from_slice(message);
    out.extend([END, RETURN]);
    out
}
