use corsac::*;
use std::hint::black_box;
use std::time::Instant;
fn main() {
    for n in [1usize, 1000, 1_000_000] {
        let mut o: Vec<String> = (0..n).map(|i| format!("https://app-{i:06}.example.com")).collect();
        o.push("https://*.wild.example.net".into());
        let spec = PolicySpec { allow_methods: Some(&[]), ..PolicySpec::new(&o[..]) };
        let m: Vec<String> = ["GET", "POST", "PUT"].iter().map(|s| s.to_string()).collect();
        let h: Vec<String> = ["authorization", "content-type", "x-trace"].iter().map(|s| s.to_string()).collect();
        let spec = PolicySpec {
            allow_methods: Some(&m),
            allow_headers: &h,
            allow_credentials: true,
            max_age: Some(600),
            ..spec
        };
        let t = Instant::now();
        let len = spec.image_len();
        let p = spec.compile(vec![0; len], |f| println!("{f}")).unwrap();
        println!(
            "n={n} compile {:?} image {} ({:.3}x)",
            t.elapsed(),
            len,
            p.image().len() as f64 / o.iter().map(|s| s.len()).sum::<usize>() as f64
        );
        let t = Instant::now();
        Policy::open(p.image()).unwrap();
        println!("open {:?}", t.elapsed());
        let org = o[n / 2].clone();
        let cases: Vec<(&str, &str, Vec<(&str, &str)>)> = vec![
            ("plain", "GET", vec![("Host", "x"), ("Accept", "*/*")]),
            ("actual", "GET", vec![("Host", "x"), ("Origin", &org)]),
            ("denied", "GET", vec![("Host", "x"), ("Origin", "https://evil-000123.example.com")]),
            ("wild", "GET", vec![("Host", "x"), ("Origin", "https://a.wild.example.net")]),
            ("pre0", "OPTIONS", vec![("Origin", &org), ("Access-Control-Request-Method", "PUT")]),
            (
                "pre1",
                "OPTIONS",
                vec![
                    ("Origin", &org),
                    ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "authorization"),
                ],
            ),
            (
                "pre3",
                "OPTIONS",
                vec![
                    ("Origin", &org),
                    ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "authorization,content-type,x-trace"),
                ],
            ),
            (
                "pre3wild",
                "OPTIONS",
                vec![
                    ("Origin", "https://a.wild.example.net"),
                    ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "authorization,content-type,x-trace"),
                ],
            ),
        ];
        for (name, method, lines) in &cases {
            let mut best = f64::MAX;
            for _ in 0..9 {
                let t = Instant::now();
                for _ in 0..200_000 {
                    let mut r = Request::new(black_box(*method));
                    for (n, v) in black_box(lines) {
                        r.header(*n, *v);
                    }
                    let d = p.evaluate(&r);
                    for h in d.headers() {
                        black_box(h.value.len());
                        black_box(h.name);
                    }
                }
                best = best.min(t.elapsed().as_nanos() as f64 / 200_000.0);
            }
            print!("{name} {best:.1}  ");
        }
        println!();
        let commas = ",".repeat(1 << 20);
        let one = "a".repeat(1 << 20);
        let blanks = " ".repeat(1 << 20);
        let hb: Vec<u8> = {
            let mut v = vec![];
            for _ in 0..17 {
                v.extend_from_slice(&[b' '; 16]);
                v.push(b',');
            }
            v
        };
        let hb = String::from_utf8(hb).unwrap();
        for (name, v) in [("commas", &commas), ("one", &one), ("blanks", &blanks), ("17x16", &hb)] {
            let mut best = f64::MAX;
            for _ in 0..9 {
                let t = Instant::now();
                for _ in 0..100_000 {
                    let mut r = Request::new("OPTIONS");
                    r.header("Origin", &org)
                        .header("Access-Control-Request-Method", "PUT")
                        .header("Access-Control-Request-Headers", black_box(v.as_str()));
                    let d = p.evaluate(&r);
                    assert!(!d.is_allowed());
                    for h in d.headers() {
                        black_box(h.value.len());
                    }
                }
                best = best.min(t.elapsed().as_nanos() as f64 / 100_000.0);
            }
            print!("{name} {best:.1}  ");
        }
        println!();
    }
}
