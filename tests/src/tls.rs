//! The service's own TLS (rustls): a browser that trusts its certificate gets in, plain HTTP does not, and a key
//! that does not fit is refused before anything is served.

use std::path::Path;
use std::process::Command;

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

#[tokio::test]
async fn pages_come_over_tls_and_only_so() {
    let folder = tempfile::tempdir().unwrap();
    let pem = certificate(folder.path(), "own");
    let port = binary::free_port();
    let mut served = binary::start(serve(folder.path(), port, ("own.pem", "own.key")));
    let trusting = reqwest::Client::builder()
        .tls_certs_merge([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()])
        .build()
        .unwrap();
    let url = format!("https://localhost:{port}/");
    let page = binary::answered(&mut served, async || trusting.get(&url).send().await.ok()).await;
    assert_eq!(page.status(), 200);
    assert!(page.headers()["strict-transport-security"].to_str().unwrap().contains("max-age="));
    for cookie in page.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
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
