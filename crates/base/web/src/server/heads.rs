//! A stream of requests whose heads are looked at before hyper gets them.
//!
//! Invariants: hyper gets only whole heads, and only those that [`judge`] takes. In place of another it gets a request that
//! says so, and then nothing more. Nearly every head comes whole and is looked at where it lies; only one that comes in
//! parts is kept meanwhile, up to the longest that is taken.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::Framing;
use super::head::{Judged, Malformed, judge};

/// A stream of requests.
pub struct Heads<S> {
    stream: S,
    /// Longest head, in bytes.
    bytes_max: usize,
    /// What is still to come of the body; then a head follows.
    body: Framing,
    /// A head that is not whole yet.
    held: Vec<u8>,
    /// What hyper gets before anything else.
    ready: Vec<u8>,
    /// A request was refused: nothing is read any more.
    is_over: bool,
}

impl<S> Heads<S> {
    /// Around a stream; a head may have so many bytes.
    pub fn new(stream: S, bytes_max: usize) -> Self {
        let (held, ready) = (Vec::new(), Vec::new());
        Self { stream, bytes_max, body: Framing::of_length(0), held, ready, is_over: false }
    }

    /// How many of these bytes hyper may have now. What is behind them is part of a head that is not whole, or is refused.
    fn pass(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        loop {
            passed += self.body.skip(bytes.get(passed..).unwrap_or_default());
            let head = bytes.get(passed..).unwrap_or_default();
            if head.is_empty() {
                return passed;
            }
            match judge(head) {
                Judged::Whole(length, body) if length <= self.bytes_max => {
                    passed += length;
                    self.body = body;
                }
                Judged::Partial if head.len() < self.bytes_max => return passed,
                Judged::Whole(..) | Judged::Partial => return self.refuse(Malformed::TooLarge, passed),
                Judged::Refused(why) => return self.refuse(why, passed),
            }
        }
    }

    fn refuse(&mut self, why: Malformed, passed: usize) -> usize {
        self.is_over = true;
        self.ready = why.in_place().into_bytes();
        passed
    }

    /// Takes bytes that were read into `into` behind `before`, and leaves there what hyper may have.
    fn take(&mut self, into: &mut ReadBuf<'_>, before: usize) {
        let read = into.filled().get(before..).unwrap_or_default();
        if self.held.is_empty() {
            let passed = self.pass(read);
            let rest = read.get(passed..).unwrap_or_default();
            if !self.is_over {
                self.held.extend_from_slice(rest);
            }
            into.set_filled(before + passed);
            return;
        }
        // A head ends with an empty line: without one there is no need to look at all of it again.
        let looked_at = self.held.len().saturating_sub(3);
        self.held.extend_from_slice(read);
        into.set_filled(before);
        let tail = self.held.get(looked_at..).unwrap_or_default();
        let may_end = tail.windows(2).any(|two| two == b"\n\n") || tail.windows(3).any(|three| three == b"\n\r\n");
        if !may_end && self.held.len() < self.bytes_max {
            return;
        }
        let mut bytes = std::mem::take(&mut self.held);
        let passed = self.pass(&bytes);
        let rest = bytes.split_off(passed);
        bytes.append(&mut self.ready);
        self.ready = bytes;
        if !self.is_over {
            self.held = rest;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heads<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = into.filled().len();
        loop {
            if !this.ready.is_empty() {
                let n = this.ready.len().min(into.remaining());
                into.put_slice(this.ready.get(..n).unwrap_or_default());
                this.ready.drain(..n);
                return Poll::Ready(Ok(()));
            }
            if this.is_over {
                // hyper answers and closes; an end here would have it drop what it answers.
                return Poll::Pending;
            }
            ready!(Pin::new(&mut this.stream).poll_read(cx, into))?;
            if into.filled().len() == before {
                return Poll::Ready(Ok(()));
            }
            this.take(into, before);
            if into.filled().len() > before {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heads<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
