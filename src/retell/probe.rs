//! A webhook sent to ourselves as Retell would send it, to see whether the public address leads here.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
}

/// Why there was no answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("it is no address that can be called")]
    NoAddress,
    #[error("its name is not known")]
    UnknownHost,
    #[error("the connection was refused")]
    Refused,
    #[error("no secure connection came about")]
    Tls,
    #[error("there was no answer in time")]
    TimedOut,
    #[error("the connection broke off")]
    Broken,
}

/// Sends a signed body; no redirect is followed, as Retell may not follow one.
pub async fn send(
    http: &reqwest::Client,
    (url, signature): (&str, &str),
    body: Vec<u8>,
    timeout_ms: u32,
) -> Result<Answered, Fault> {
    let request = http
        .post(url)
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .header(super::signature::HEADER, signature)
        .timeout(Duration::from_millis(timeout_ms.into()))
        .body(body);
    let answer = request.send().await.map_err(|error| fault(&error))?;
    Ok(Answered { status: answer.status().as_u16() })
}

fn fault(error: &reqwest::Error) -> Fault {
    if error.is_builder() {
        return Fault::NoAddress;
    }
    if error.is_timeout() {
        return Fault::TimedOut;
    }
    let mut cause = error.source();
    while let Some(one) = cause {
        if let Some(found) = known(one) {
            return found;
        }
        cause = one.source();
    }
    Fault::Broken
}

/// What a cause means by itself, or by what it wraps: an I/O error names what is in it only when asked.
fn known(cause: &(dyn StdError + 'static)) -> Option<Fault> {
    if cause.is::<rustls::Error>() {
        return Some(Fault::Tls);
    }
    // The resolver's failure has no type of its own that could be named.
    if cause.to_string().starts_with("dns error") {
        return Some(Fault::UnknownHost);
    }
    let cause = cause.downcast_ref::<io::Error>()?;
    let kinds =
        [(io::ErrorKind::ConnectionRefused, Fault::Refused), (io::ErrorKind::TimedOut, Fault::TimedOut)];
    let of_kind = kinds.into_iter().find(|(kind, _)| *kind == cause.kind()).map(|(_, fault)| fault);
    of_kind.or_else(|| known(cause.get_ref()?))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    fn http() -> reqwest::Client {
        drop(rustls::crypto::ring::default_provider().install_default());
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
    }

    async fn sent(url: &str, timeout_ms: u32) -> Result<Answered, Fault> {
        send(&http(), (url, "v=1,d=2"), b"{}".to_vec(), timeout_ms).await
    }

    /// A place that answers every connection with these bytes.
    fn place(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            // Kept open: what is closed with something unread breaks off before it is understood.
            let mut open = Vec::new();
            for mut socket in listener.incoming().flatten() {
                let mut head = [0; 1_024];
                drop(socket.read(&mut head));
                drop(socket.write_all(answer));
                open.push(socket);
            }
        });
        address.to_string()
    }

    #[actix_rt::test]
    async fn an_answer_is_told_by_its_status_and_a_redirect_is_not_followed() {
        let gone = place(b"HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n");

        assert_eq!(sent(&format!("http://{gone}/"), 60_000).await, Ok(Answered { status: 301 }));
    }

    #[actix_rt::test]
    async fn where_nobody_listens_the_connection_is_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);

        assert_eq!(sent(&format!("http://{address}/"), 60_000).await, Err(Fault::Refused));
    }

    #[actix_rt::test]
    async fn where_no_tls_is_spoken_that_is_said() {
        let plain = place(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");

        assert_eq!(sent(&format!("https://{plain}/"), 60_000).await, Err(Fault::Tls));
    }

    #[actix_rt::test]
    async fn whoever_never_answers_is_not_waited_for_longer_than_was_said() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();

        assert_eq!(sent(&format!("http://{address}/"), 100).await, Err(Fault::TimedOut));
        drop(listener);
    }

    #[actix_rt::test]
    async fn an_address_that_is_none_and_a_name_that_nobody_has_are_told_apart() {
        assert_eq!(sent("not an address", 60_000).await, Err(Fault::NoAddress));
        assert_eq!(sent("http://fernamt.invalid/", 60_000).await, Err(Fault::UnknownHost));
    }
}
