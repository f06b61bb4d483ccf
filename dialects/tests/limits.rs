//! What the reader of documents refuses, and where; and what it keeps as unknown.

use corsac_dialects::document::{Booleans, read};

fn refused(text: &str) -> String {
    read(text).expect_err("a refusal").to_string()
}

#[test]
fn aliases_repeat_at_most_ten_thousand_values() {
    let list = |count: usize| format!("a: &a [{}]\nb: *a\n", "x,".repeat(count));
    assert!(read(&list(9_999)).is_ok());
    assert!(
        refused(&list(10_000)).starts_with("line 2, column 4: the aliases of this file repeat more than 10000 values")
    );
    // Nine levels of nine are 387 million values.
    let mut laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let repeats = vec![format!("*a{}", level - 1); 9].join(",");
        laughs.push_str(&format!("a{level}: &a{level} [{repeats}]\n"));
    }
    assert!(refused(&laughs).contains("repeat more than"));
    assert!(read("a: &a [*a]\n").is_err());
}

#[test]
fn documents_are_at_most_sixty_four_levels_deep() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&nested(64)).is_ok());
    assert!(refused(&nested(65)).contains("more than 64 levels"));
    assert!(read(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn documents_have_at_most_ten_megabytes() {
    assert!(refused(&" ".repeat(10_000_001)).contains("longer than 10000000 bytes"));
}

#[test]
fn a_key_is_there_once() {
    assert_eq!(refused("a: 1\nb:\n  c: 1\n  c: 2\n"), "line 4, column 3: the key c is there twice: remove one");
    assert_eq!(refused("{\"a\": 1, \"a\": 2}"), "line 1, column 10: the key a is there twice: remove one");
}

#[test]
fn a_template_of_helm_is_named() {
    assert!(refused("a:\n  {{- if .Values.cors }}\n  b: 1\n").contains("helm template"));
    assert!(refused("a: {{ .Values.x }}\n").contains("emplate"));
    let documents = read("a: '{{ .Values.x }}'\n").unwrap();
    assert_eq!(documents[0].root.get("a").unwrap().unknown(), Some("{{ .Values.x }}"));
}

#[test]
fn what_another_program_knows_is_unknown() {
    let documents = read("a: !Ref Name\nb: !If [x, y, z]\nc: {Ref: Name}\nd: {'Fn::Sub': x}\ne: !!str 1\n").unwrap();
    let root = &documents[0].root;
    let unknown = |key: &str| root.get(key).unwrap().unknown().map(str::to_owned);
    assert_eq!(unknown("a"), Some("!Ref Name".to_owned()));
    assert_eq!(unknown("b"), Some("!If ...".to_owned()));
    assert_eq!(unknown("c"), Some("Ref ...".to_owned()));
    assert_eq!(unknown("d"), Some("Fn::Sub ...".to_owned()));
    assert_eq!(root.get("e").unwrap().text(), Some("1"));
}

#[test]
fn several_documents_have_their_own_places() {
    let documents = read("a: 1\n---\n# é\nb: {c: 'é', d: on}\n").unwrap();
    assert_eq!(documents.len(), 2);
    let node = documents[1].root.at(&["b", "d"]).unwrap();
    assert_eq!((node.place.line, node.place.column, node.place.span.clone()), (4, 16, 30..32));
    assert_eq!((node.boolean(Booleans::Yaml11), node.boolean(Booleans::Yaml12)), (Some(true), None));
}

#[test]
fn json_with_tabs_and_escapes_is_read() {
    let text = "{\n\t\"a\": [\"b\\u00e9\\/\", true, null, 1.5],\n\t\"c\": {}\n}\n";
    let documents = read(text).unwrap();
    let items = documents[0].root.get("a").unwrap().items();
    assert_eq!(items[0].text(), Some("b\u{e9}/"));
    assert!(items[1].boolean(Booleans::Yaml12) == Some(true) && items[2].is_null());
    let pair = read("{\"a\": \"\\ud83e\\udd8a\"}").unwrap();
    assert_eq!(pair[0].root.get("a").unwrap().text(), Some("\u{1f98a}"));
}

#[test]
fn xml_has_limits_of_its_own() {
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert!(read(&nested(63)).is_ok());
    assert!(refused(&nested(64)).contains("more than 64 levels"));
    assert!(read(&nested(200_000)).is_err());
    let many = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
    assert!(read(&many(9_000)).is_ok());
    assert!(read(&many(10_001)).is_err());
    // Places are counted once, and names that differ are compared with each other.
    let names: String = (0..9_000).map(|number| format!("<n{number}/>")).collect();
    assert!(read(&format!("<a>{names}</a>")).is_ok());
}

#[test]
fn entities_of_xml_are_refused() {
    let laughs = "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]><a>&d;</a>";
    assert_eq!(refused(laughs), "line 1, column 1: not valid XML: XML with DTD detected");
    assert!(read("<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>").is_err());
    assert!(read("<a>&nothing;</a>").is_err());
}
