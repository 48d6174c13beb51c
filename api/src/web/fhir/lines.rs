//! Answers in lines for people (`_pretty`), laid out piece by piece as they leave: nothing is gathered for it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::fhir::outgoing::Lines;

/// Bytes that are laid out at a time: with spaces they are some times as many.
const PIECE: usize = 64 * 1024;

/// The same answer, its JSON in lines.
pub(super) fn in_lines(answer: HttpResponse) -> HttpResponse {
    answer.map_body(|_, body| BoxBody::new(InLines { body, piece: Bytes::new(), lines: Lines::default() }))
}

struct InLines {
    body: BoxBody,
    /// What came of the body and is not laid out yet.
    piece: Bytes,
    lines: Lines,
}

impl MessageBody for InLines {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        loop {
            if this.piece.is_empty() {
                match ready!(Pin::new(&mut this.body).poll_next(context)) {
                    Some(Ok(piece)) => this.piece = piece,
                    end => return Poll::Ready(end),
                }
            }
            let some = this.piece.split_to(this.piece.len().min(PIECE));
            let mut out = Vec::with_capacity(2 * some.len());
            this.lines.lay_out(&some, &mut out);
            // An empty piece would be the end of the answer (RFC 9112, 7.1).
            if !out.is_empty() {
                return Poll::Ready(Some(Ok(out.into())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn an_answer_is_laid_out_whole_or_in_pieces() {
        let pieces = ["{\"a\":", "", "  ", "[1.10", "],", "\"b\":\"", "x  y\"}"];
        let streamed = futures::stream::iter(
            pieces.map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes()))),
        );
        for answer in [HttpResponse::Ok().body(pieces.concat()), HttpResponse::Ok().streaming(streamed)] {
            let body = in_lines(answer).into_body();
            let laid_out = to_bytes(body).await.unwrap();
            assert_eq!(laid_out, "{\n  \"a\": [\n    1.10\n  ],\n  \"b\": \"x  y\"\n}");
        }
        let long = format!("[{}1]", "1,".repeat(PIECE));
        let laid_out = to_bytes(in_lines(HttpResponse::Ok().body(long)).into_body()).await.unwrap();
        assert_eq!(laid_out.len(), 2 + (PIECE + 1) * 4 + PIECE + 1);
        let broken = futures::stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("off"))]);
        assert!(to_bytes(in_lines(HttpResponse::Ok().streaming(broken)).into_body()).await.is_err());
    }
}
