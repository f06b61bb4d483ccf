//! A client of `corsac mcp` over pipes, as an assistant is: it starts the program, asks line by line, and ends it by closing its input.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    last: u64,
}

impl Client {
    /// With a `--probe` for each host.
    pub(crate) fn start(hosts: &[&str]) -> Self {
        Self::start_with(hosts, &[])
    }

    /// With variables of the environment too.
    pub(crate) fn start_with(hosts: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("corsac"));
        command.arg("mcp").args(hosts.iter().flat_map(|host| ["--probe", host])).envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut client = Self { child, input, output, last: 0 };
        let hello = client.ask("initialize", json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "0" } }));
        assert_eq!(hello["result"]["serverInfo"]["name"], "corsac", "{hello}");
        client.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
        client
    }

    /// Sends bytes as a line.
    pub(crate) fn send(&mut self, line: impl AsRef<[u8]>) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_ref()).and_then(|()| input.write_all(b"\n")).and_then(|()| input.flush()).unwrap();
    }

    /// The next line.
    pub(crate) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n') && line.bytes().all(|byte| byte == b'\n' || !byte.is_ascii_control()), "{line:?}");
        serde_json::from_str(&line).unwrap()
    }

    /// A request, and the response to it.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        self.send(json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }).to_string());
        let response = self.next();
        assert_eq!((&response["id"], &response["jsonrpc"]), (&json!(self.last), &json!("2.0")), "{response}");
        response
    }

    /// What a tool gives back as data. The text says the same.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let response = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &response["result"];
        assert_eq!(result["isError"], false, "{response}");
        let text = result["content"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), result["structuredContent"]);
        assert!(text.len() <= 8192, "{} bytes", text.len());
        result["structuredContent"].clone()
    }

    /// The sentence with which a tool refuses its arguments.
    pub(crate) fn refusal(&mut self, tool: &str, arguments: Value) -> String {
        let response = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        assert_eq!(response["result"]["isError"], true, "{response}");
        response["result"]["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Closes the input, and gives back the exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It is this client's own process. After `end` there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
