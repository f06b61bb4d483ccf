//! The options of one policy as they are written, each with its place in the source.

use corsac::{Field, PolicySpec, PolicyTable, PublicSuffixes};
use proc_macro2::Span;
use syn::LitStr;

/// The options of a policy. An option that is left out has the compiler's default.
pub(crate) struct Options {
    /// Where a finding points if it is about nothing that is written.
    place: Span,
    /// The name of each option, and its place.
    pub(crate) names: Vec<(Field, Span)>,
    pub(crate) lists: Vec<(Field, Vec<LitStr>)>,
    pub(crate) numbers: Vec<(Field, i64)>,
    pub(crate) switches: Vec<(Field, bool)>,
    pub(crate) path: Option<LitStr>,
}

impl Options {
    pub(crate) fn new(place: Span) -> Self {
        Self { place, names: Vec::new(), lists: Vec::new(), numbers: Vec::new(), switches: Vec::new(), path: None }
    }

    /// The place of the literal of the entry, or else of the name of the option, or else of all
    /// options.
    pub(crate) fn span(&self, field: Field, index: Option<usize>) -> Span {
        let path = self.path.as_ref().filter(|_| field == Field::Path);
        let entry = index.and_then(|index| self.literals(field)?.get(index)).or(path);
        let name = self.names.iter().find(|(name, _)| *name == field);
        entry.map(LitStr::span).or(name.map(|(_, span)| *span)).unwrap_or(self.place)
    }

    /// Whether `cors: false` is written.
    pub(crate) fn is_untouched(&self) -> bool {
        self.switches.contains(&(Field::Cors, false))
    }

    fn literals(&self, field: Field) -> Option<&Vec<LitStr>> {
        self.lists.iter().find(|(name, _)| *name == field).map(|(_, list)| list)
    }

    fn number(&self, field: Field) -> Option<i64> {
        self.numbers.iter().find(|(name, _)| *name == field).map(|(_, number)| *number)
    }

    fn is_on(&self, field: Field) -> bool {
        self.switches.contains(&(field, true))
    }
}

/// The texts of the literals. A spec borrows them.
pub(crate) struct Texts {
    origins: Vec<String>,
    methods: Option<Vec<String>>,
    headers: Vec<String>,
    exposed: Vec<String>,
    suffixes: Option<Vec<String>>,
    path: Option<String>,
}

impl Texts {
    pub(crate) fn of(options: &Options) -> Self {
        let list = |field| Some(options.literals(field)?.iter().map(LitStr::value).collect());
        Self {
            origins: list(Field::AllowOrigins).unwrap_or_default(),
            methods: list(Field::AllowMethods),
            headers: list(Field::AllowHeaders).unwrap_or_default(),
            exposed: list(Field::ExposeHeaders).unwrap_or_default(),
            suffixes: list(Field::DangerouslyAllowPublicSuffixes),
            path: options.path.as_ref().map(LitStr::value),
        }
    }

    pub(crate) fn spec(&self, options: &Options) -> PolicySpec<'_, String> {
        let default = PolicySpec::new(&self.origins);
        // No `..`: a new option does not compile here until it is read.
        PolicySpec {
            allow_origins: &self.origins,
            allow_methods: self.methods.as_deref(),
            allow_headers: &self.headers,
            allow_credentials: options.is_on(Field::AllowCredentials),
            expose_headers: &self.exposed,
            max_age: options.number(Field::MaxAge),
            preflight_status: options.number(Field::PreflightStatus).unwrap_or(default.preflight_status),
            denied_preflight_status: options.number(Field::DeniedPreflightStatus),
            external_origins: options.is_on(Field::ExternalOrigins),
            allow_timing: options.is_on(Field::AllowTiming),
            allow_private_network: options.is_on(Field::AllowPrivateNetwork),
            dangerously_allow_null_origin: options.is_on(Field::DangerouslyAllowNullOrigin),
            dangerously_allow_insecure_origins: options.is_on(Field::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: match &self.suffixes {
                _ if options.is_on(Field::DangerouslyAllowPublicSuffixes) => PublicSuffixes::Allowed,
                Some(listed) => PublicSuffixes::Listed(listed),
                None => PublicSuffixes::Refused,
            },
        }
    }

    pub(crate) fn table(&self, options: &Options) -> PolicyTable<'_, String> {
        let path = self.path.as_deref().unwrap_or("/");
        if options.is_untouched() { PolicyTable::untouched(path) } else { PolicyTable::new(path, self.spec(options)) }
    }
}
