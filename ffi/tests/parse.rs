//! Policies and sets from their text, and back, through C: the same as core's reader, in the caller's memory.
#![cfg(feature = "toml")]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call keeps what the header asks, or breaks what it says is refused"
)]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac_ffi::*;

fn bytes(text: &[u8]) -> corsac_bytes {
    corsac_bytes { ptr: text.as_ptr(), len: text.len() }
}

fn text(bytes: corsac_bytes) -> String {
    let bytes = if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } };
    String::from_utf8(bytes.to_vec()).expect("text")
}

const NONE: corsac_bytes = corsac_bytes { ptr: null(), len: 0 };

/// One line for each finding: `line:column code [table]: message; suggestion`.
unsafe extern "C" fn collect(data: *mut c_void, finding: *const corsac_finding) {
    let (reported, finding) = unsafe { (&mut *data.cast::<Vec<String>>(), &*finding) };
    assert_eq!(finding.size, size_of::<corsac_finding>());
    let table = if finding.table == CORSAC_NO_TABLE { String::new() } else { format!(" [{}]", finding.table) };
    let (code, message, suggestion) = (text(finding.code), text(finding.message), text(finding.suggestion));
    reported.push(format!("{}:{} {code}{table}: {message}; {suggestion}", finding.line, finding.column));
}

type Parse<T> = unsafe extern "C" fn(
    corsac_bytes,
    *mut u8,
    usize,
    *mut u8,
    usize,
    corsac_on_finding,
    *mut c_void,
    *mut corsac_parse_sizes,
    *mut T,
) -> corsac_result;

/// The result, the findings, the image, and the number of calls. The memory is never larger than the library needs.
fn parse<T: Copy>(
    parse: Parse<T>,
    image: fn(T) -> (*const u8, usize),
    file: &[u8],
) -> (corsac_result, Vec<String>, Vec<u8>, usize) {
    let (mut sizes, mut reported, mut calls) = (corsac_parse_sizes::default(), Vec::<String>::new(), 0);
    let mut view = MaybeUninit::<T>::uninit();
    loop {
        // One byte off, so that neither is aligned.
        let mut scratch = vec![0xA5; sizes.scratch + 1];
        let mut storage = vec![0xA5; sizes.storage + 1];
        calls += 1;
        let result = unsafe {
            parse(
                bytes(file),
                scratch.as_mut_ptr().add(1),
                sizes.scratch,
                storage.as_mut_ptr().add(1),
                sizes.storage,
                Some(collect),
                (&raw mut reported).cast(),
                &raw mut sizes,
                view.as_mut_ptr(),
            )
        };
        match result {
            CORSAC_STORAGE_TOO_SMALL => assert!(calls < 3 && reported.is_empty(), "{calls} {reported:?}"),
            CORSAC_OK => {
                let (image, len) = image(unsafe { view.assume_init() });
                assert_eq!(image, unsafe { storage.as_ptr().add(1) });
                return (result, reported, storage[1..=len].to_vec(), calls);
            }
            _ => return (result, reported, vec![], calls),
        }
    }
}

fn parse_policy(file: &str) -> (corsac_result, Vec<String>, Vec<u8>, usize) {
    parse(corsac_policy_parse, |policy: corsac_policy| (policy.image, policy.len), file.as_bytes())
}

fn parse_set(file: &[u8]) -> (corsac_result, Vec<String>, Vec<u8>, usize) {
    parse(corsac_policy_set_parse, |set: corsac_policy_set| (set.image, set.len), file)
}

const POLICY: &str = "allow_origins = [\"https://app.example.com\"]\nmax_age = 600\n";
const SET: &str = "[[policy]]\npath = \"/account\"\nallow_origins = [\"https://app.example.com\"]\nallow_credentials = true\n\n[[policy]]\nallow_origins = [\"*\"]\n";

fn wanted(file: &str) -> Vec<u8> {
    let mut scratch = vec![corsac::TextSlot::default(); corsac::TextSlot::needed(file.as_bytes())];
    let read = corsac::PolicyText::read(file.as_bytes(), &mut scratch, |_| ()).expect("TOML");
    read.compile(vec![0; read.image_len()], |_| ()).expect("a policy").image().to_vec()
}

#[test]
fn images_are_those_of_the_engine() {
    assert_eq!(parse_policy(POLICY), (CORSAC_OK, vec![], wanted(POLICY), 3));
    assert_eq!(parse_set(POLICY.as_bytes()), (CORSAC_OK, vec![], wanted(POLICY), 3));
    assert_eq!(parse_set(SET.as_bytes()), (CORSAC_OK, vec![], wanted(SET), 3));
    assert_eq!(parse_policy(SET), (CORSAC_IS_SET, vec![], vec![], 2));
}

#[test]
fn findings_have_their_places() {
    let (result, reported, ..) =
        parse_set(b"allow_origin = ['*']\nallow_origins = ['https://a.example/']\nmax_age = '1'\n");
    assert_eq!(result, CORSAC_FINDINGS);
    assert_eq!(
        reported,
        [
            "1:1 unknown-key: unknown option \"allow_origin\"; did you mean allow_origins?",
            "3:11 wrong-type: max_age is a whole number, not a string; write 1",
            "2:36 trailing-slash: an origin has no trailing slash: \"https://a.example/\"; write \"https://a.example\"",
        ]
    );
    let (result, reported, ..) = parse_set(b"allow_origins = [\n'*'");
    assert_eq!((result, reported.len()), (CORSAC_FINDINGS, 1));
    assert!(reported[0].starts_with("2:4 not-toml: not TOML: "), "{reported:?}");
    let (result, reported, ..) = parse_set(b"\xff");
    assert_eq!(
        (result, reported),
        (CORSAC_FINDINGS, vec!["1:1 not-text: a byte that is not UTF-8; save the file as UTF-8".into()])
    );
    let (result, reported, ..) = parse_set(b"");
    assert_eq!((result, reported.len()), (CORSAC_FINDINGS, 1), "{reported:?}");
    // Only warnings.
    let (result, reported, image, _) = parse_set(b"[[policy]]\nallow_origins = ['*', 'https://a.example']\n");
    assert_eq!((result, reported.len(), image.is_empty()), (CORSAC_OK, 1, false));
    assert!(reported[0].starts_with("2:24 "), "{reported:?}");
}

#[test]
fn wrong_arguments_are_refused() {
    let file = bytes(POLICY.as_bytes());
    let mut sizes = corsac_parse_sizes { scratch: 7, storage: 7 };
    let mut policy = MaybeUninit::<corsac_policy>::uninit();
    let call = |text, scratch, scratch_len, storage, storage_len, sizes, policy| unsafe {
        corsac_policy_parse(text, scratch, scratch_len, storage, storage_len, None, null_mut(), sizes, policy)
    };
    let (none, place, view): (*mut u8, *mut corsac_parse_sizes, _) = (null_mut(), &raw mut sizes, policy.as_mut_ptr());
    assert_eq!(call(corsac_bytes { ptr: null(), len: 1 }, none, 0, none, 0, place, view), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(file, none, 1, none, 0, place, view), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(file, none, 0, none, 1, place, view), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(file, none, 0, none, 0, null_mut(), view), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(file, none, 0, none, 0, place, null_mut()), CORSAC_INVALID_ARGUMENT);
    assert_eq!((sizes.scratch, sizes.storage), (7, 7));
    assert_eq!(call(file, none, 0, none, 0, &raw mut sizes, view), CORSAC_STORAGE_TOO_SMALL);
    assert!(sizes.scratch > 7);
    assert_eq!(
        unsafe { corsac_policy_set_parse(NONE, none, 0, none, 0, None, null_mut(), null_mut(), null_mut()) },
        CORSAC_INVALID_ARGUMENT
    );
}

/// The text, written into a buffer of exactly its length.
fn written(write: impl Fn(*mut u8, usize, *mut usize) -> corsac_result) -> Result<String, corsac_result> {
    let mut len = 0;
    match write(null_mut(), 0, &raw mut len) {
        CORSAC_STORAGE_TOO_SMALL => {}
        other => return Err(other),
    }
    let mut buffer = vec![0; len];
    assert_eq!(write(buffer.as_mut_ptr(), len - 1, &raw mut len), CORSAC_STORAGE_TOO_SMALL);
    assert!(buffer.iter().all(|&byte| byte == 0), "something was written");
    assert_eq!(write(buffer.as_mut_ptr(), buffer.len(), &raw mut len), CORSAC_OK);
    assert_eq!(len, buffer.len());
    Ok(String::from_utf8(buffer).expect("text"))
}

#[test]
fn texts_are_read_back() {
    let image = wanted(SET);
    let set = corsac_policy_set { image: image.as_ptr(), len: image.len() };
    let of_set = |buffer, capacity, len| unsafe { corsac_policy_set_text(&set, buffer, capacity, len) };
    assert_eq!(written(of_set).as_deref(), Ok(SET));
    let image = wanted(POLICY);
    let policy = corsac_policy { image: image.as_ptr(), len: image.len() };
    let of_policy = |buffer, capacity, len| unsafe { corsac_policy_text(&policy, buffer, capacity, len) };
    assert_eq!(written(of_policy).as_deref(), Ok(POLICY));
    assert_eq!(unsafe { corsac_policy_text(null(), null_mut(), 0, &mut 0) }, CORSAC_INVALID_ARGUMENT);
    assert_eq!(unsafe { corsac_policy_text(&policy, null_mut(), 0, null_mut()) }, CORSAC_INVALID_ARGUMENT);

    let tables = [corsac::PolicyTable::new(b"/\xff", corsac::PolicySpec::new(&["*"]))];
    let spec = corsac::PolicySetSpec::new(&tables);
    let unspelt = spec.compile(vec![0; spec.image_len()], |_| ()).expect("a set").image().to_vec();
    let set = corsac_policy_set { image: unspelt.as_ptr(), len: unspelt.len() };
    assert_eq!(
        written(|buffer, capacity, len| unsafe { corsac_policy_set_text(&set, buffer, capacity, len) }),
        Err(CORSAC_NO_SPELLING)
    );
}
