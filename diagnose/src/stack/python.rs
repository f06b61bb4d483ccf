//! Python: Starlette's middleware (FastAPI's too), django-cors-headers and Flask-Cors.

use super::fit::Fit;
use super::quote::python;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const FASTAPI: Recipe = Recipe {
    place: "Add this after every other add_middleware",
    signs: &[Sign::Starts("server", "uvicorn")],
    code: &["from fastapi", "fastapi("],
    ..Recipe::new("fastapi", "FastAPI (Python)", Layer::Application, fastapi)
};

pub(super) const STARLETTE: Recipe = Recipe {
    place: "Add this where you create the app, first in its list of middleware",
    code: &["from starlette", "starlette("],
    ..Recipe::new("starlette", "Starlette (Python)", Layer::Application, starlette)
};

pub(super) const DJANGO: Recipe = Recipe {
    also: &["django-cors-headers"],
    place: "Add this to settings.py, below MIDDLEWARE (pip install django-cors-headers)",
    signs: &[Sign::Starts("server", "wsgiserver/"), Sign::Starts("set-cookie", "csrftoken=")],
    code: &[
        "corsheaders",
        "cors_allowed_origin",
        "cors_allow_all_origins",
        "cors_origin_whitelist",
        "cors_origin_allow_all",
    ],
    ..Recipe::new("django", "Django with django-cors-headers (Python)", Layer::Application, django)
};

pub(super) const FLASK: Recipe = Recipe {
    also: &["flask-cors"],
    place: "Add this where you create the app (pip install flask-cors)",
    limits: &[(
        Fit::has_lower_case_method,
        "Flask-Cors sends the method back in upper case, which is another method: send it in upper case",
    )],
    signs: &[Sign::Starts("server", "werkzeug/")],
    code: &["flask_cors", "flask-cors", "flask(__name__", "@cross_origin"],
    ..Recipe::new("flask", "Flask with Flask-Cors (Python)", Layer::Application, flask)
};

fn fastapi(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("from fastapi.middleware.cors import CORSMiddleware");
    lines.line("");
    lines.line("# Last of all add_middleware calls: the last one is the outermost, before authentication.");
    lines.line("app.add_middleware(");
    lines.line("    CORSMiddleware,");
    parameters(&mut lines, fit, "    ");
    lines.line(")");
    lines.into_text()
}

fn starlette(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("from starlette.applications import Starlette");
    lines.line("from starlette.middleware import Middleware");
    lines.line("from starlette.middleware.cors import CORSMiddleware");
    lines.line("");
    lines.line("middleware = [");
    lines.line("    # First in the list: the first one is the outermost, before authentication.");
    lines.line("    Middleware(");
    lines.line("        CORSMiddleware,");
    parameters(&mut lines, fit, "        ");
    lines.line("    ),");
    lines.line("]");
    lines.line("app = Starlette(routes=routes, middleware=middleware)");
    lines.into_text()
}

/// The parameters of Starlette's CORSMiddleware. It varies by Origin where it lists origins.
fn parameters(lines: &mut Snippet, fit: &Fit, indent: &str) {
    lines.line(format_args!("{indent}allow_origins=[{}],", python(&fit.origin)));
    if fit.preflight {
        lines.line(format_args!("{indent}allow_methods=[{}],", python(&fit.method)));
        lines.line(format_args!("{indent}allow_headers=[{}],", literals(&fit.headers, python)));
    }
    lines
        .line_if(!fit.exposed.is_empty(), format_args!("{indent}expose_headers=[{}],", literals(&fit.exposed, python)));
    lines.line_if(fit.credentials, format_args!("{indent}allow_credentials=True,"));
}

fn django(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("INSTALLED_APPS += [\"corsheaders\"]");
    lines.line("# First: before CommonMiddleware, and before what authenticates.");
    lines.line("MIDDLEWARE.insert(0, \"corsheaders.middleware.CorsMiddleware\")");
    lines.line("");
    lines.line(format_args!("CORS_ALLOWED_ORIGINS = [{}]", python(&fit.origin)));
    if fit.preflight {
        lines.line(format_args!("CORS_ALLOW_METHODS = [{}]", python(&fit.method)));
        lines.line(format_args!("CORS_ALLOW_HEADERS = [{}]", literals(&fit.headers, python)));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("CORS_EXPOSE_HEADERS = [{}]", literals(&fit.exposed, python)));
    lines.line_if(fit.credentials, "CORS_ALLOW_CREDENTIALS = True");
    lines.into_text()
}

fn flask(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("from flask_cors import CORS");
    lines.line("");
    lines.line("CORS(");
    lines.line("    app,");
    lines.line(format_args!("    origins=[{}],", flask_pattern(&fit.origin)));
    if fit.preflight {
        lines.line(format_args!("    methods=[{}],", python(&fit.method)));
        lines.line(format_args!("    allow_headers=[{}],", literals(&fit.headers, flask_pattern)));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("    expose_headers=[{}],", literals(&fit.exposed, python)));
    lines.line_if(fit.credentials, "    supports_credentials=True,");
    lines.line(")");
    lines.line("");
    lines.line("");
    lines.line("@app.after_request");
    lines.line("def vary_by_origin(response):");
    lines.line("    # Flask-Cors leaves Vary out where one origin is listed.");
    lines.line("    response.vary.add(\"Origin\")");
    lines.line("    return response");
    lines.into_text()
}

/// Flask-Cors takes a text with one of these bytes for a regular expression, which it matches from the start.
fn flask_pattern(text: &str) -> String {
    if !text.contains(['*', '\\', ']', '?', '$', '^', '[', '(', ')']) {
        return python(text);
    }
    let mut pattern = String::new();
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() && !matches!(c, ':' | '/' | '-' | '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('$');
    python(&pattern)
}

#[cfg(test)]
mod tests {
    use super::flask_pattern;

    #[test]
    fn flask_matches_every_byte_as_itself() {
        assert_eq!(flask_pattern("https://a.example"), r#""https://a.example""#);
        assert_eq!(flask_pattern("http://[::1]:80"), r#""http://\\[::1\\]:80$""#);
        assert_eq!(flask_pattern("x-$.a"), r#""x-\\$\\.a$""#);
    }
}
