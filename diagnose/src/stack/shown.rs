//! Recognises products by the code that people paste along with a message. What is pasted may not be what runs, so that this is offered
//! and never acted upon.

use super::all::Stack;

/// The stacks whose code or configuration the text has, the nearest to the browser first.
fn shown(text: &str) -> Vec<Stack> {
    let text = text.to_ascii_lowercase();
    let has_code = |stack: &Stack| stack.recipe().code.iter().any(|code| text.contains(code));
    let mut found: Vec<Stack> = Stack::ALL.into_iter().filter(has_code).collect();
    // Koa and Hono have a line of Express, and applications of FastAPI import from Starlette.
    for (of, other) in [("koa", "express"), ("hono", "express"), ("fastapi", "starlette")] {
        if found.iter().any(|stack| stack.name() == of) {
            found.retain(|stack| stack.name() != other);
        }
    }
    found.sort_by_key(|stack| stack.recipe().layer);
    found
}

/// What to say about the code of a paste. `None`: it shows no product, or too many to be about one server.
pub(crate) fn offer_shown(text: &str) -> Option<String> {
    let found = shown(text);
    if found.is_empty() || found.len() > 3 {
        return None;
    }
    let about: Vec<&str> = found.iter().map(|stack| stack.about()).collect();
    let options: Vec<String> = found.iter().map(|stack| format!("--stack {}", stack.name())).collect();
    let shows = if found.len() > 1 { "show what each must change" } else { "shows what to change there" };
    Some(format!("The text has code of {}: {} {shows}.", about.join(" and of "), options.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::super::needed::Needed;
    use super::{Stack, offer_shown, shown};

    fn names(text: &str) -> Vec<&'static str> {
        shown(text).into_iter().map(Stack::name).collect()
    }

    #[test]
    fn each_snippet_is_recognised_as_its_own() {
        let needed = Needed {
            origin: b"https://app.example.com".to_vec(),
            method: b"PUT".to_vec(),
            headers: vec![b"authorization".to_vec()],
            credentials: true,
            exposed: Vec::new(),
            preflight: true,
        };
        let plain = Needed { credentials: false, method: b"GET".to_vec(), ..needed.clone() };
        let is_strange = |stack: &Stack| {
            let snippet = stack.snippet(&needed).or_else(|_| stack.snippet(&plain));
            snippet.is_ok_and(|snippet| !shown(&format!("{}\n{}", snippet.place, snippet.text)).contains(stack))
        };
        let strange: Vec<Stack> = Stack::ALL.into_iter().filter(is_strange).collect();
        assert_eq!(strange, []);
    }

    #[test]
    fn code_says_what_it_is_of() {
        for (text, expected) in [
            ("app.use(cors());", &["express"][..]),
            ("const app = new Koa(); app.use(cors());", &["koa"]),
            ("app = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=[\"*\"])", &["fastapi"]),
            ("CORS_ORIGIN_ALLOW_ALL = True", &["django"]),
            ("add_header 'Access-Control-Allow-Origin' '*'; and app.use(cors())", &["nginx", "express"]),
            ("from fastapi import FastAPI\nfrom starlette.middleware.cors import CORSMiddleware", &["fastapi"]),
            ("<CORSConfiguration><CORSRule>", &["s3"]),
            ("[{ \"AllowedHeaders\": [\"*\"], \"AllowedMethods\": [\"PUT\"] }]", &["s3"]),
            ("I deployed my React app and use a Flask server", &[]),
            // Words of these are in the code of other products, too.
            ("[Learn More] https://developer.mozilla.org/docs/Web/HTTP/CORS/Errors/CORSMissingAllowOrigin", &[]),
            ("const handleCors = require('./helpers/cors');", &[]),
            ("appsettings.json: { \"AllowedOrigins\": [] }", &[]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn the_offer_names_the_option() {
        assert_eq!(
            offer_shown("@CrossOrigin(\"*\")").as_deref(),
            Some("The text has code of Spring Security (Java): --stack spring shows what to change there.")
        );
        assert_eq!(offer_shown("nothing"), None);
        assert_eq!(offer_shown("rack-cors flask-cors @koa/cors hono/cors"), None);
    }
}
