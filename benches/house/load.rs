//! The load: so many connections, each with one call at a time, each call one request after the other, on one thread.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use actix_rt::net::TcpStream;
use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::measure;
use crate::script::{Script, Signed};

/// What came of a round.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) answered: u64,
    pub(crate) took: Duration,
    /// How long each answer took, in microseconds.
    pub(crate) times_us: Vec<u32>,
}

impl Round {
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "no round has 2^52 requests")]
        let answered = self.answered as f64;
        answered / self.took.as_secs_f64()
    }
}

/// What the connections of a round share; they all live on one thread.
struct Shared {
    calls: RefCell<Vec<Signed>>,
    until: Instant,
    round: RefCell<Round>,
}

/// Plays calls until the time is over or none is left; calls that were begun and not finished are given up.
pub(crate) async fn play(
    address: &str,
    script: &Script,
    calls: &mut Vec<Signed>,
    (connections, longest): (usize, Duration),
) -> anyhow::Result<Round> {
    let streams = try_join_all((0..connections).map(|_| TcpStream::connect(address))).await?;
    let began = measure::now();
    let shared = Shared {
        calls: RefCell::new(std::mem::take(calls)),
        until: began + longest,
        round: RefCell::new(Round { answered: 0, took: longest, times_us: Vec::new() }),
    };
    try_join_all(streams.into_iter().map(|stream| connection(stream, script.clone(), &shared))).await?;
    *calls = shared.calls.into_inner();
    Ok(shared.round.into_inner().with_end(began.elapsed().min(longest)))
}

impl Round {
    fn with_end(self, took: Duration) -> Self {
        Self { took, ..self }
    }
}

async fn connection(mut stream: TcpStream, mut script: Script, shared: &Shared) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(8 << 10);
    loop {
        let next = shared.calls.borrow_mut().pop();
        let Some(call) = next else { return Ok(()) };
        for (turn, request) in script.iter_mut().enumerate() {
            let sent = measure::now();
            stream.write_all(request.bytes_for(&call, turn)).await?;
            read(&mut stream, &mut answer).await?;
            let answered = measure::now();
            // What is answered after the end belongs to no round.
            if answered > shared.until {
                return Ok(());
            }
            let mut round = shared.round.borrow_mut();
            round.answered += 1;
            round.times_us.push((answered - sent).as_micros().try_into()?);
        }
    }
}

/// Reads one answer, which has to be a success.
async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<()> {
    answer.clear();
    loop {
        ensure!(stream.read_buf(answer).await? > 0, "the server closed the connection");
        let Some(body_at) = answer.windows(4).position(|part| part == b"\r\n\r\n").map(|at| at + 4) else {
            continue;
        };
        let head = std::str::from_utf8(&answer[..body_at])?;
        if head.starts_with("HTTP/1.1 204") {
            return Ok(());
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
        });
        if answer.len() < body_at + length.context("an answer without a length")?? {
            continue;
        }
        let body = String::from_utf8_lossy(&answer[body_at..]);
        let is_good = head.starts_with("HTTP/1.1 200") && body.contains(r#""success":true"#);
        ensure!(is_good, "not the answer that was expected: {head}{body}");
        return Ok(());
    }
}
