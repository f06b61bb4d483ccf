//! What is known of a host, and of a server that may be somebody else's: one sentence each, as a possibility.

use crate::Suffixes;
use crate::neighbours::Relation;
use crate::place::Place;

const FOR_SERVERS: &str =
    "This API is made for servers: call it from your own backend, which also keeps its key secret.";

/// A preflight that ends with 403, without anything that signs in.
pub(crate) const NOT_SIGNED_IN: &str = "If nothing signs in here, the CORS code itself may refuse: Ktor, Spring, Ollama and others respond with 403 to a preflight whose origin, method or header is not in their list.";

/// What the status 421 means.
pub(crate) const MISDIRECTED: &str = "421 says that the request went to the wrong server: the browser used a connection to another host again, because both have one address and one certificate. Let the server that ends TLS respond for both hosts, or give each its own certificate.";

/// What to do about a header that somebody else's server does not list.
pub(crate) const FOREIGN_HEADER: &str = "If this server is not yours, let the script not send this header there: a default of the HTTP client, such as axios.defaults or an interceptor, may add it to every request.";

/// What to do about a header of responses that the script sends.
pub(crate) fn of_sent_header(name: &str) -> String {
    format!("The script sends {name}, which belongs to responses: remove it from the script.")
}

const PROXY: &str = "This is a public CORS proxy: it has limits, is often down, and reads all that you send through it. Call the API from your own backend instead.";

const STORE: &str = "This may be a bucket: without a matching rule in the bucket's CORS configuration it sends no CORS headers, and a preflight gets 403. That is not a problem of signing in.";

const TUNNEL: &str = "This is an ngrok tunnel: its own pages have no CORS headers. It sends one to browsers until the script sends ngrok-skip-browser-warning, and one where no server runs behind it.";

/// A part of a host's name, its end, and what that host is known for.
const HOSTS: &[(&str, &str, &str)] = &[
    (
        ".execute-api.",
        ".amazonaws.com",
        "This may be Amazon API Gateway: errors of the gateway itself have no CORS headers until you add them to its gateway responses.",
    ),
    (
        "s3",
        ".amazonaws.com",
        "This may be an S3 bucket: without a matching rule in the bucket's CORS configuration it sends no CORS headers, and a preflight gets 403. That is not a problem of signing in.",
    ),
    (
        ".lambda-url.",
        ".on.aws",
        "This may be a Lambda function URL: set CORS there or in the function, but not in both.",
    ),
    (
        "",
        ".cloudfunctions.net",
        "This may be a Google Cloud function: without the invoker's permission for everyone, Google responds with 403 before your code runs.",
    ),
    (
        "",
        ".run.app",
        "This may be Google Cloud Run: without the invoker's permission for everyone, Google responds with 403 before your code runs.",
    ),
    (
        "",
        "storage.googleapis.com",
        "This may be a Google Cloud Storage bucket: set CORS on the bucket with gcloud storage buckets update --cors-file.",
    ),
    (
        "",
        ".azure-api.net",
        "This may be Azure API Management: without the policy cors it has no operation for OPTIONS, and its own 401 and 404 have no CORS headers.",
    ),
    (
        "",
        ".onrender.com",
        "This may be Render: while a free service wakes up, or after it has stopped, Render's own 502 has no CORS headers.",
    ),
    ("", ".digitaloceanspaces.com", STORE),
    ("", ".backblazeb2.com", STORE),
    ("", ".wasabisys.com", STORE),
    ("", ".linodeobjects.com", STORE),
    ("", ".scw.cloud", STORE),
    ("oss-", ".aliyuncs.com", STORE),
    (".cos.", ".myqcloud.com", STORE),
    ("", ".blob.core.windows.net", "This may be Azure Blob Storage: add a CORS rule to the storage account."),
    (
        "",
        ".cloudfront.net",
        "This may be CloudFront: let it pass the Origin header on, or a copy for one page is sent to all.",
    ),
    (
        "",
        ".azurewebsites.net",
        "This may be Azure App Service: its CORS setting and your code must not both add the headers.",
    ),
    (
        "",
        "raw.githubusercontent.com",
        "GitHub's raw files respond to no preflight: send a GET without headers of your own and without credentials.",
    ),
    (
        "",
        "github.com",
        "GitHub's pages have no CORS headers: for a file of a repository, use its address at raw.githubusercontent.com.",
    ),
    (
        "",
        ".r2.cloudflarestorage.com",
        "This may be an R2 bucket: without a matching rule in the bucket's CORS policy it sends no CORS headers.",
    ),
    (
        "",
        ".supabase.co",
        "This may be Supabase: an Edge Function responds to OPTIONS itself and adds the headers to every response, its errors too.",
    ),
    (
        "",
        "script.google.com",
        "This may be a Google Apps Script: it responds to no preflight. Deploy it for everyone, and send text/plain without headers of your own.",
    ),
    (
        "",
        ".googleusercontent.com",
        "Google sends these files for its own pages. If it is an Apps Script, its access may not be for everyone, or it failed.",
    ),
    (
        "",
        "login.microsoftonline.com",
        "Microsoft sends CORS headers only if the page's URL is registered for the app under the platform Single-page application, and only for the token, not for the sign-in page.",
    ),
    ("", ".okta.com", "This may be Okta: add the page's origin to the trusted origins, with CORS."),
    ("", ".auth0.com", "This may be Auth0: add the page's origin to the allowed web origins of the application."),
    ("", "cors-anywhere.herokuapp.com", PROXY),
    ("", "api.allorigins.win", PROXY),
    ("", "corsproxy.io", PROXY),
    ("", "proxy.cors.sh", PROXY),
    ("", "api.codetabs.com", PROXY),
    ("", "thingproxy.freeboard.io", PROXY),
    ("", "crossorigin.me", PROXY),
    ("ngrok", ".app", TUNNEL),
    ("ngrok", ".dev", TUNNEL),
    ("ngrok", ".io", TUNNEL),
    ("", "api.anthropic.com", FOR_SERVERS),
    ("", "api.notion.com", FOR_SERVERS),
    ("", "api.cloudflare.com", FOR_SERVERS),
    ("", "api.yelp.com", FOR_SERVERS),
    ("", "api.igdb.com", FOR_SERVERS),
    ("", "api.steampowered.com", FOR_SERVERS),
    ("", ".api.riotgames.com", FOR_SERVERS),
    ("", "api.twitter.com", FOR_SERVERS),
    ("", "api.x.com", FOR_SERVERS),
    ("", "api.linkedin.com", FOR_SERVERS),
    ("", "query1.finance.yahoo.com", FOR_SERVERS),
    ("", "newsapi.org", FOR_SERVERS),
    (
        "",
        "hooks.slack.com",
        "Slack's webhooks are made for servers: call this one from your own backend, because anyone who has its URL can post.",
    ),
];

pub(crate) fn of_host(url: &str) -> Option<&'static str> {
    let Some(place) = Place::of(url) else {
        // `https://<me>.ngrok.app/x`: a person has removed a part of the name.
        let host = url.split_once("://")?.1.split(['/', ':', '?']).next()?.to_ascii_lowercase();
        return host.contains('<').then(|| known(&host))?;
    };
    let host = place.host.to_ascii_lowercase();
    if place.port() == Some(11434) {
        return Some(
            "This may be Ollama: it allows the pages that its setting OLLAMA_ORIGINS lists, and refuses others with 403.",
        );
    }
    if place.is_of_vite() {
        return Some(
            "This is Vite's development server: list the page's origin in its setting server.cors.origin, or open the page at the address that Vite prints.",
        );
    }
    if place.path.contains("/protocol/openid-connect/") {
        return Some(
            "This may be Keycloak: add the page's origin to the web origins of the client. The sign-in page itself is opened as a page, and not with fetch().",
        );
    }
    if host.starts_with("s3.") && host.ends_with(".amazonaws.com") && matches!(place.path, "" | "/") {
        return Some(
            "This lists the buckets of an account, for which S3 has no CORS: list them from your own backend.",
        );
    }
    if (place.port() == Some(9000) && url.contains("X-Amz-")) || host.starts_with("minio") {
        return Some(
            "This may be MinIO: it responds to a preflight itself, at the port of its API (9000) and not at that of its console, if the proxy in front passes Origin and Access-Control-Request-Method on. Its setting MINIO_API_CORS_ALLOW_ORIGIN lists the pages.",
        );
    }
    known(&host)
}

fn known(host: &str) -> Option<&'static str> {
    let found = HOSTS.iter().find(|(part, end, _)| host.ends_with(end) && host.contains(part));
    found.map(|(_, _, hint)| *hint)
}

/// What a host is that only containers and clusters know.
pub(crate) fn of_container(url: &str) -> Option<&'static str> {
    let place = Place::of(url).filter(Place::is_web)?;
    let is_name = !place.host.contains(['.', ':', '[', '*']) && !place.is_loopback() && !place.host.contains("xxx");
    let is_inside = [".docker.internal", ".svc", ".cluster.local", ".containers.internal"];
    (is_name || is_inside.iter().any(|end| place.host.ends_with(end))).then_some(
        "This name may be known only inside containers or a cluster, and the script runs in the visitor's browser: give it an address that the browser can reach, such as localhost with the published port, or let the page's own server pass the request on.",
    )
}

/// Whether a text in lower case names a public CORS proxy.
pub(crate) fn names_proxy(text: &str) -> bool {
    HOSTS.iter().any(|(_, end, hint)| *hint == PROXY && text.contains(end))
}

/// Whether a host is that of an API for servers.
fn is_for_servers(host: &str) -> bool {
    HOSTS.iter().any(|(_, end, hint)| *hint == FOR_SERVERS && host.ends_with(end))
}

/// Buckets. Their 403 to a preflight means that no rule fits, and has nothing to do with signing in.
pub(crate) fn is_bucket(url: &str) -> bool {
    let Some(place) = Place::of(url) else { return false };
    let host = place.host.to_ascii_lowercase();
    let is_aws = host.ends_with(".amazonaws.com") && (host.starts_with("s3") || host.contains(".s3"));
    is_aws
        || [".r2.cloudflarestorage.com", ".blob.core.windows.net"].iter().any(|end| host.ends_with(end))
        || HOSTS.iter().any(|(part, end, hint)| *hint == STORE && host.ends_with(end) && host.contains(part))
}

/// Servers whose 403 to a preflight means that the page is not in their list.
pub(crate) fn has_list(url: &str) -> bool {
    Place::of(url).is_some_and(|place| place.port() == Some(11434))
}

/// Servers of others that respond to no preflight at all.
pub(crate) fn is_without_preflight(url: &str) -> bool {
    Place::of(url).is_some_and(|place| ["raw.githubusercontent.com", "script.google.com"].contains(&place.host))
}

/// What to do if the server is not the user's own. `None`: it is of the page's site, or may be where the list of suffixes is not lent. A
/// page that is not known may be any.
pub(crate) fn of_foreign_server(
    page: Option<&str>,
    url: &str,
    suffixes: Option<&dyn Suffixes>,
) -> Option<&'static str> {
    let place = Place::of(url).filter(Place::is_web)?;
    if place.is_loopback() || place.is_private() || is_for_servers(place.host) {
        return None;
    }
    let is_own = page.is_some_and(|page| Relation::of(page, url, suffixes) != Relation::CrossSite);
    (!is_own).then_some(
        "If this server is not yours, no change of the page helps: call it from your own backend, and let the page ask the backend. Or use the way that the API's documentation has for browsers.",
    )
}

#[cfg(test)]
mod tests {
    use super::{is_bucket, of_foreign_server, of_host};
    use crate::neighbours::tests::Few;

    #[test]
    fn a_server_of_others_is_known_by_the_two_names() {
        for (page, url) in [
            (Some("http://localhost:3000"), "https://api.example.com/x"),
            (Some("https://app.example.org"), "https://api.example.com/x"),
            (None, "https://api.example.com/x"),
        ] {
            assert!(
                of_foreign_server(page, url, None).is_some_and(|hint| hint.contains("own backend")),
                "{page:?} {url}"
            );
        }
        for (page, url) in [
            (Some("https://app.example.com"), "https://api.example.com/x"),
            (Some("https://App.Example.com"), "https://example.com/x"),
            (Some("http://localhost:3000"), "http://localhost:8000/x"),
            (None, "http://192.168.1.7/x"),
            (None, "capacitor://localhost/x"),
            (None, "x"),
        ] {
            assert_eq!(of_foreign_server(page, url, None), None, "{page:?} {url}");
        }
        // With the list, what only looks like one site is not.
        let of = |page: &str, url: &str| of_foreign_server(Some(page), url, Some(&Few)).is_some();
        assert!(
            of("https://shop.co.uk", "https://api.co.uk/x") && of("https://me.github.io", "https://you.github.io/x")
        );
        assert!(!of("https://app.shop.co.uk", "https://api.shop.co.uk/x"));
    }

    #[test]
    fn development_server_is_known_by_its_paths() {
        for url in [
            "http://[::1]:5173/@vite/client",
            "http://localhost:3000/src/App.vue?t=1",
            "http://localhost:5173/renderer.ts",
        ] {
            assert!(of_host(url).is_some_and(|hint| hint.contains("Vite")), "{url}");
        }
        for url in ["http://localhost:8080/segment1.ts", "https://b.example/App.vue", "http://localhost:5173/api"] {
            assert_eq!(of_host(url), None, "{url}");
        }
    }

    #[test]
    fn a_bucket_is_known_by_its_host() {
        assert!(is_bucket("https://s3.us-west-1.amazonaws.com/") && is_bucket("https://b.s3.amazonaws.com/x"));
        assert!(!is_bucket("https://x.execute-api.eu-west-1.amazonaws.com/") && !is_bucket("x"));
        assert!(of_host("https://s3.us-west-1.amazonaws.com/").is_some_and(|hint| hint.contains("buckets")));
        assert!(of_host("https://b.s3.us-west-1.amazonaws.com/x").is_some_and(|hint| hint.contains("rule")));
    }
}
