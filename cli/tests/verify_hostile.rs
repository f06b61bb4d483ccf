//! `corsac verify` and `corsac audit` against servers that want to keep them busy, fill their memory, or lead them elsewhere: bounded, and
//! reported in one line each.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread::spawn;

mod server;

use server::{Server, program, response};

/// Written once, because the tests run at the same time.
static POLICY: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify-hostile.toml");
    fs::write(&path, "allow_origins = [\"https://app.example.com\"]\nallow_methods = [\"GET\", \"PUT\"]\nallow_headers = [\"content-type\"]\n").unwrap();
    path
});

fn verify(url: &str, more: &[&str]) -> (i32, String) {
    let output = program().arg("verify").arg(&*POLICY).arg(url).args(more).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// A server that does this with each connection, until the test ends.
fn raw(serve: fn(&mut TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    spawn(move || {
        for stream in listener.incoming().flatten() {
            spawn(move || {
                let mut stream = stream;
                let _ = stream.read(&mut [0; 4096]);
                serve(&mut stream);
            });
        }
    });
    url
}

#[test]
fn endless_and_foreign_responses_end_the_run() {
    let endless_head = raw(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Header: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n").is_ok() {}
    });
    let one_line = raw(|stream| while stream.write_all(&[b'x'; 4096]).is_ok() {});
    let million = raw(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        let _ = stream.write_all("A: b\r\n".repeat(1_000_000).as_bytes());
        let _ = stream.write_all(b"\r\n");
    });
    let other = raw(|stream| {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\x1b[2J\r\n");
    });
    let silent = raw(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    for (url, said) in [
        (&endless_head, "is larger than"),
        (&one_line, "is not HTTP"),
        (&million, "is larger than"),
        (&other, "is not HTTP"),
        (&silent, "did not respond within 0.3 s"),
    ] {
        let (code, text) = verify(url, &["--timeout", "0.3"]);
        assert!(code == 2 && text.contains("no response: ") && text.contains(said), "{said}\n{text}");
        assert!(!text.contains('\u{1b}') && text.len() < 2_000, "{text}");
    }
}

#[test]
fn endless_bodies_are_not_read() {
    let url = raw(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let (code, text) = verify(&url, &[]);
    assert!(code == 1 && text.contains("[any-origin-allowed]"), "{text}");
}

#[test]
fn redirects_without_end_end() {
    let server = Server::start(|head| {
        let target = head.split(' ').nth(1).unwrap();
        let location = format!("Location: {target}&x=1");
        response("307 Temporary Redirect", &[&location, "Access-Control-Allow-Origin: https://app.example.com"])
    });
    let (_, text) = verify(&server.url("/"), &["--max-requests", "100"]);
    assert!(server.heads().len() <= 100, "{text}");
    let longest = server.heads().iter().map(|head| head.matches("&x=1").count()).max();
    assert!(longest <= Some(21), "{longest:?}");
}

#[test]
fn a_response_cannot_fill_a_report() {
    let server = Server::start(|_| {
        let long = format!("Access-Control-Allow-Origin: https://{}.example", "x".repeat(60_000));
        let lines: Vec<String> =
            (0..2_000).map(|number| format!("Access-Control-X{number}: %0A<a>&\"]]>\u{7f}")).collect();
        let lines: Vec<&str> = [long.as_str()].into_iter().chain(lines.iter().map(String::as_str)).collect();
        response("200 OK", &lines)
    });
    for format in ["text", "json"] {
        let (code, text) = verify(&server.url("/"), &["--format", format]);
        assert!(code == 1 && text.len() < 100_000, "{} bytes", text.len());
    }
}

/// `urls` pages of a right server within so many kilobytes of memory, and at most 10 000 requests.
#[cfg(target_os = "linux")]
fn verify_within(kilobytes: u64, server: &Server, urls: usize) -> (Option<i32>, String) {
    let script = format!("ulimit -v {kilobytes} && exec \"$0\" verify \"$@\"");
    let pages = (0..urls).map(|number| server.url(&format!("/{number}")));
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_corsac")]).arg(&*POLICY).args(pages);
    command.args(["--max-requests", "10000"]).env("RUST_BACKTRACE", "0").env("NO_PROXY", "*");
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "it sends 10 000 requests: make nightly-diagnose"]
fn ten_thousand_urls_take_little_more_memory_than_ten() {
    const STEP: u64 = 4_000;
    const MORE: u64 = 16_000;
    let server = Server::start(|head| {
        let is_missing = head.split(' ').nth(1).unwrap().contains("missing");
        let mut lines = vec!["Vary: Origin"];
        if head.to_ascii_lowercase().contains("origin: https://app.example.com\r\n") {
            lines.push("Access-Control-Allow-Origin: https://app.example.com");
            lines.push("Access-Control-Allow-Methods: GET, PUT");
            lines.push("Access-Control-Allow-Headers: content-type");
        }
        response(if is_missing { "404 Not Found" } else { "200 OK" }, &lines)
    });
    let is_enough = |bound: &u64| verify_within(*bound, &server, 10).0 == Some(0);
    assert!(!is_enough(&STEP), "the bound binds nothing");
    let enough = (1..50).map(|steps| steps * STEP).find(is_enough).expect("ten URLs need no more than 200 MB");
    let (code, text) = verify_within(enough + MORE, &server, 10_000);
    assert!(code == Some(2) && text.contains("tried 10000 of "), "{text}");
}
