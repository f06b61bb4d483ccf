//! The program itself: it reads its policy file again at SIGHUP, keeps the old policy if the file is
//! wrong, and with `REPORT_ONLY` it changes nothing.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const ONE: &str = "https://one.example.com";
const TWO: &str = "https://two.example.com";
/// Minutes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// The running example, which ends with the test.
struct Program {
    child: Child,
    port: u16,
    lines: Receiver<String>,
    file: PathBuf,
}

impl Program {
    fn start(name: &str, is_report_only: bool) -> Self {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&file, policy(ONE)).expect("the folder of the tests");
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("a free port").port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-axum"));
        command.env("PORT", port.to_string()).env("CORSAC_POLICY", &file).env("NO_COLOR", "1");
        if is_report_only {
            command.env("REPORT_ONLY", "1");
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the example starts");
        let (send, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().expect("its output")), Box::new(child.stderr.take().expect("its errors"))];
        for output in outputs {
            let send = send.clone();
            std::thread::spawn(move || {
                BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
            });
        }
        let program = Self { child, port, lines, file };
        for _ in 0..PATIENCE.as_millis() / 20 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return program;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the example does not listen");
    }

    /// Writes another policy, and sends SIGHUP.
    fn hang_up(&self, policy: &str) {
        fs::write(&self.file, policy).expect("the policy is written");
        let ended = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status();
        assert!(ended.expect("kill is there").success());
    }

    /// Waits until it prints a line with this text.
    fn prints(&self, text: &str) {
        while !self.lines.recv_timeout(PATIENCE).expect(text).contains(text) {}
    }

    /// Whether a response is shared with a page of this origin.
    fn shares(&self, origin: &str) -> bool {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let request = format!("GET /status HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("it responds");
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        response.contains(&format!("\r\naccess-control-allow-origin: {origin}\r\n"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn policy(origin: &str) -> String {
    format!("allow_origins = ['{origin}']")
}

#[test]
fn sighup_reads_policy_again_and_refuses_a_wrong_one() {
    let program = Program::start("reload.toml", false);
    assert!(program.shares(ONE) && !program.shares(TWO));
    program.hang_up(&policy(TWO));
    program.prints("the policy was read again");
    assert!(program.shares(TWO) && !program.shares(ONE));
    program.hang_up(&policy("one.example.com"));
    program.prints("the old policy stays: ");
    assert!(program.shares(TWO));
}

#[test]
fn report_only_changes_nothing_and_logs_the_outcome() {
    let program = Program::start("report_only.toml", true);
    assert!(!program.shares(ONE) && !program.shares(TWO));
    program.prints(&format!("If it is yours, add \"{TWO}\""));
}
