//! Receivers for what leaves the house: a webhook and a mail server, on this machine, that keep what they get.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// An event as it arrived.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As the libraries of the specification want them.
    pub(crate) fn headers(&self) -> reqwest::header::HeaderMap {
        let pairs = [
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", self.timestamp.to_string()),
            ("webhook-signature", self.signature.clone()),
        ];
        pairs.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

/// Takes webhooks; answers with the statuses it was told, then with 204. Told 0, it never answers.
#[derive(Clone)]
pub(crate) struct HookSink {
    address: SocketAddr,
    answers: Arc<Mutex<VecDeque<u16>>>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    /// Connections that are never answered.
    kept: Arc<Mutex<Vec<TcpStream>>>,
}

impl HookSink {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap(),
            answers: Arc::default(),
            arrived: Arc::default(),
            kept: Arc::default(),
        };
        let there = sink.clone();
        std::thread::spawn(move || {
            listener.incoming().flatten().for_each(|stream| drop(there.serve(&stream)));
        });
        sink
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The next ones are answered so.
    pub(crate) fn answer(&self, statuses: impl IntoIterator<Item = u16>) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// Those of a kind.
    pub(crate) fn of(&self, kind: &str) -> Vec<Arrived> {
        self.arrived().into_iter().filter(|event| event.kind() == kind).collect()
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            headers.extend(line.trim().split_once(": ").map(|(n, v)| (n.to_lowercase(), v.to_owned())));
        }
        let header = |name: &str| {
            let found = headers.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let event = Arrived {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp").parse().unwrap_or(0),
            signature: header("webhook-signature"),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        self.arrived.lock().unwrap().push(event);
        let status = self.answers.lock().unwrap().pop_front().unwrap_or(204);
        if status == 0 {
            self.kept.lock().unwrap().push(stream.try_clone()?);
            return Ok(());
        }
        let answer = format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let mut writer = stream;
        writer.write_all(answer.as_bytes())
    }
}

/// Takes mail as RFC 5321 says, without encryption and from anybody, unless it was told to refuse the next.
#[derive(Clone)]
pub(crate) struct MailSink {
    address: SocketAddr,
    refusals: Arc<Mutex<VecDeque<u16>>>,
    mails: Arc<Mutex<Vec<(String, String)>>>,
}

impl MailSink {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink =
            Self { address: listener.local_addr().unwrap(), refusals: Arc::default(), mails: Arc::default() };
        let there = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let there = there.clone();
                std::thread::spawn(move || drop(there.serve(&stream)));
            }
        });
        sink
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The next recipients are refused so.
    pub(crate) fn refuse(&self, codes: impl IntoIterator<Item = u16>) {
        self.refusals.lock().unwrap().extend(codes);
    }

    /// To whom, and the mail as it was written.
    pub(crate) fn mails(&self) -> Vec<(String, String)> {
        self.mails.lock().unwrap().clone()
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes());
        say("220 sink.example ESMTP")?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let command = line.trim().to_uppercase();
            if command.starts_with("EHLO") || command.starts_with("HELO") {
                say("250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8")?;
            } else if command.starts_with("RCPT TO:") {
                line.trim()[8..].trim_matches(['<', '>', ' ']).clone_into(&mut to);
                match self.refusals.lock().unwrap().pop_front() {
                    Some(code) => say(&format!("{code} not {to}"))?,
                    None => say("250 OK")?,
                }
            } else if command == "DATA" {
                say("354 go on")?;
                let mail = read_mail(&mut reader)?;
                self.mails.lock().unwrap().push((to.clone(), mail));
                say("250 taken")?;
            } else if command == "QUIT" {
                return say("221 bye");
            } else {
                say("250 OK")?;
            }
        }
    }
}

fn read_mail(reader: &mut impl std::io::BufRead) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim_end_matches(['\r', '\n']) == "." || line.is_empty() {
            return Ok(mail);
        }
        mail.push_str(&line);
    }
}

/// The text of a part of a mail, whichever of both encodings it was written in.
pub(crate) fn decoded(mail: &str) -> String {
    use base64::Engine as _;
    let soft = mail.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = soft.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let hex = others.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    for part in soft.split("Content-Transfer-Encoding: base64").skip(1) {
        let body =
            part.split("\r\n\r\n").nth(1).unwrap_or_default().split("\r\n--").next().unwrap_or_default();
        let compact: String = body.split_whitespace().collect();
        let plain = base64::engine::general_purpose::STANDARD.decode(compact).unwrap_or_default();
        text.push_str(&String::from_utf8_lossy(&plain));
    }
    text
}
