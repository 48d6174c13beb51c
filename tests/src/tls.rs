//! The service's own TLS (rustls): a browser that trusts its certificate gets in with TLS 1.2 or 1.3, older versions and
//! plain HTTP do not, and a key that does not fit is refused before anything is served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use reqwest::ClientBuilder;
use reqwest::tls::Version;

use crate::harness::binary;

/// A certificate for `localhost` and its key, as PEM files.
fn certificate(folder: &Path, name: &str) -> String {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join(format!("{name}.pem")), made.cert.pem()).unwrap();
    std::fs::write(folder.join(format!("{name}.key")), made.signing_key.serialize_pem()).unwrap();
    made.cert.pem()
}

fn serve(folder: &Path, port: u16, (certificate, key): (&str, &str)) -> Command {
    let mut command = binary::command(folder, None, &["serve"]);
    command
        .env("RECORDRIGHT__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("RECORDRIGHT__SERVER__PUBLIC_URL", format!("https://localhost:{port}"))
        .env("RECORDRIGHT__SERVER__TLS__CERTIFICATE", folder.join(certificate))
        .env("RECORDRIGHT__SERVER__TLS__KEY", folder.join(key))
        .env("RECORDRIGHT__CLINIC__PHONE", "555-0100")
        .env(
            "RECORDRIGHT__OIDC",
            r#"[{id="demo",name="Demo",issuer="http://127.0.0.1:9",client_id="recordright"}]"#,
        );
    command
}

/// A client that trusts this certificate besides those of the machine.
fn trusting_client(pem: &str) -> ClientBuilder {
    reqwest::Client::builder().tls_certs_merge([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()])
}

/// A fatal alert that the version of the protocol is not supported (RFC 5246, 7.2.2).
const REFUSED: [u8; 7] = [21, 3, 3, 0, 2, 2, 70];

/// The first bytes of the answer to somebody who speaks no later version than this (3, 1 is TLS 1.0), written by hand
/// because no library of ours can.
fn answer_to_hello(port: u16, version: [u8; 2]) -> [u8; 7] {
    let mut hello = version.to_vec();
    hello.extend([7; 32]); // what should be random
    hello.push(0); // no session
    hello.extend([0, 4, 0xc0, 0x09, 0xc0, 0x13]); // ECDHE with AES-CBC and SHA-1, by ECDSA or RSA
    hello.extend([1, 0]); // no compression
    hello.extend([0, 20]); // extensions: signature algorithms, P-256
    hello.extend([0, 13, 0, 8, 0, 6, 4, 3, 4, 1, 2, 1]);
    hello.extend([0, 10, 0, 4, 0, 2, 0, 23]);
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
    let mut message = vec![1, 0, 0, length(&hello)];
    message.extend(hello);
    let mut record = vec![22, version[0], version[1], 0, length(&message)];
    record.extend(message);
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.write_all(&record).unwrap();
    let mut answer = [0; 7];
    connection.read_exact(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn pages_come_over_tls_and_only_so() {
    let folder = tempfile::tempdir().unwrap();
    let pem = certificate(folder.path(), "own");
    let port = binary::free_port();
    let mut served = binary::start(serve(folder.path(), port, ("own.pem", "own.key")));
    let trusting = trusting_client(&pem).build().unwrap();
    let url = format!("https://localhost:{port}/");
    let page = binary::answered(&mut served, async || trusting.get(&url).send().await.ok()).await;
    assert_eq!(page.status(), 200);
    assert!(page.headers()["strict-transport-security"].to_str().unwrap().contains("max-age="));
    for cookie in page.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
    }
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let only = trusting_client(&pem).tls_version_min(version).tls_version_max(version).build().unwrap();
        assert_eq!(only.get(&url).send().await.unwrap().status(), 200, "{version:?}");
    }
    for older in [[3, 1], [3, 2]] {
        assert_eq!(answer_to_hello(port, older), REFUSED, "TLS {older:?}");
    }
    let stranger = reqwest::Client::new().get(&url).send().await;
    assert!(stranger.is_err(), "a certificate that nobody vouches for is not taken");
    let plain = reqwest::Client::new().get(format!("http://localhost:{port}/")).send().await;
    assert!(plain.is_err(), "nothing is served without TLS");
    served.kill().unwrap();
    served.wait().unwrap();
}

#[test]
fn a_key_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path(), "own");
    certificate(folder.path(), "other");
    let said = |pair| {
        let output = serve(folder.path(), 0, pair).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let unfit = said(("own.pem", "other.key"));
    assert!(unfit.contains("server.tls"), "{unfit}");
    let missing = said(("none.pem", "own.key"));
    assert!(missing.contains("server.tls.certificate"), "{missing}");
}
