//! Tests the texts of policies and policy sets: findings with their places, limits, and images that
//! are equal to those of specs.
#![cfg(feature = "toml")]

use corsac::{
    CompileError, PolicySetSpec, PolicySpec, PolicyTable, PolicyText, Severity, Tables, TextError, TextFinding,
    TextSlot,
};

/// Each finding as `severity code line:column [table]`.
fn findings(text: &str) -> Vec<String> {
    collect(text.as_bytes(), |finding| {
        let table = finding.table.map(|table| format!(" [{table}]")).unwrap_or_default();
        format!("{} {} {}:{}{table}", finding.severity, finding.code(), finding.line, finding.column)
    })
}

/// Each finding as its message and, after a semicolon, its advice.
fn messages(text: &str) -> Vec<String> {
    collect(text.as_bytes(), |finding| match finding.advice() {
        Some(advice) => format!("{finding}; {advice}"),
        None => finding.to_string(),
    })
}

fn collect(text: &[u8], show: impl Fn(&TextFinding<'_>) -> String) -> Vec<String> {
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    let mut all: Vec<(Option<usize>, String)> = Vec::new();
    let mut errors = 0;
    let mut add = |finding: &TextFinding<'_>| {
        errors += usize::from(finding.severity == Severity::Error);
        let is_inside = finding.span.as_ref().is_none_or(|span| text.get(span.clone()).is_some());
        assert!(is_inside, "{finding:?}");
        all.push((finding.span.as_ref().map(|span| span.start), show(finding)));
    };
    match PolicyText::read(text, &mut scratch, &mut add) {
        Ok(read) => {
            let compiled = read.compile(vec![0; read.image_len()], &mut add);
            match compiled {
                Ok(_) => assert_eq!(errors, 0),
                Err(CompileError::Findings { errors: counted }) => assert_eq!(errors, counted),
                Err(error) => panic!("{error}"),
            }
        }
        Err(TextError::NotToml) => assert!(errors > 0),
        Err(error) => panic!("{error}"),
    }
    all.sort_by_key(|(start, _)| *start);
    all.into_iter().map(|(_, finding)| finding).collect()
}

/// The image of a text without findings.
fn image(text: &str) -> Vec<u8> {
    assert_eq!(findings(text), [""; 0], "{text}");
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text.as_bytes())];
    let read = PolicyText::read(text.as_bytes(), &mut scratch, |_| ()).expect("a policy");
    let set = read.compile(vec![0; read.image_len()], |_| ()).expect("a policy");
    set.image().to_vec()
}

fn image_of(spec: &PolicySpec<'_>) -> Vec<u8> {
    spec.compile(vec![0; spec.image_len()], |_| ()).expect("a policy").image().to_vec()
}

const A: &str = "allow_origins = [\"https://a.example\"]\n";

#[test]
fn text_compiles_to_the_image_of_its_spec() {
    let text = "allow_origins = [\n  \"https://a.example\", # a comment\n  'https://b.example',\n]\nallow_methods = ['GET', \"PUT\"]\n\
                allow_headers = [\"content-type\"]\nallow_credentials = true\nexpose_headers = [ ]\nmax_age = 6_00\n\
                preflight_status = 0xC8\ndenied_preflight_status = 400\nexternal_origins = true\nallow_timing = true\n";
    let spec = PolicySpec {
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["content-type"],
        allow_credentials: true,
        max_age: Some(600),
        preflight_status: 200,
        denied_preflight_status: Some(400),
        external_origins: true,
        allow_timing: true,
        ..PolicySpec::new(&["https://a.example", "https://b.example"])
    };
    assert_eq!(image(text), image_of(&spec));
    for text in [
        text.replace('\n', "\r\n"),
        format!("\u{feff}{text}"),
        text.replace(" = ", "="),
        text.replace("allow_timing", "\"allow_timing\""),
    ] {
        assert_eq!(image(&text), image_of(&spec), "{text:?}");
    }
    assert_eq!(
        image("allow_origins = [\"\"\"\nhttps://a.example\"\"\", '''https://b.example''']\n"),
        image_of(&PolicySpec::new(spec.allow_origins))
    );
}

#[test]
fn tables_compile_to_the_image_of_their_set() {
    let tables = [
        PolicyTable::new("/account", PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://a.example"]) }),
        PolicyTable::untouched("/raw"),
        PolicyTable::new("/", PolicySpec::new(&["*"])),
    ];
    let set = PolicySetSpec::new(&tables);
    let expected = set.compile(vec![0; set.image_len()], |_| ()).expect("a set");
    for text in [
        "[[policy]]\npath = '/account'\nallow_origins = ['https://a.example']\nallow_credentials = true\n\
         [[policy]]\npath = '/raw'\ncors = false\n[[policy]]\nallow_origins = ['*']\n",
        "policy = [{path = '/account', allow_origins = ['https://a.example'], allow_credentials = true},\n\
         {path = '/raw', cors = false}, # the last\n{allow_origins = ['*'],},]\n",
        "[['policy']]\nallow_origins = [\n'https://a.example']\nallow_credentials = true\npath = '''\n/account'''\n\
         [[ policy ]]\ncors = false\npath = \"/raw\"\n[[policy]]\ncors = true\nallow_origins = ['*']\n",
    ] {
        assert_eq!(image(text), expected.image(), "{text}");
    }
}

#[test]
fn findings_of_the_compiler_are_at_their_bytes() {
    let text = "allow_origins = [
  \"https://é.example\", \"https://b.example/\"]
";
    assert_eq!(findings(text), ["error non-ascii-host 2:3", "error trailing-slash 2:42"]);
    assert_eq!(
        findings("\u{feff}allow_origins = []\r\nmax_age = -1\r\n"),
        ["error no-origins 1:1", "error out-of-range 2:11"]
    );
    assert_eq!(findings("allow_origins = ['''\nhttps://A.example''']\n"), ["error upper-case 1:18"]);
    assert_eq!(findings(&format!("[[policy]]\n{A}\n  [[policy]]\npath = \"/b\"\n")), ["error no-origins 4:3 [1]"]);
    assert_eq!(findings(&format!("[[policy]]\npath = \"/a/\"\n{A}")), ["error invalid-path 2:11 [0]"]);
    let twice = format!("[[policy]]\n{A}[[policy]]\n{A}");
    assert_eq!(findings(&twice), ["warning covered-by-earlier 4:19 [1]"]);
    assert_eq!(findings("policy = []\n"), ["error no-policies 1:1"]);
    assert_eq!(findings(""), ["error no-origins 0:0"]);
}

/// The number of the entry that each finding is about.
fn findings_of_items(text: &str) -> Vec<Option<usize>> {
    let text = format!("{A}{text}");
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text.as_bytes())];
    let mut items = vec![];
    let _ = PolicyText::read(text.as_bytes(), &mut scratch, |finding| items.push(finding.index));
    items
}

#[test]
fn place_is_found_in_quotes_of_any_kind() {
    let spans =
        |text: &str| collect(text.as_bytes(), |finding| text[finding.span.clone().unwrap_or_default()].to_owned());
    let origin = "https://a.example/";
    for (open, close) in [("'", "'"), ("\"", "\""), ("'''", "'''"), ("\"\"\"", "\"\"\"")] {
        assert_eq!(spans(&format!("allow_origins = [{open}{origin}{close}]")), ["/"], "{open}");
        // All of an entry is wrong that has no bytes.
        assert_eq!(spans(&format!("{A}allow_headers = [{open}{close}]")), [format!("{open}{close}")]);
    }
    assert_eq!(spans(&format!("{A}x = {}", "[".repeat(200))), ["["]);
    // Where the text begins on the next line, its bytes have no simple place: the whole entry is named.
    for end in ["\n", "\r\n"] {
        let entry = format!("'''{end}{origin}'''");
        assert_eq!(spans(&format!("allow_origins = [{entry}]")), [entry]);
    }
    assert_eq!(collect(b"a\xFF", |finding| format!("{:?}", finding.span)), ["Some(1..2)"]);
}

#[test]
fn item_is_the_text_that_is_wrong() {
    let items = |text: &str| {
        collect(text.as_bytes(), |finding| format!("{:?}", finding.item.map(|item| item.escape_ascii().to_string())))
    };
    assert_eq!(items("allow_origins = []"), ["None"]);
    assert_eq!(items(&format!("{A}allow_headers = ['']")), [r#"Some("")"#]);
    assert_eq!(items(&format!("[[policy]]\npath = '/a/'\n{A}")), [r#"Some("/a/")"#]);
}

#[test]
fn single_policy_is_a_set_of_one_table() {
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(A.as_bytes())];
    let read = PolicyText::read(A.as_bytes(), &mut scratch, |_| ()).expect("a policy");
    assert_eq!((read.count(), Tables::path(&read, 0)), (1, &b"/"[..]));
    assert!(read.policy(0).is_some() && read.policy(1).is_none());
}

#[test]
fn quotes_inside_of_three_quotes_end_nothing() {
    // A backslash is an escape in double quotes alone.
    let returns = ["'a\rb'", "'''a\rb'''"].map(|text| messages(&format!("{A}allow_headers = [{text}]")).remove(0));
    assert!(returns[0].contains("control character") && returns[1].contains("line feed"), "{returns:?}");
    assert_eq!(findings(&format!("{A}allow_headers = ['''x\\''']")), ["error not-a-token 2:22"]);
    assert_eq!(findings(&format!("{A}allow_headers = [\"\"\"x\\\"\"\"y\"\"\"]")), ["error escaped-character 2:22"]);
    assert_eq!(findings(&format!("{A}allow_headers = [\"\"\"x\\\\\"\"\"]")), ["error escaped-character 2:22"]);
}

#[test]
fn misspelt_origins_are_one_error() {
    assert_eq!(findings("allow_origin = ['*']\n"), ["error unknown-key 1:1"]);
    let set = format!("[[policy]]\norigins = ['*']\n[[policy]]\npath = '/b'\n{A}");
    assert_eq!(findings(&set), ["error unknown-key 2:1 [0]"]);
    assert_eq!(findings("title = 'x'\n"), ["error no-origins 0:0", "error unknown-key 1:1"]);
}

#[test]
fn values_of_wrong_type_are_refused_with_what_to_write() {
    for (text, expected) in [
        (
            "allow_origins = \"https://a.example\"",
            "allow_origins is a list of strings, not a string; write [\"https://a.example\"]",
        ),
        ("allow_origins = [1]", "an entry of allow_origins is a string, not a whole number"),
        ("allow_origins = [['x']]", "an entry of allow_origins is a string, not a list"),
        ("allow_origins = [{a = ['x']}]", "an entry of allow_origins is a string, not a table"),
        ("allow_origins.x = 1", "allow_origins is a list of strings, not a table"),
        ("[[allow_origins]]", "an entry of allow_origins is a string, not a table"),
    ] {
        assert_eq!(messages(text).first().map(String::as_str), Some(expected), "{text}");
    }
    for (text, expected) in [
        ("max_age = true", "max_age is a whole number, not true or false; write a number of seconds, such as 600"),
        ("max_age = \"600\"", "max_age is a whole number, not a string; write 600"),
        ("max_age = \"1h\"", "max_age is a whole number, not a string; write 3600"),
        ("max_age = \"10 minutes\"", "max_age is a whole number, not a string; write 600"),
        ("max_age = \"30 s\"", "max_age is a whole number, not a string; write 30"),
        ("max_age = \"1 day\"", "max_age is a whole number, not a string; write 86400"),
        ("max_age = \"2 weeks\"", "max_age is a whole number, not a string; write a number of seconds, such as 600"),
        ("max_age = \"h\"", "max_age is a whole number, not a string; write a number of seconds, such as 600"),
        ("max_age = \"4294967296\"", "max_age is a whole number, not a string; write a number of seconds, such as 600"),
        ("max_age = \"77777d\"", "max_age is a whole number, not a string; write a number of seconds, such as 600"),
        ("preflight_status = \"204\"", "preflight_status is a whole number, not a string; write 204"),
        ("preflight_status = \"1h\"", "preflight_status is a whole number, not a string; write a status, such as 204"),
        (
            "max_age = 1.5",
            "max_age is a whole number, not a number with a fraction; write a number of seconds, such as 600",
        ),
        (
            "max_age = 2024-01-01",
            "max_age is a whole number, not a date or time; write a number of seconds, such as 600",
        ),
        (
            "max_age = 9999999999999999999",
            "max_age over a day: browsers keep a preflight for a day at most, and use the least of it",
        ),
        ("allow_credentials = \"True\"", "allow_credentials is true or false, not a string; write true"),
        ("allow_credentials = \"FALSE\"", "allow_credentials is true or false, not a string; write false"),
        ("allow_credentials = \"yes\"", "allow_credentials is true or false, not a string"),
        ("allow_credentials = 1", "allow_credentials is true or false, not a whole number"),
        (
            "dangerously_allow_public_suffixes = 7",
            "dangerously_allow_public_suffixes is true, false or a list of strings, not a whole number",
        ),
        (
            "dangerously_allow_public_suffixes = 'false'",
            "dangerously_allow_public_suffixes is true or false, not a string; write false",
        ),
    ] {
        let all = messages(&format!("{A}{text}\n"));
        if text.contains("9999") {
            assert!(all.len() == 1 && all[0].contains("86400"), "{all:?}");
        } else {
            assert_eq!(all, [expected], "{text}");
        }
    }
    let twice = findings_of_items("[[allow_headers]]\n[[allow_headers]]\n");
    assert_eq!(twice, [Some(0), Some(1)]);
    let path = format!("[[policy]]\npath = 1\n{A}");
    assert_eq!(messages(&path), ["path is a string, not a whole number"]);
    let long = format!("allow_origins = \"{}\"", "x".repeat(200));
    assert!(messages(&long)[0].ends_with("; write [\"...\"]"));
    assert_eq!(
        findings("allow_origins = ['https://a.example', 1, 'https://B.example']"),
        ["error wrong-type 1:39", "error upper-case 1:51"]
    );
}

#[test]
fn unknown_keys_are_refused() {
    for (text, expected) in [
        ("allowOrigins = []", "unknown option \"allowOrigins\"; did you mean allow_origins?"),
        ("path = '/x'", "unknown option \"path\"; only the tables of a policy set have path"),
        ("title = 1", "unknown option \"title\""),
        ("'' = 1", "unknown option \"\""),
        (
            "[cors_policy]",
            "unknown option \"cors_policy\"; write the options of a policy outside of any table, or into [[policy]] tables",
        ),
        ("'a\u{9}<b' = 1", "unknown option \"a\\x09\\x3Cb\""),
    ] {
        assert_eq!(messages(&format!("{A}{text}\n")), [expected], "{text}");
    }
    let text = format!("max_age = 5\ntitle = 'x'\n[[policy]]\n{A}allow_origin = []\npolicy.x = 1\n[other]\nx = 1\n");
    assert_eq!(
        messages(&text),
        [
            "max_age is outside of the [[policy]] tables; move it into each [[policy]] table that needs it",
            "unknown option \"title\"",
            "unknown option \"allow_origin\"; did you mean allow_origins?",
            "unknown option \"policy\"",
            "unknown option \"other\"; write the options of a policy outside of any table, or into [[policy]] tables",
        ]
    );
    assert_eq!(findings(&text)[2..4], ["error unknown-key 5:1 [0]", "error unknown-key 6:1 [0]"]);
    assert_eq!(messages(&format!("[[policies]]\n{A}")), ["unknown option \"policies\"; did you mean [[policy]]?"]);
    assert_eq!(
        messages(&format!("[[policy]]\npath = '/x'\ncors = false\n{A}")),
        ["allow_origins has no effect with cors = false; remove it, or remove cors = false"]
    );
}

#[test]
fn policy_must_be_a_list_of_tables() {
    assert_eq!(
        messages("policy = 1"),
        ["policy is a list of tables, not a whole number; write [[policy]] above the options of each policy"]
    );
    assert_eq!(
        messages("[policy]\nallow_origins = ['*']"),
        [
            "policy is a list of tables, not a table; write [[policy]] in double brackets above the options of each policy"
        ]
    );
    assert_eq!(findings("policy.path = '/x'"), ["error wrong-type 1:1"]);
    assert_eq!(
        findings("policy = [{ allow_origins = [\"https://A.example\"] }, \"x\", { allow_origin = [] }]\n"),
        ["error upper-case 1:39 [0]", "error wrong-type 1:54 [1]", "error unknown-key 1:61 [2]"]
    );
}

#[test]
fn escapes_are_refused_and_everything_else_is_still_found() {
    let text = "allow_origins = [\"https://\\u0061.example\", 'https://B.example']\n\"max\\u005Fage\" = 1\n";
    assert_eq!(
        findings(text),
        [
            "error escaped-character 1:27",
            "error upper-case 1:53",
            "error unknown-key 2:1",
            "error escaped-character 2:5"
        ]
    );
    assert_eq!(
        messages(&format!("{A}allow_headers = [\"x\\ty\"]")),
        [
            "a policy file has no escapes in strings and keys; write the character itself, or the string in single quotes"
        ]
    );
    assert_eq!(findings(&format!("[[policy]]\npath = \"\\u002F\"\n{A}")), ["error escaped-character 2:9"]);
    assert_eq!(
        findings("allow_origins = ['https://a.example']\nallow_headers = [\"\\é\", \"\\\"]"),
        ["error escaped-character 2:19", "error not-toml 2:28"]
    );
    // The list is empty only because of that.
    assert_eq!(findings("allow_origins = [\"\\u0061\"]"), ["error escaped-character 1:19"]);
    assert_eq!(findings("allow_origins = \"\\u002F\""), ["error wrong-type 1:17", "error escaped-character 1:18"]);
}

#[test]
fn span_of_an_escape_is_backslash_and_whole_character() {
    for (written, shown) in
        [(r"a\tb", r"\t"), (r"a\u0062c", r"\u"), ("\\éb", "\\é"), ("ab\\🦊", "\\🦊"), (r#"a\"b"#, r#"\""#)]
    {
        let text = format!("{A}allow_headers = [\"{written}\"]");
        let spans = collect(text.as_bytes(), |finding| text[finding.span.clone().unwrap_or_default()].to_owned());
        assert_eq!(spans, [shown], "{text}");
    }
}

#[test]
fn faults_of_syntax_have_a_place_and_end_the_reading() {
    for (text, place) in [
        ("a = [", "1:6"),
        ("a = [1 2]", "1:6"),
        ("a = [1, , 2]", "1:9"),
        ("a = {b = 'x' c = 2}", "1:14"),
        ("a = {b}", "1:7"),
        ("a", "1:2"),
        ("a =\n", "1:4"),
        ("= 1", "1:1"),
        ("a b = 1", "1:3"),
        ("a = 1 b = 2", "1:5"),
        ("a = [] b = 2", "1:8"),
        ("[a] b = 2", "1:5"),
        ("a = [] # x\u{1}", "1:11"),
        ("a = 1979-05-27T07:32:00+24:00", "1:5"),
        ("a = 1979-05-27T07:32:00+00", "1:5"),
        ("a = yes", "1:5"),
        ("a = \"x", "1:7"),
        ("a = 'x\n'", "1:7"),
        ("a = \"\"\"x", "1:9"),
        ("a = \"x\u{1}\"", "1:7"),
        ("# x\u{0}\n", "1:4"),
        ("a = 1\rb = 2", "1:6"),
        ("[a\nb]", "1:3"),
        ("[[a]\n", "1:4"),
        ("[a]]\n", "1:4"),
        ("]\n", "1:1"),
        ("a = 1\na = 2\n", "2:1"),
        ("[a]\n[a]\n", "2:2"),
        ("[a]\n[[a]]\n", "2:3"),
        ("a = {b = 1, b = 2}", "1:13"),
        ("a = {}\na.b = 1\n", "2:1"),
        ("a = 1\na.b = 1\n", "2:1"),
        ("a = []\n[[a]]\n", "2:3"),
        ("é = 1\n", "1:1"),
        ("a = {\n b = 1,\n b.c = 2 }", "3:2"),
        ("a = [ # \u{1}\n]", "1:9"),
        ("a = {b # \u{1}\n= 1}", "1:10"),
        ("a = {b\n# \u{1}\n= 1}", "2:3"),
    ] {
        assert_eq!(findings(text), [format!("error not-toml {place}")], "{text:?}");
        assert!(messages(text)[0].starts_with("not TOML: "));
    }
    assert_eq!(findings("a = 1\na = 2\nmax_age = 'x'\nb = \n"), ["error not-toml 2:1"]);
    assert_eq!(
        collect(b"a = 1\nb = \xff", |finding| format!("{} {}:{}", finding.code(), finding.line, finding.column)),
        ["not-text 2:5"]
    );
}

#[test]
fn too_small_scratch_reports_what_is_enough() {
    let texts = [
        A.to_owned(),
        format!(
            "[[policy]]\n{A}[[policy]]\npath = '/x'\n{A}allow_headers = ['x-a', 'x-b']\n[policy.sub]\nx = [{{y = [1]}}]\n"
        ),
        format!("policy = [{{{}}}, {{path = '/x', cors = false}}, 7]\nother = [{{}}, [{{}}]]\n", A.trim_end()),
        String::new(),
    ];
    for text in texts {
        let needed = TextSlot::needed(text.as_bytes());
        let mut smallest = None;
        for size in 0..=needed {
            let mut scratch = vec![TextSlot::default(); size];
            match PolicyText::read(text.as_bytes(), &mut scratch, |_| ()) {
                Ok(_) => smallest = smallest.or(Some(size)),
                Err(error) => {
                    assert_eq!(error, TextError::ScratchTooSmall { needed }, "{text}");
                    assert_eq!(smallest, None, "{text}: more room is never too little");
                }
            }
        }
        assert!(smallest.is_some(), "{text}");
    }
    assert_eq!(TextError::ScratchTooSmall { needed: 7 }.to_string(), "the scratch memory is too small: give 7 places");
}

#[test]
fn scratch_is_used_again_without_traces() {
    let mut scratch = vec![TextSlot::default(); 64];
    for text in ["x = 1\nx = 2", "a = [[", A] {
        let text = text.as_bytes().to_vec().leak();
        let read = PolicyText::read(text, &mut scratch, |_| ());
        assert_eq!(read.is_ok(), text == A.as_bytes());
    }
}

#[test]
fn tables_beyond_4096_are_not_read() {
    let tables =
        |count: usize| (0..count).map(|number| format!("[[policy]]\npath = \"/{number}\"\n{A}")).collect::<String>();
    assert_eq!(findings(&tables(4096)), [""; 0]);
    let expected = format!("error too-many {}:1 [4096]", 4096 * 3 + 1);
    assert_eq!(findings(&tables(4097)), [expected.as_str()]);
    let many = tables(10_000);
    assert_eq!(findings(&many), [expected.as_str()]);
    assert_eq!(TextSlot::needed(many.as_bytes()), TextSlot::needed(tables(4097).as_bytes()));
    assert!(TextSlot::needed(tables(4096).as_bytes()) > TextSlot::needed(tables(4095).as_bytes()));
    // Lists are no tables, wherever they are in a line.
    let lists: [&dyn Fn(usize) -> String; 2] =
        [&|count| (0..count).map(|number| format!("a{number}=[1]\n")).collect(), &|count| {
            format!("a = [\n{}]", "[1],\n".repeat(count))
        }];
    for text in lists {
        assert!(TextSlot::needed(text(4999).as_bytes()) < TextSlot::needed(text(5000).as_bytes()));
    }
    // However they are written, millions of tables take no more memory.
    let bound = TextSlot::needed(tables(4096).as_bytes()) + 16;
    for text in
        ["[[policy]]\n".repeat(2_000_000), format!("policy = [{}]", "{},".repeat(2_000_000)), "[a]\n".repeat(1_000_000)]
    {
        assert!(TextSlot::needed(text.as_bytes()) <= bound);
    }
    let all = findings(&format!("policy = [{}]", "{},\n".repeat(5000)));
    assert_eq!(all, ["error too-many 4097:1 [4096]"]);
    assert_eq!(messages(&many), ["this list has more entries than it can have; write at most 4096 tables"]);
}

#[test]
fn many_origins_are_read() {
    let text = format!(
        "allow_origins = [{}]",
        (0..100_000).map(|number| format!("\"https://a{number}.example\",\n")).collect::<String>()
    );
    assert_eq!(findings(&text), [""; 0]);
}

#[test]
fn written_text_has_what_differs_from_the_defaults() {
    let text = "\
[[policy]]
path = \"/it's\"
allow_origins = [
    \"https://app.example.com\",
    \"https://*.example.com\",
]
allow_methods = []
allow_headers = [\"x-api-key\"]
expose_headers = [\"x-total\"]
max_age = 600
preflight_status = 200
denied_preflight_status = 404
allow_credentials = true

[[policy]]
path = '/a\"b'
cors = false

[[policy]]
allow_origins = [\"*\"]
";
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text.as_bytes())];
    let read = PolicyText::read(text.as_bytes(), &mut scratch, |_| ()).expect("a policy");
    let set = read.compile(vec![0; read.image_len()], |_| ()).expect("a policy");
    assert_eq!(set.to_text().expect("paths of a text").to_string(), text);
}

#[cfg(feature = "public-suffix")]
#[test]
fn written_text_lists_the_public_suffixes() {
    let text = "allow_origins = [\"https://*.github.io\"]\nallow_credentials = true\n\
                dangerously_allow_public_suffixes = [\"github.io\"]\n";
    let image = image(text);
    let set = corsac::PolicySet::open(&image[..]).expect("it opens");
    let written = set.to_text().expect("a text").to_string();
    assert!(written.contains("github.io\"]"), "{written}");
    assert_eq!(crate::image(&written), image);
}

#[test]
fn path_that_needs_escapes_is_not_written() {
    let spec = PolicySpec::new(&["*"]);
    for (path, is_written) in
        [(&b"/a\"b'c"[..], true), (b"/a\"\"\"b'''c", false), (b"/\xff", false), ("/ä".as_bytes(), true)]
    {
        let tables = [PolicyTable::new(path, spec)];
        let set = PolicySetSpec::new(&tables);
        let set = set.compile(vec![0; set.image_len()], |_| ()).expect("a set");
        assert_eq!(set.to_text().is_some(), is_written, "{path:?}");
    }
}

#[test]
fn advice_shows_no_byte_that_needs_an_escape() {
    let advice = |value: &str| {
        messages(&std::format!("allow_origins = {value}\n")).remove(0).split("; ").last().map(str::to_owned)
    };
    assert_eq!(advice("'https://a.example'").as_deref(), Some("write ['https://a.example']"));
    for value in ["\"\"\"a\nb\"\"\"", "'b\u{e9}'", "'a\tb'", "'\u{202e}'"] {
        assert_eq!(advice(value).as_deref(), Some("write [\"...\"]"), "{value:?}");
    }
}

#[test]
fn read_result_reports_its_kind() {
    let policy = "allow_origins = ['https://a.example/']\nmax_age = 1";
    let set = "[[policy]]\nallow_origins = ['*']";
    let mut scratch = vec![TextSlot::default(); 64];
    let read = PolicyText::read(policy.as_bytes(), &mut scratch, |_| ()).expect("TOML");
    assert!(!read.is_set());
    let mut found = vec![];
    let compiled = read.compile_policy([0; 512], |finding| found.push(finding.finding().map(|finding| finding.code)));
    assert_eq!(found, [Some(corsac::FindingCode::TrailingSlash)]);
    assert!(matches!(compiled, Some(Err(CompileError::Findings { errors: 1 }))));
    let read = PolicyText::read(b"allow_origins = ['*']", &mut scratch, |_| ()).expect("TOML");
    assert!(matches!(read.compile_policy([0; 512], |_| ()), Some(Ok(policy)) if policy.is_any_origin()));
    let read = PolicyText::read(set.as_bytes(), &mut scratch, |_| ()).expect("TOML");
    assert!(read.is_set() && read.compile_policy([0; 512], |_| ()).is_none());
    assert_eq!(read.compile([0; 8], |_| ()).err(), Some(CompileError::StorageTooSmall { needed: read.image_len() }));
    let unknown = PolicyText::read(b"max_ages = 1", &mut scratch, |finding| assert!(finding.finding().is_none()));
    assert_eq!(unknown.expect("TOML").errors(), 1);

    let said =
        [TextError::NotToml, TextError::TooLarge, TextError::ScratchTooSmall { needed: 3 }].map(|e| e.to_string());
    assert_eq!(said[0], "the text is not TOML");
    assert_eq!(said[1], "the text has 4 GiB or more: list fewer origins");
    assert_eq!(said[2], "the scratch memory is too small: give 3 places");
    assert_eq!(corsac::UnknownOption::of_table(b"max_ages").key(), b"max_ages");
}
