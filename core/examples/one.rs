use corsac::*;
use std::hint::black_box;
fn main() {
    let case = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let o = ["https://app-000001.example.com", "https://*.wild.example.net"];
    let spec = PolicySpec {
        allow_methods: Some(&["GET", "POST", "PUT"]),
        allow_headers: &["authorization", "content-type", "x-trace"],
        allow_credentials: true,
        max_age: Some(600),
        ..PolicySpec::new(&o)
    };
    let p = spec.compile(vec![0; 1000], |_| ()).unwrap();
    let (m, lines): (&str, Vec<(&str, &str)>) = match case.as_str() {
        "plain" => ("GET", vec![("Host", "x"), ("Accept", "*/*")]),
        "actual" => ("GET", vec![("Host", "x"), ("Origin", "https://app-000001.example.com")]),
        "denied" => ("GET", vec![("Host", "x"), ("Origin", "https://evil-000123.example.com")]),
        "wild" => ("GET", vec![("Host", "x"), ("Origin", "https://a.wild.example.net")]),
        "pre0" => {
            ("OPTIONS", vec![("Origin", "https://app-000001.example.com"), ("Access-Control-Request-Method", "PUT")])
        }
        _ => (
            "OPTIONS",
            vec![
                ("Origin", "https://app-000001.example.com"),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "authorization,content-type,x-trace"),
            ],
        ),
    };
    let t = std::time::Instant::now();
    for _ in 0..n {
        let mut r = Request::new(black_box(m));
        for (n, v) in black_box(&lines) {
            r.header(*n, *v);
        }
        let d = p.evaluate(&r);
        for h in d.headers() {
            black_box(h.value.len());
            black_box(h.name);
        }
    }
    eprintln!("{case} {:.1} ns", t.elapsed().as_nanos() as f64 / n as f64);
}
