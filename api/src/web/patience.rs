//! How long the body of a request may take to come. The server itself times only the head, and bodies are read before
//! anybody is known: without an end here a stranger's connections, each with a body that never comes, would stay.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse};
use futures::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a body is waited for.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Between two pieces of it.
    pause: Duration,
    /// In all, before the rate counts: enough for a form.
    whole: Duration,
    /// Bytes a second that lengthen it: a large file takes its time, and a trickle gains nothing.
    rate: u64,
}

/// As docs/operations.md says.
const OURS: Patience =
    Patience { pause: Duration::from_secs(30), whole: Duration::from_secs(60), rate: 20_000 };

/// Wraps the whole service: a body that comes too slowly is answered with 408 (RFC 9110, 15.5.9), and the connection
/// is closed. A body that a handler leaves unread closes its connection too, whichever way it is sent.
///
/// # Errors
///
/// Those of what it wraps.
pub async fn hurry(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    within(OURS, request, next).await
}

async fn within(
    patience: Patience,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let payload = match request.take_payload() {
        Payload::None => return Ok(next.call(request).await?.map_into_boxed_body()),
        payload => payload,
    };
    let body = Rc::new(RefCell::new(Body::new(payload, patience)));
    request.set_payload(Payload::Stream { payload: Box::pin(Shared(Rc::clone(&body))) });
    let answer = next.call(request).await?.map_into_boxed_body();
    let end = body.borrow().end;
    Ok(match end {
        End::Reached => answer,
        End::Ahead => kept(answer, body),
        End::TooLate => {
            tracing::info!("the body of a request came too slowly");
            let told = HttpResponse::RequestTimeout()
                .insert_header(("Cache-Control", "no-store"))
                .insert_header(("X-Content-Type-Options", "nosniff"))
                .content_type("text/plain; charset=utf-8")
                .force_close()
                .body("The body of the request came too slowly.\n");
            kept(answer.into_response(told), body)
        }
    })
}

/// Whether the end of a body was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Ahead,
    Reached,
    TooLate,
}

/// A body on its way in.
struct Body {
    payload: Payload,
    patience: Patience,
    /// When somebody first wanted it: what the service itself does before that is not the sender's fault.
    begun: Option<Instant>,
    /// Bytes so far.
    came: u64,
    /// Runs while nothing comes.
    timer: Option<Pin<Box<Sleep>>>,
    end: End,
}

impl Body {
    fn new(payload: Payload, patience: Patience) -> Self {
        Self { payload, patience, begun: None, came: 0, timer: None, end: End::Ahead }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        if self.end == End::TooLate {
            return Poll::Ready(Some(Err(too_late())));
        }
        let begun = *self.begun.get_or_insert_with(Instant::now);
        match Pin::new(&mut self.payload).poll_next(context) {
            Poll::Ready(Some(Ok(piece))) => {
                self.came = self.came.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                self.timer = None;
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(end) => {
                self.end = End::Reached;
                Poll::Ready(end)
            }
            Poll::Pending => {
                let until = latest(self.patience, (begun, Instant::now()), self.came);
                let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
                if timer.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                self.end = End::TooLate;
                Poll::Ready(Some(Err(too_late())))
            }
        }
    }
}

/// When the next piece must be there, for a body that began at the first time, is waited for since the second, and of
/// which so many bytes came.
fn latest(patience: Patience, (begun, since): (Instant, Instant), came: u64) -> Instant {
    let more = Duration::from_secs(came.checked_div(patience.rate).unwrap_or(0));
    (since + patience.pause).min(begun + patience.whole + more)
}

fn too_late() -> PayloadError {
    PayloadError::Incomplete(Some(std::io::ErrorKind::TimedOut.into()))
}

/// What the handler reads.
struct Shared(Rc<RefCell<Body>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll(context)
    }
}

/// An answer that holds on to the body which it did not wait for. The server closes the connection then; of a chunked
/// body that was let go it would read on for ever.
fn kept(answer: ServiceResponse, body: Rc<RefCell<Body>>) -> ServiceResponse {
    answer.map_body(|_, answer| BoxBody::new(Kept { answer, _body: body }))
}

struct Kept {
    answer: BoxBody,
    _body: Rc<RefCell<Body>>,
}

impl MessageBody for Kept {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().answer).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpServer, web};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::sleep;

    use super::*;

    #[test]
    fn a_trickle_gains_nothing_and_a_file_takes_its_time() {
        let begun = Instant::now();
        let seconds = Duration::from_secs;
        for (since, came, wanted) in [
            (0, 0, 30),
            (20, 10, 50),
            (45, 22, 60),
            (600, 300, 60),
            // 11 MB, as large as an upload may be.
            (500, 11_000_000, 530),
            (600, 11_000_000, 610),
        ] {
            let latest = latest(OURS, (begun, begun + seconds(since)), came);
            assert_eq!(latest - begun, seconds(wanted), "{came} bytes, waited for since {since} s");
        }
    }

    /// What a connection is answered, until it is closed; while nothing comes, the same piece is sent again and again.
    async fn answered(port: u16, begin: &str, again: &str) -> String {
        let (mut from, mut to) = TcpStream::connect(("127.0.0.1", port)).await.unwrap().into_split();
        to.write_all(begin.as_bytes()).await.unwrap();
        let (mut got, mut piece) = (Vec::new(), [0; 1024]);
        loop {
            tokio::select! {
                read = from.read(&mut piece) => match read {
                    Ok(n) if n > 0 => got.extend_from_slice(&piece[..n]),
                    _ => return String::from_utf8(got).unwrap(),
                },
                // The server may have closed already.
                () = sleep(Duration::from_millis(10)) => drop(to.write_all(again.as_bytes()).await),
            }
        }
    }

    #[actix_web::test]
    async fn a_slow_body_is_answered_and_its_connection_closed() {
        let short =
            Patience { pause: Duration::from_millis(300), whole: Duration::from_millis(900), rate: 20_000 };
        let server = HttpServer::new(move || {
            App::new()
                .wrap(from_fn(move |request, next| within(short, request, next)))
                .route("/form", web::post().to(async |body: Bytes| format!("{} bytes", body.len())))
                .route("/unread", web::post().to(async || "unread"))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let port = server.addrs()[0].port();
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let length = "Host: x\r\nContent-Length: 100000\r\n\r\n";
        let chunked = "Host: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (path, head, body, again, wanted) in [
            ("form", "Host: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\n", "abc", "", "200"),
            ("form", length, "abc", "", "408"),
            ("form", length, "abc", "d", "408"),
            ("form", chunked, "3\r\nabc\r\n", "", "408"),
            ("form", chunked, "3\r\nabc\r\n", "1\r\nd\r\n", "408"),
            ("unread", length, "abc", "d", "200"),
            ("unread", chunked, "3\r\nabc\r\n", "1\r\nd\r\n", "200"),
            ("nowhere", chunked, "3\r\nabc\r\n", "1\r\nd\r\n", "404"),
        ] {
            let begin = format!("POST /{path} HTTP/1.1\r\n{head}{body}");
            let answer = answered(port, &begin, again).await;
            let status = format!("HTTP/1.1 {wanted} ");
            assert!(answer.starts_with(&status), "{begin:?} and again {again:?}: {answer}");
            assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
        }
        handle.stop(false).await;
    }
}
