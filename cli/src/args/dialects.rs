//! The arguments of the commands about other products' configurations: `import`, `export` and `diff`, and how a file is read.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use corsac_dialects::commands::Chosen;

/// Turn another product's CORS configuration into a policy file
///
/// The policy lets in what the configuration does, as browsers see it, and never more. What no pattern says is refused, with what to list
/// instead; what is narrower is in the comments of the file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n    corsac import - --from kong -o api.toml < kong.yaml\n\nExit codes: 0 a policy is written; 1 there is no such policy; 2 could not run."
)]
pub(crate) struct Import {
    /// The configuration, or - for standard input
    pub(crate) file: OsString,
    #[command(flatten)]
    pub(crate) dialect: DialectOptions,
    /// The policy file to write, or - for standard output
    #[arg(short, long, value_name = "POLICY", default_value = "-")]
    pub(crate) output: PathBuf,
}

/// Write a policy in another product's words
///
/// What the product does otherwise is in the comments of the file and on standard error. Nothing is written if the result would let more in
/// than the policy does.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n    corsac export api.toml --to kong -o kong.yaml\n\nExit codes: 0 a file is written; 1 the product has no words for it; 2 could not run."
)]
pub(crate) struct Export {
    /// The policy: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// The dialect to write
    #[arg(long, value_name = "DIALECT")]
    pub(crate) to: String,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
}

/// Show where two policies or configurations differ for browsers
///
/// Each row is a request whose outcome differs, the worst first: what the second lets in, what it no longer lets in, what the application
/// sees, and what caches may mix up. Each of the two is a policy, a policy set, or another product's configuration.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n    corsac diff api.toml sets.toml --path /account/cards\n    corsac diff - api.toml --from-before kong < kong.yaml\n\nExit codes: 0 no difference; 1 differences; 2 could not run, or no difference is certain."
)]
pub(crate) struct Diff {
    /// What there is now, or - for standard input
    pub(crate) before: OsString,
    /// What there would be, or - for standard input
    pub(crate) after: OsString,
    /// How to show the differences
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    /// The path of a URL, which chooses the policy of a policy set [default: /]
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<OsString>,
    /// The dialect of the first file [default: by its shape]
    #[arg(long, value_name = "DIALECT")]
    pub(crate) from_before: Option<String>,
    /// The dialect of the second file [default: by its shape]
    #[arg(long, value_name = "DIALECT")]
    pub(crate) from_after: Option<String>,
    /// Which configuration of the first file, if there are several
    #[arg(long, value_name = "LABEL")]
    pub(crate) only_before: Option<String>,
    /// Which configuration of the second file, if there are several
    #[arg(long, value_name = "LABEL")]
    pub(crate) only_after: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Text,
    /// For machines
    Json,
    /// Annotations for a review on GitHub
    Github,
}

/// How to read another product's configuration
#[derive(Debug, Default, Args)]
pub(crate) struct DialectOptions {
    /// The dialect that the file is in
    #[arg(long, value_name = "DIALECT")]
    pub(crate) from: Option<String>,
    /// The version of the product, such as 3.9.1 [default: the newest whose behaviour is known]
    #[arg(long, value_name = "VERSION", requires = "from")]
    pub(crate) product_version: Option<String>,
    /// Which configuration of the file, if there are several, such as plugins[0]
    #[arg(long, value_name = "LABEL")]
    pub(crate) only: Option<String>,
}

impl DialectOptions {
    pub(crate) fn chosen(&self) -> Chosen<'_> {
        let (from, version) = (self.from.as_deref(), self.product_version.as_deref());
        Chosen { from, version, only: self.only.as_deref() }
    }
}
