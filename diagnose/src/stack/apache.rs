//! Apache: `always` for errors too, what a back end sent removed from the other table, the preflight answered by
//! mod_rewrite, which in a virtual host comes before authentication.

use super::fit::Fit;
use super::quote::apache;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::Snippet;

pub(super) const APACHE: Recipe = Recipe {
    place: "Add this to the <VirtualHost>, with mod_headers and mod_rewrite turned on (a2enmod headers rewrite)",
    signs: &[Sign::Starts("server", "apache/"), Sign::Starts("server", "apache ")],
    code: &["header set access-control-", "header always set access-control-", "header add access-control-"],
    ..Recipe::new("apache", "Apache HTTP Server 2.4", Layer::Proxy, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line(
        "# always: on errors too. onsuccess unset: otherwise, what the back end sends would be in the response twice.",
    );
    header(&mut lines, true, "Access-Control-Allow-Origin", &fit.origin);
    header(&mut lines, fit.credentials, "Access-Control-Allow-Credentials", "true");
    header(&mut lines, !fit.exposed.is_empty(), "Access-Control-Expose-Headers", &fit.exposed.join(", "));
    lines.line("Header always merge Vary Origin");
    if fit.preflight {
        lines.line("# Responds to the preflight before authentication (but not in .htaccess or <Directory>).");
        lines.line(format_args!(
            "Header always set Access-Control-Allow-Methods {} \"expr=%{{REQUEST_METHOD}} == 'OPTIONS'\"",
            apache(&fit.method)
        ));
        lines.line_if(
            !fit.headers.is_empty(),
            format_args!(
                "Header always set Access-Control-Allow-Headers {} \"expr=%{{REQUEST_METHOD}} == 'OPTIONS'\"",
                apache(&fit.headers.join(", "))
            ),
        );
        lines.line("RewriteEngine On");
        lines.line("RewriteCond %{REQUEST_METHOD} =OPTIONS");
        lines.line("RewriteCond %{HTTP:Access-Control-Request-Method} .");
        lines.line("RewriteRule ^ - [R=204,L]");
    }
    lines.into_text()
}

fn header(lines: &mut Snippet, is_sent: bool, name: &str, value: &str) {
    lines.line(format_args!("Header onsuccess unset {name}"));
    lines.line_if(is_sent, format_args!("Header always set {name} {}", apache(value)));
}
