//! Runs every case of `vectors/*.json` against the engine and against the reference, so that no
//! file can drift from either.

use std::fmt::Write as _;
use std::{fs, path::Path};

use corsac::{Policy, PolicySet};
use serde_json::{Map, Value};

mod reference;
use reference::bridge::{self, Found};
use reference::{Bytes, OwnedRequest, Path as RequestPath, Set, Spec, Suffixes, Table};

/// `Err`: what is wrong with a case, or with the engine.
type Outcome = Result<(), String>;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn object<'a>(value: &'a Value, keys: &[&str]) -> Result<&'a Map<String, Value>, String> {
    let map = value.as_object().ok_or_else(|| format!("no object: {value}"))?;
    match map.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(format!("unknown key {key:?}")),
        None => Ok(map),
    }
}

/// One byte per code point.
fn latin(text: &Value) -> Result<Bytes, String> {
    let text = text.as_str().ok_or_else(|| format!("no text: {text}"))?;
    text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| format!("{c:?} is no byte"))).collect()
}

/// A string, a repeat, or an array of both.
fn bytes(value: &Value) -> Result<Bytes, String> {
    match value {
        Value::Array(parts) => Ok(parts.iter().map(bytes).collect::<Result<Vec<_>, _>>()?.concat()),
        Value::Object(_) => {
            let map = object(value, &["repeat", "times"])?;
            let times = value["times"].as_u64().ok_or("times is no number")?;
            let text = map.get("repeat").ok_or("nothing to repeat")?;
            Ok(latin(text)?.repeat(usize::try_from(times).map_err(|error| error.to_string())?))
        }
        text => latin(text),
    }
}

fn array(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("no array: {value}"))
}

fn list(value: &Value) -> Result<Vec<Bytes>, String> {
    array(value)?.iter().map(bytes).collect()
}

fn truth(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("neither true nor false: {value}"))
}

fn number(value: &Value) -> Result<i64, String> {
    value.as_i64().ok_or_else(|| format!("no number: {value}"))
}

/// `true`, or the list of the suffixes that are meant.
fn suffixes(value: &Value) -> Result<Suffixes, String> {
    match value {
        Value::Array(_) => Ok(Suffixes::Listed(list(value)?)),
        value => Ok(if truth(value)? { Suffixes::Allowed } else { Suffixes::Refused }),
    }
}

fn spec(value: &Value) -> Result<Spec, String> {
    options(value.as_object().ok_or("no spec")?)
}

/// The tables of a set, under `policy`.
fn set(value: &Value) -> Result<Option<Set>, String> {
    let Some(tables) = value.get("policy") else { return Ok(None) };
    object(value, &["policy"])?;
    Ok(Some(Set { tables: array(tables)?.iter().map(table).collect::<Result<_, _>>()? }))
}

fn table(value: &Value) -> Result<Table, String> {
    let mut map = value.as_object().ok_or("no table")?.clone();
    let path = map.remove("path").map_or(Ok(b"/".to_vec()), |path| bytes(&path))?;
    let cors = map.remove("cors").map_or(Ok(true), |cors| truth(&cors))?;
    if !cors && !map.is_empty() {
        return Err("a table without CORS has options".into());
    }
    Ok(Table { path, policy: if cors { Some(options(&map)?) } else { None } })
}

fn options(options: &Map<String, Value>) -> Result<Spec, String> {
    let mut spec = Spec::default();
    for (name, value) in options {
        match name.as_str() {
            "allow_origins" => spec.allow_origins = list(value)?,
            "allow_methods" => spec.allow_methods = Some(list(value)?),
            "allow_headers" => spec.allow_headers = list(value)?,
            "allow_credentials" => spec.allow_credentials = truth(value)?,
            "expose_headers" => spec.expose_headers = list(value)?,
            "max_age" => spec.max_age = Some(number(value)?),
            "preflight_status" => spec.preflight_status = number(value)?,
            "denied_preflight_status" => spec.denied_preflight_status = Some(number(value)?),
            "external_origins" => spec.external_origins = truth(value)?,
            "allow_timing" => spec.allow_timing = truth(value)?,
            "allow_private_network" => spec.allow_private_network = truth(value)?,
            "dangerously_allow_null_origin" => spec.dangerously_allow_null_origin = truth(value)?,
            "dangerously_allow_insecure_origins" => spec.dangerously_allow_insecure_origins = truth(value)?,
            "dangerously_allow_public_suffixes" => spec.dangerously_allow_public_suffixes = suffixes(value)?,
            other => return Err(format!("unknown option {other:?}")),
        }
    }
    Ok(spec)
}

fn lines(value: &Value) -> Result<Vec<(Bytes, Bytes)>, String> {
    let line = |value: &Value| match array(value)?.as_slice() {
        [name, value] => Ok((bytes(name)?, bytes(value)?)),
        _ => Err(format!("no pair: {value}")),
    };
    array(value)?.iter().map(line).collect()
}

/// A decision that owns its names, for comparing and printing.
#[derive(PartialEq)]
struct Expected {
    class: String,
    allowed: bool,
    denial: Option<(String, Bytes)>,
    status: Option<i64>,
    headers: Vec<(Bytes, Bytes)>,
}

impl From<reference::OwnedDecision> for Expected {
    fn from(decision: reference::OwnedDecision) -> Self {
        Expected {
            class: decision.class.into(),
            allowed: decision.allowed,
            denial: decision.denial.map(|(code, bytes)| (code.into(), bytes)),
            status: decision.status,
            headers: decision.headers.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut = |bytes: &Bytes| format!("\"{}\"({})", bytes[..bytes.len().min(80)].escape_ascii(), bytes.len());
        write!(f, "{} allowed={} status={:?}", self.class, self.allowed, self.status)?;
        if let Some((code, bytes)) = &self.denial {
            write!(f, " {code} {}", cut(bytes))?;
        }
        self.headers.iter().try_for_each(|(name, value)| write!(f, " [{} {}]", name.escape_ascii(), cut(value)))
    }
}

fn expected(value: &Value) -> Result<Expected, String> {
    let map = object(value, &["class", "allowed", "denial", "status", "headers"])?;
    if map.len() != 5 {
        return Err("a decision has five members".into());
    }
    let denial = match &value["denial"] {
        Value::Null => None,
        denial => {
            object(denial, &["code", "bytes"])?;
            Some((denial["code"].as_str().ok_or("no code")?.to_string(), bytes(&denial["bytes"])?))
        }
    };
    Ok(Expected {
        class: value["class"].as_str().ok_or("no class")?.to_string(),
        allowed: truth(&value["allowed"])?,
        denial,
        status: if value["status"].is_null() { None } else { Some(number(&value["status"])?) },
        headers: lines(&value["headers"])?,
    })
}

fn differs(who: &str, got: &Expected, want: &Expected) -> Outcome {
    if got == want { Ok(()) } else { Err(format!("{who}\n    got  {got}\n    want {want}")) }
}

fn request(request: &Value) -> Result<OwnedRequest, String> {
    object(request, &["method", "headers", "path", "raw_path"])?;
    Ok(OwnedRequest { method: bytes(&request["method"])?, lines: lines(&request["headers"])? })
}

/// The path of a request. If there is none, it is `/`.
fn path(request: &Value) -> Result<RequestPath, String> {
    let text = |key: &str| request.get(key).map(bytes).transpose();
    Ok(match (text("path")?, text("raw_path")?) {
        (Some(decoded), Some(raw)) => RequestPath::Both { decoded, raw },
        (None, Some(raw)) => RequestPath::Raw(raw),
        (decoded, None) => RequestPath::Decoded(decoded.unwrap_or(b"/".to_vec())),
    })
}

fn run(case: &Value) -> Outcome {
    if case.get("findings").is_some() {
        return run_findings(case);
    }
    object(case, &["says", "spec", "request", "decision"])?;
    if let Some(set) = set(&case["spec"])? {
        return run_set(case, &set);
    }
    let (spec, request) = (spec(&case["spec"])?, request(&case["request"])?);
    let want = expected(&case["decision"])?;
    differs("the reference", &reference::evaluate(&spec, &request).into(), &want)?;
    let (image, found) = bridge::compile(&spec);
    let image = image.ok_or_else(|| format!("does not compile: {found:?}"))?;
    let policy = Policy::open(&image[..]).map_err(|error| format!("does not open: {error}"))?;
    differs("the opened image", &bridge::decide(&policy, &request, None).into(), &want)?;
    let one = PolicySet::open(&image[..]).map_err(|error| format!("does not open as a set of one: {error}"))?;
    let got = bridge::decide_set(&one, &RequestPath::Decoded(b"/x".to_vec()), &request, None).map(Into::into);
    agree("the set of one", got.as_ref(), Some(&want))?;
    let copy = policy.image().to_vec();
    let again = Policy::open(copy).map_err(|error| format!("does not open again: {error}"))?;
    differs("the image opened again", &bridge::decide(&again, &request, None).into(), &want)
}

/// A decision of null means that the response stays as it is.
fn run_set(case: &Value, set: &Set) -> Outcome {
    let (request, path) = (request(&case["request"])?, path(&case["request"])?);
    let want = if case["decision"].is_null() { None } else { Some(expected(&case["decision"])?) };
    agree("the reference", set.evaluate(&path, &request).map(Into::into).as_ref(), want.as_ref())?;
    let (image, found) = bridge::compile_set(set);
    let image = image.ok_or_else(|| format!("does not compile: {found:?}"))?;
    let opened = PolicySet::open(&image[..]).map_err(|error| format!("does not open: {error}"))?;
    let got = bridge::decide_set(&opened, &path, &request, None).map(Into::into);
    agree("the opened image", got.as_ref(), want.as_ref())?;
    let copy = opened.image().to_vec();
    let again = PolicySet::open(copy).map_err(|error| format!("does not open again: {error}"))?;
    agree(
        "the image opened again",
        bridge::decide_set(&again, &path, &request, None).map(Into::into).as_ref(),
        want.as_ref(),
    )
}

fn agree(who: &str, got: Option<&Expected>, want: Option<&Expected>) -> Outcome {
    match (got, want) {
        (None, None) => Ok(()),
        (Some(got), Some(want)) => differs(who, got, want),
        (got, want) => {
            let show = |one: Option<&Expected>| one.map_or("untouched".into(), ToString::to_string);
            Err(format!("{who}\n    got  {}\n    want {}", show(got), show(want)))
        }
    }
}

/// The finding that a case expects. Only the members that the case has are compared.
struct Wanted {
    severity: String,
    code: String,
    table: Option<usize>,
    field: String,
    index: Option<usize>,
    suggestion: Option<Option<String>>,
    at: Option<(usize, usize)>,
    related: Option<Option<Bytes>>,
}

fn wanted(finding: &Value) -> Result<Wanted, String> {
    let map = object(finding, &["severity", "code", "table", "field", "index", "suggestion", "at", "related"])?;
    let text = |key: &str| finding[key].as_str().map(str::to_string).ok_or_else(|| format!("no {key}"));
    let place = |key: &str| finding[key].as_u64().map(|place| usize::try_from(place).expect("small"));
    let at = |at: &Value| Ok::<_, String>((number(&at[0])?, number(&at[1])?));
    let at = map.get("at").map(at).transpose()?;
    let related = |value: &Value| if value.is_null() { Ok(None) } else { bytes(value).map(Some) };
    Ok(Wanted {
        severity: text("severity")?,
        code: text("code")?,
        table: place("table"),
        field: text("field")?,
        index: place("index"),
        suggestion: map.get("suggestion").map(|text| text.as_str().map(str::to_string)),
        at: at.map(|(start, end)| (usize::try_from(start).expect("small"), usize::try_from(end).expect("small"))),
        related: map.get("related").map(related).transpose()?,
    })
}

impl Wanted {
    fn is(&self, found: &Found) -> bool {
        (&self.severity, &self.code, self.table, &self.field, self.index)
            == (&found.severity, &found.code, found.table, &found.field, found.index)
            && self.suggestion.as_ref().is_none_or(|suggestion| *suggestion == found.replacement)
            && self.at.is_none_or(|(start, end)| (start..end) == found.at)
            && self.related.as_ref().is_none_or(|related| *related == found.related)
    }
}

fn run_findings(case: &Value) -> Outcome {
    object(case, &["says", "spec", "findings"])?;
    let cases = array(&case["findings"])?;
    // The data of the list is behind a feature. Without it, such findings cannot be expected.
    if !cfg!(feature = "public-suffix") && needs_suffixes(case) {
        return Ok(());
    }
    let wanted = cases.iter().map(wanted).collect::<Result<Vec<_>, _>>()?;
    let (image, found) = match set(&case["spec"])? {
        Some(set) => bridge::compile_set(&set),
        None => bridge::compile(&spec(&case["spec"])?),
    };
    // Each expected finding matches one that was found.
    let mut rest: Vec<_> = found.iter().collect();
    let missing = wanted.iter().filter(|want| {
        let at = rest.iter().position(|found| want.is(found));
        at.map(|at| rest.swap_remove(at)).is_none()
    });
    if missing.count() > 0 || !rest.is_empty() {
        let found: String = found.iter().map(|found| format!("\n        {found:?}")).collect();
        let wanted: String = cases.iter().map(|want| format!("\n        {want}")).collect();
        return Err(format!("findings\n    got{found}\n    want{wanted}"));
    }
    let errors = wanted.iter().any(|finding| finding.severity == "error");
    if image.is_some() == errors { Err(format!("compiles: {}", image.is_some())) } else { Ok(()) }
}

/// Whether a case is about public suffixes: in a finding, or by the option that lists them.
fn needs_suffixes(case: &Value) -> bool {
    let text = case.to_string();
    text.contains("\"public-suffix\"") || text.contains("\"dangerously_allow_public_suffixes\"")
}

fn cases(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("a vector file can be read");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn files() -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder()).expect("vectors/ is there").map(|entry| entry.expect("readable").path());
    let of_browsers = ["browser-cases.json", "browsers.json", "delivery.json"];
    let of_the_engine = |path: &std::path::PathBuf| !of_browsers.iter().any(|name| path.ends_with(name));
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|ext| ext == "json")).filter(of_the_engine).collect();
    files.sort();
    files
}

#[test]
fn every_case_holds() {
    let (mut count, mut failed, mut report) = (0, 0, String::new());
    for file in files() {
        for case in cases(&file) {
            count += 1;
            if let Err(why) = run(&case) {
                failed += 1;
                let name = file.file_name().unwrap_or_default().display();
                writeln!(report, "{name}: {}: {why}", case["says"]).expect("a string takes all");
            }
        }
    }
    assert!(count >= 1300, "only {count} cases were found");
    assert!(failed == 0, "{failed} of {count} cases fail\n{report}");
}

#[test]
fn each_name_is_unique_in_its_file() {
    for file in files() {
        let mut says: Vec<_> = cases(&file).iter().map(|case| case["says"].to_string()).collect();
        let count = says.len();
        says.sort();
        says.dedup();
        assert_eq!(says.len(), count, "{}", file.display());
    }
}

/// A test that cannot fail is worthless, so every member of an expectation is changed once, and
/// each change must be noticed.
#[test]
fn wrong_expectation_of_a_decision_is_noticed() {
    let good = cases(&folder().join("credentials.json")).into_iter().find(|case| !case["decision"]["denial"].is_null());
    let good = good.expect("a denied case");
    assert_eq!(run(&good), Ok(()));
    let wrong: [(&str, Value); 7] = [
        ("/decision/class", "plain".into()),
        ("/decision/allowed", true.into()),
        ("/decision/denial/code", "too-large".into()),
        ("/decision/denial/bytes", "other".into()),
        ("/decision/denial", Value::Null),
        ("/decision/status", 299.into()),
        ("/decision/headers", Value::Array(vec![])),
    ];
    for (place, value) in wrong {
        let mut case = good.clone();
        *case.pointer_mut(place).expect("the place exists") = value;
        assert!(run(&case).is_err(), "{place} was not compared");
    }
    for place in ["", "/request", "/decision", "/decision/denial", "/spec"] {
        let mut case = good.clone();
        case.pointer_mut(place).expect("the place exists")["surplus"] = true.into();
        assert!(run(&case).is_err(), "an unknown key in {place:?} passed");
    }
    let finding = serde_json::json!({"says": "", "spec": {"allow_origins": ["https://a.example"]},
        "findings": [{"severity": "error", "code": "path", "field": "allow_origins", "index": 0}]});
    assert!(run(&finding).is_err());
}

fn first(file: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    cases(&folder().join(file)).into_iter().find(wanted).expect("there is such a case")
}

#[test]
fn wrong_expectation_of_a_set_is_noticed() {
    let untouched = first("sets.json", |case| case.get("decision").is_some_and(Value::is_null));
    let decided = first("sets.json", |case| case["decision"].is_object());
    for mut case in [untouched.clone(), decided.clone()] {
        assert_eq!(run(&case), Ok(()));
        case["decision"] = if case["decision"].is_null() { decided["decision"].clone() } else { Value::Null };
        assert!(run(&case).is_err(), "untouched was not compared");
    }
    for (place, value) in [("/request/path", "/no/such/path"), ("/spec/policy/0/path", "/elsewhere")] {
        let mut case = decided.clone();
        *case.pointer_mut(place).expect("the place exists") = value.into();
        assert!(run(&case).is_err(), "{place} does not matter");
    }
}

#[test]
fn wrong_expectation_of_a_finding_is_noticed() {
    let is_full = |case: &Value| {
        let finding = &case["findings"][0];
        ["table", "at", "related"].iter().all(|key| finding.get(key).is_some_and(|value| !value.is_null()))
    };
    let good = first("sets.json", is_full);
    assert_eq!(run(&good), Ok(()));
    let wrong: [(&str, Value); 8] = [
        ("severity", "error".into()),
        ("code", "path".into()),
        ("table", 7.into()),
        ("field", "path".into()),
        ("index", Value::Null),
        ("suggestion", "https://z.example".into()),
        ("at", serde_json::json!([0, 1])),
        ("related", Value::Null),
    ];
    for (key, value) in wrong {
        let mut case = good.clone();
        case["findings"][0][key] = value;
        assert!(run(&case).is_err(), "{key} was not compared");
    }
    let mut case = good.clone();
    case["findings"] = Value::Array(vec![]);
    assert!(run(&case).is_err(), "a finding that is not listed passed");
    case["findings"] = serde_json::json!([good["findings"][0], good["findings"][0]]);
    assert!(run(&case).is_err(), "a finding that is listed twice passed");
}
