//! Laravel: config/cors.php, which its own middleware reads. It sends a single origin to every page, so that nothing varies.

use super::fit::Fit;
use super::quote::php;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const LARAVEL: Recipe = Recipe {
    place: "Put this into config/cors.php, with your own paths (from Laravel 11 on, run php artisan config:publish cors first), and run \
            php artisan config:clear",
    limits: &[(
        Fit::has_lower_case_method,
        "Laravel sends the method back in upper case, which is another method: send it in upper case",
    )],
    signs: &[Sign::Starts("set-cookie", "laravel_session=")],
    code: &["config/cors.php", "laravel-cors", "'supports_credentials' =>"],
    ..Recipe::new("laravel", "Laravel (PHP)", Layer::Application, snippet)
};

/// Every key, because older versions have no defaults for those that are left out.
fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("<?php");
    lines.line("");
    lines.line("return [");
    lines.line("    'paths' => ['api/*', 'sanctum/csrf-cookie'],");
    lines.line(format_args!("    'allowed_origins' => [{}],", php(&fit.origin)));
    lines.line("    'allowed_origins_patterns' => [],");
    lines.line(format_args!("    'allowed_methods' => [{}],", php(&fit.method)));
    lines.line(format_args!("    'allowed_headers' => [{}],", literals(&fit.headers, php)));
    lines.line(format_args!("    'exposed_headers' => [{}],", literals(&fit.exposed, php)));
    lines.line("    'max_age' => 600,");
    lines.line(format_args!("    'supports_credentials' => {},", fit.credentials));
    lines.line("];");
    lines.into_text()
}
