//! ASP.NET Core: its own middleware. It leaves Vary out where one origin is listed.

use super::fit::Fit;
use super::quote::csharp;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const ASPNET: Recipe = Recipe {
    place: "Add this to Program.cs: the first part before builder.Build(), the rest after it",
    signs: &[
        Sign::Starts("server", "kestrel"),
        Sign::Starts("server", "microsoft-iis"),
        Sign::Starts("x-powered-by", "asp.net"),
        Sign::Name("x-aspnet-version"),
    ],
    code: &[".addcors(", ".usecors(", ".withorigins(", "[enablecors"],
    ..Recipe::new("aspnet", "ASP.NET Core (C#)", Layer::Application, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut calls = vec![format!(".WithOrigins({})", csharp(&fit.origin))];
    if fit.preflight {
        calls.push(format!(".WithMethods({})", csharp(&fit.method)));
        if !fit.headers.is_empty() {
            calls.push(format!(".WithHeaders({})", literals(&fit.headers, csharp)));
        }
    }
    if !fit.exposed.is_empty() {
        calls.push(format!(".WithExposedHeaders({})", literals(&fit.exposed, csharp)));
    }
    if fit.credentials {
        calls.push(".AllowCredentials()".to_owned());
    }
    let mut lines = Snippet::default();
    lines.line("builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy");
    lines.line(format_args!("    {}));", calls.join("\n    ")));
    lines.line("");
    lines.line("// Right after builder.Build(): ASP.NET leaves Vary out where one origin is listed.");
    lines.line("app.Use(async (context, next) =>");
    lines.line("{");
    lines.line("    context.Response.OnStarting(() =>");
    lines.line("    {");
    lines.line("        context.Response.Headers.Append(\"Vary\", \"Origin\");");
    lines.line("        return Task.CompletedTask;");
    lines.line("    });");
    lines.line("    await next(context);");
    lines.line("});");
    lines.line("");
    lines.line("// After UseRouting, before UseAuthentication, UseAuthorization and UseResponseCaching.");
    lines.line("app.UseCors();");
    lines.into_text()
}
