//! Spring Security: a source of CORS configurations, which its own filter asks before authentication; it varies by
//! Origin. Spring refuses actual requests by method too, so the safelisted methods are listed with the one needed.

use super::fit::Fit;
use super::quote::java;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const SPRING: Recipe = Recipe {
    place: "Add this to a @Configuration class",
    signs: &[Sign::Name("x-application-context")],
    code: &["@crossorigin", "new corsconfiguration(", "corsconfigurationsource", "corsregistry"],
    ..Recipe::new("spring", "Spring Security (Java)", Layer::Application, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("// In your SecurityFilterChain: http.cors(Customizer.withDefaults());");
    lines.line("@Bean");
    lines.line("UrlBasedCorsConfigurationSource corsConfigurationSource() {");
    lines.line("    CorsConfiguration cors = new CorsConfiguration();");
    lines.line(format_args!("    cors.setAllowedOrigins(List.of({}));", java(&fit.origin)));
    lines
        .line(format_args!("    cors.setAllowedMethods(List.of({}));", literals(&fit.with_safelisted_methods(), java)));
    lines.line_if(
        !fit.headers.is_empty(),
        format_args!("    cors.setAllowedHeaders(List.of({}));", literals(&fit.headers, java)),
    );
    lines.line_if(
        !fit.exposed.is_empty(),
        format_args!("    cors.setExposedHeaders(List.of({}));", literals(&fit.exposed, java)),
    );
    lines.line_if(fit.credentials, "    cors.setAllowCredentials(true);");
    lines.line("");
    lines.line("    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();");
    lines.line("    source.registerCorsConfiguration(\"/**\", cors);");
    lines.line("    return source;");
    lines.line("}");
    lines.into_text()
}
