//! Tests that an image opens only if everything that compiling guarantees is true of it. Well-made
//! images of refused policies do not open.

#[cfg(feature = "public-suffix")]
use corsac::PublicSuffixes;
use corsac::{IMAGE_MAGIC, OpenError, Policy, PolicySpec, Request};

mod layout;

fn compiled(spec: &PolicySpec<'_>) -> Vec<u8> {
    spec.compile(vec![0; spec.image_len()], |_| ()).unwrap().image().to_vec()
}

fn error(image: &[u8]) -> OpenError {
    Policy::open(image).unwrap_err()
}

/// Replaces a text that is in the image once with another text of the same length.
fn replaced(image: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = (0..image.len()).filter(|&at| image[at..].starts_with(from.as_bytes())).collect();
    assert_eq!(places.len(), 1, "{from} stands once");
    let mut image = image.to_vec();
    image[places[0]..places[0] + to.len()].copy_from_slice(to.as_bytes());
    image
}

#[test]
fn other_bytes_are_not_an_image() {
    assert_eq!(error(b""), OpenError::NotAnImage);
    assert_eq!(error(b"allow_origins = []"), OpenError::NotAnImage);
    assert_eq!(error(IMAGE_MAGIC), OpenError::WrongLength);
    let mut later = compiled(&PolicySpec::new(&["https://a.example"]));
    later[7] += 1;
    assert_eq!(error(&later), OpenError::OtherVersion);
}

#[test]
fn a_cut_or_longer_image_does_not_open() {
    let image = compiled(&PolicySpec::new(&["https://a.example", "https://*.b.example"]));
    for length in 8..image.len() {
        assert_eq!(error(&image[..length]), OpenError::WrongLength, "{length}");
    }
    assert_eq!(error(&[&image[..], b"\0"].concat()), OpenError::WrongLength);
}

#[test]
fn an_expose_list_with_a_line_feed_does_not_open() {
    let image =
        compiled(&PolicySpec { expose_headers: &["x-first", "x-second"], ..PolicySpec::new(&["https://a.example"]) });
    for bad in
        ["x-first,\nx-second", "x-first\r\nx-second", "x-second, x-first", "x-first, x-First ", "X-first, x-second"]
    {
        let error = error(&replaced(&image, "x-first, x-second", bad));
        assert!(matches!(error, OpenError::Damaged | OpenError::Refused(_)), "{bad:?}: {error}");
    }
}

#[test]
fn any_origin_with_credentials_does_not_open() {
    let mut image = compiled(&PolicySpec::new(&["*"]));
    layout::toggle(&mut image, layout::flag("CREDENTIALS"));
    assert!(matches!(error(&image), OpenError::Refused(code) if code.as_str() == "any-origin-with-credentials"));
    let null = PolicySpec { dangerously_allow_null_origin: true, ..PolicySpec::new(&["null"]) };
    let mut image = compiled(&null);
    layout::toggle(&mut image, layout::flag("CREDENTIALS"));
    assert!(matches!(error(&image), OpenError::Refused(code) if code.as_str() == "null-origin-with-credentials"));
}

#[test]
fn misplaced_or_wrong_record_does_not_open() {
    let image = compiled(&PolicySpec::new(&["https://a.example"]));
    for bad in ["https://A.example", "https://a.exampl\n", "https://b.example", "https://a.exampl/"] {
        assert_eq!(error(&replaced(&image, "https://a.example", bad)), OpenError::Damaged, "{bad:?}");
    }
}

#[test]
fn a_number_out_of_range_does_not_open() {
    let spec = PolicySpec { max_age: Some(600), ..PolicySpec::new(&["https://a.example"]) };
    let image = compiled(&spec);
    for (name, value) in [("status", 300), ("status", 199), ("denied_status", 500), ("denied_status", 200)] {
        let mut image = image.clone();
        layout::put(&mut image, layout::field(name), value);
        assert!(matches!(error(&image), OpenError::Refused(_)), "{name} {value}");
    }
    assert_eq!(error(&replaced(&image, "600", "601")), OpenError::Damaged);
}

#[test]
fn opened_image_decides_as_the_compiled_one() {
    let spec = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://a.example", "https://*.b.example"]) };
    let (compiled, image) = (spec.compile(vec![0; spec.image_len()], |_| ()).unwrap(), compiled(&spec));
    let opened = Policy::open(image).unwrap();
    for origin in ["https://a.example", "https://x.b.example", "https://c.example"] {
        let request = Request::from_lines("GET", [("Origin", origin)]);
        let lines = |policy: &Policy<Vec<u8>>| {
            policy.evaluate(&request).headers().map(|header| header.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(lines(&compiled), lines(&opened));
    }
}

#[test]
fn sections_fill_the_image_and_every_flag_is_known() {
    let image = compiled(&PolicySpec::new(&["https://a.example", "https://*.b.example"]));
    // One more byte, which the length counts, but no section has.
    let mut longer = [&image[..], b"\0"].concat();
    let length = layout::field("length");
    assert_eq!(layout::number(&image, length.clone()), image.len() as u64);
    layout::put(&mut longer, length, image.len() as u64 + 1);
    assert_eq!(error(&longer), OpenError::Damaged);
    let says_of_itself = ["TIMING", "WILDCARD_FIXED_PORT", "WILDCARD_ANY_PORT", "WEB_ANY_HOST"].map(layout::flag);
    for bit in says_of_itself.into_iter().chain((14..31).map(|bit| 1 << bit)) {
        let mut image = image.clone();
        layout::toggle(&mut image, bit);
        assert_eq!(error(&image), OpenError::Damaged, "flag {bit:#x}");
    }
}

#[test]
fn what_compiles_opens_however_many_origins_there_are() {
    let hosts: Vec<String> = (0..3000).map(|number| format!("https://host-{number}.example")).collect();
    for count in (0..200).chain([500, 1000, 3000]) {
        let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&hosts[..count]) };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
        let opened = Policy::open(policy.image()).unwrap_or_else(|error| panic!("{count}: {error}"));
        assert_eq!(opened.origins().count(), count);
        for host in hosts.iter().take(count) {
            assert!(opened.evaluate(&Request::from_lines("GET", [("Origin", host)])).is_allowed(), "{host} of {count}");
        }
    }
    let globs: Vec<String> = (0..32).map(|number| format!("https://p{number}-*.example.com")).collect();
    let spec = PolicySpec::new(&globs);
    let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
    let opened = Policy::open(policy.image()).unwrap();
    for number in 0..32 {
        let origin = format!("https://p{number}-x.example.com");
        assert!(opened.evaluate(&Request::from_lines("GET", [("Origin", &origin)])).is_allowed(), "{origin}");
    }
}

#[test]
fn what_compiles_opens_however_many_names_there_are() {
    let names: Vec<String> = (0..256).map(|number| format!("x-{number}")).collect();
    let origins = ["https://a.example".to_owned()];
    for count in (0..40).chain([64, 100, 128, 200, 255, 256]) {
        let spec = PolicySpec { allow_headers: &names[..count], ..PolicySpec::new(&origins) };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
        let opened = Policy::open(policy.image()).unwrap_or_else(|error| panic!("{count}: {error}"));
        let preflight = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET")];
        for (place, name) in names.iter().enumerate() {
            let lines = preflight.into_iter().chain([("Access-Control-Request-Headers", &name[..])]);
            assert_eq!(opened.evaluate(&Request::from_lines("OPTIONS", lines)).is_allowed(), place < count, "{name}");
        }
    }
}

#[test]
fn a_section_that_is_longer_or_shorter_does_not_open() {
    let named = PolicySpec { allow_headers: &["x-a", "x-b"], expose_headers: &["etag"], ..PolicySpec::new(&["*"]) };
    let specs = [
        PolicySpec::new(&["https://a.example", "https://*.b.example"]),
        PolicySpec::new(&["https://a.example"]),
        PolicySpec { max_age: Some(5), ..PolicySpec::new(&["https://*.b.example"]) },
        PolicySpec { allow_methods: Some(&["PROPFIND"]), ..named },
        PolicySpec { allow_methods: Some(&["*"]), ..PolicySpec::new(&["*"]) },
        PolicySpec::new(&["https://10.1.0.0/16", "https://10.2.0.0/16"]),
    ];
    for image in specs.iter().map(compiled) {
        for (name, change) in layout::sections().into_iter().flat_map(|name| (-12..=12).map(move |by| (name, by))) {
            // If an exposed header is cut, it is just another name.
            if change == 0 || (name == "ExposedHeaders" && change < 0) {
                continue;
            }
            if let Some(other) = layout::resized(&image, name, change) {
                assert!(Policy::open(&other[..]).is_err(), "{name} by {change}");
            }
        }
    }
}

/// The image of a policy with these ranges, put together from the images of one range each.
fn with_ranges(texts: &[String]) -> Vec<u8> {
    let mut section = vec![u8::try_from(texts.len()).unwrap()];
    let mut behind = Vec::new();
    for text in texts {
        let image = compiled(&PolicySpec::new(&[text]));
        section.extend(&image[layout::section(&image, "Ranges")][1..][..24]);
        behind.extend(text.as_bytes());
    }
    section.append(&mut behind);
    let image = compiled(&PolicySpec::new(&[&texts[0]]));
    let change = section.len() as i64 - layout::section(&image, "Ranges").len() as i64;
    let mut image = layout::resized(&image, "Ranges", change).unwrap();
    let at = layout::section(&image, "Ranges");
    image[at].copy_from_slice(&section);
    image
}

#[test]
fn ranges_that_no_policy_could_have_do_not_open() {
    let texts: Vec<String> = (0..17).map(|number| format!("https://10.{number}.0.0/16")).collect();
    let image = with_ranges(&texts[..16]);
    assert_eq!(Policy::open(&image[..]).unwrap().origins().count(), 16);
    assert_eq!(error(&with_ranges(&texts)), OpenError::Damaged);
    assert_eq!(error(&with_ranges(&[&texts[..2], &texts[..1]].concat())), OpenError::Damaged);
    // A record and its text say the same thing, so neither can change alone.
    for at in layout::section(&image, "Ranges") {
        for bit in 0..8 {
            let mut other = image.clone();
            other[at] ^= 1 << bit;
            assert!(Policy::open(&other[..]).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn an_index_without_a_free_slot_does_not_open() {
    let spec = PolicySpec { allow_headers: &["x-a", "x-bb"], ..PolicySpec::new(&["https://a.example"]) };
    let mut image = compiled(&spec);
    let index = layout::section(&image, "HeaderIndex");
    // The lengths of both names stay, and every slot gets the second name.
    for slot in image[index].split_at_mut(2).1.chunks_exact_mut(4) {
        slot.copy_from_slice(&[4, 1, 5, 0]);
    }
    assert_eq!(error(&image), OpenError::Damaged);
    // A look-up in bytes that were not opened must end, too.
    let preflight = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET")];
    let lines = preflight.into_iter().chain([("Access-Control-Request-Headers", "x-c")]);
    assert!(!Policy::from_compiled(image.leak()).evaluate(&Request::from_lines("OPTIONS", lines)).is_allowed());
}

#[test]
fn a_text_that_holds_its_own_head_does_not_open() {
    let host = format!("{}.{}.example", "a".repeat(43), "b".repeat(44));
    let (shorter, longer) = (format!("https://{}", &host[2..]), format!("https://{host}"));
    let mut image = compiled(&PolicySpec::new(&[&shorter]));
    let records = layout::section(&image, "ExactRecords");
    // `ht` is also the head of a text of this length. The text then begins where its head does.
    assert_eq!((records.len(), longer.len()), (104, usize::from(b'h')));
    image[records].copy_from_slice(longer.as_bytes());
    assert_eq!(error(&image), OpenError::Damaged);
}

/// An image with this many globs of one parent, in one bucket.
fn stuffed(count: usize) -> Vec<u8> {
    const LAST: u16 = 0x0200;
    let glob = |number: usize, parent| format!("https://p{number:02}-*.example.{parent}");
    // More globs of one parent would not compile, so one of them has another parent at first.
    let texts: Vec<_> = (1..count).map(|number| glob(number, "com")).chain([glob(0, "org")]).collect();
    let mut image = compiled(&PolicySpec::new(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
    let [directory, records] = ["WildcardDirectory", "WildcardRecords"].map(|name| layout::section(&image, name));
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let starts: Vec<u32> = image[directory.clone()].chunks_exact(4).map(number).collect();
    let fullest = (1..starts.len()).max_by_key(|&bucket| starts[bucket] - starts[bucket - 1]).unwrap();
    let at = records.start + starts[fullest - 1] as usize;
    // All have the same hash and length, so their heads differ only in the mark of the last one.
    let head = u16::from_le_bytes([image[at], image[at + 1]]);
    let heads = vec![head; count - 1].into_iter().chain([head | LAST]).flat_map(u16::to_le_bytes);
    let bucket: Vec<u8> = heads.chain((0..count).flat_map(|number| glob(number, "com").into_bytes())).collect();
    for (place, start) in image[directory].chunks_exact_mut(4).enumerate() {
        let bytes = if place < fullest { 0 } else { u32::try_from(bucket.len()).unwrap() };
        start.copy_from_slice(&bytes.to_le_bytes());
    }
    image[records].copy_from_slice(&bucket);
    image
}

#[test]
fn more_globs_of_one_parent_than_allowed_do_not_open() {
    assert_eq!(Policy::open(stuffed(32)).unwrap().origins().count(), 32);
    assert_eq!(error(&stuffed(33)), OpenError::Damaged);
}

#[cfg(feature = "public-suffix")]
#[test]
fn image_is_checked_once_with_the_public_suffix_list() {
    for entry in ["https://*.github.io", "https://*.amazonaws.com", "https://*.newtld"] {
        let entry = [entry];
        let mut image = compiled(&PolicySpec {
            allow_credentials: true,
            dangerously_allow_public_suffixes: PublicSuffixes::Allowed,
            ..PolicySpec::new(&entry)
        });
        // This is how a program with an older list, without the suffix, would have compiled it. A
        // newer list must not stop a server when it is upgraded.
        layout::toggle(&mut image, layout::flag("SUFFIX_SWITCH"));
        assert!(Policy::open(&image[..]).is_ok(), "{entry:?}");
        // This is how a program without the list would have compiled it.
        layout::toggle(&mut image, layout::flag("SUFFIX_CHECKED"));
        assert!(matches!(error(&image), OpenError::Refused(code) if code.as_str() == "public-suffix"), "{entry:?}");
        layout::toggle(&mut image, layout::flag("SUFFIX_SWITCH"));
        assert!(Policy::open(&image[..]).is_ok(), "{entry:?}");
    }
}

#[test]
fn max_age_over_a_day_does_not_open() {
    let spec = PolicySpec { max_age: Some(86_400), ..PolicySpec::new(&["https://a.example"]) };
    let mut image = replaced(&compiled(&spec), "86400", "86401");
    layout::put(&mut image, layout::field("max_age"), 86_401);
    assert_eq!(error(&image), OpenError::Damaged);
}
