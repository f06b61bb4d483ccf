//! The matcher against Chromium, which was asked about every pair in `chromium.tsv`, and against the standard where that says more.

use super::matches;

const CHROMIUM: &str = include_str!("chromium.tsv");

/// What the standard allows and Chromium does not: `ws:` for `https:`, and an `https:` URL with a port of its own where the source means
/// `http:`. What one of them allows is not called refused.
fn is_known(page: &str, source: &str, url: &str) -> bool {
    let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    source.starts_with("ws") || (page.starts_with("http:") && url.starts_with("https:") && source.ends_with(port))
}

#[test]
fn sources_match_what_they_match_in_chromium() {
    let lines = CHROMIUM.lines().filter(|line| !line.starts_with('#'));
    let (mut urls, mut wrong, mut asked) = (Vec::new(), Vec::new(), 0);
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            ["url", url] => urls.push(*url),
            [page, source, allowed] => {
                let fits = |url: &&&str| page.starts_with("http:") || url.starts_with("https:");
                for (url, allowed) in urls.iter().filter(fits).zip(allowed.chars()) {
                    asked += 1;
                    let source = source.strip_suffix(';').unwrap_or(source);
                    let found = source.split(' ').any(|one| matches(one, page, url, false));
                    if found != (allowed == '1') && !(found && is_known(page, source, url)) {
                        wrong.push(format!("{page} {source} {url}: {found}"));
                    }
                }
            }
            _ => panic!("{line}"),
        }
    }
    assert!(asked > 5000, "{asked}");
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn paths_do_not_count_after_a_redirect() {
    let of =
        |redirected| matches("https://api.example/v1", "https://app.example", "https://api.example/v2", redirected);
    assert_eq!((of(false), of(true)), (false, true));
}
