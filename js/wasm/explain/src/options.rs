//! Options that several calls have.

use corsac::browser::AddressSpace;
use corsac_diagnose::exchange::ScriptRequest;
use corsac_diagnose::{Stack, Surroundings, script_request, without_styles};

use crate::fields::Fields;

/// How a text is written.
pub(crate) struct Shape {
    /// The servers for which the fix is written.
    pub(crate) stacks: Vec<String>,
    /// Whether the values of `Cookie` and `Authorization` are shown.
    pub(crate) secrets: bool,
    /// Whether the text has styles for a terminal.
    pub(crate) styles: bool,
}

impl Shape {
    /// The member `shape`.
    pub(crate) fn take(options: &mut Fields) -> Result<Self, String> {
        let mut fields = options.object("shape")?;
        let shape =
            Self { stacks: fields.texts("stacks")?, secrets: fields.flag("secrets")?, styles: fields.flag("styles")? };
        fields.end().map(|()| shape)
    }

    pub(crate) fn stacks(&self) -> Result<Vec<Stack>, String> {
        self.stacks.iter().map(|name| stack(name)).collect()
    }

    pub(crate) fn text(&self, text: String) -> String {
        if self.styles { text } else { without_styles(&text) }
    }
}

fn stack(name: &str) -> Result<Stack, String> {
    Stack::named(name).ok_or_else(|| {
        let names: Vec<&str> = Stack::ALL.into_iter().map(Stack::name).collect();
        let shown = corsac::Escaped(name.as_bytes().get(..40).unwrap_or(name.as_bytes()));
        format!("\"{shown}\" is not a known stack: write one of {}", names.join(", "))
    })
}

/// A script's request, as a person describes it.
pub(crate) struct Script {
    origin: Option<String>,
    pub(crate) url: Option<String>,
    method: Option<String>,
    /// Each is `NAME` or `NAME: VALUE`.
    headers: Vec<String>,
    credentials: bool,
}

impl Script {
    /// The member `request`.
    pub(crate) fn take(options: &mut Fields) -> Result<Self, String> {
        let mut fields = options.object("request")?;
        let script = Self {
            origin: fields.text("origin")?,
            url: fields.text("url")?,
            method: fields.text("method")?,
            headers: fields.texts("headers")?,
            credentials: fields.flag("credentials")?,
        };
        fields.end().map(|()| script)
    }

    pub(crate) fn request(&self) -> Result<ScriptRequest, String> {
        let headers: Vec<&[u8]> = self.headers.iter().map(String::as_bytes).collect();
        let bytes = |text: &'_ Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        script_request(bytes(&self.origin).as_deref(), bytes(&self.method).as_deref(), &headers, self.credentials)
    }
}

/// Where page and server are. JavaScript has parsed `as`.
pub(crate) struct Network {
    page_space: Option<String>,
    as_url: Option<String>,
    deployed: bool,
}

impl Network {
    /// The member `network`.
    pub(crate) fn take(options: &mut Fields) -> Result<Self, String> {
        let mut fields = options.object("network")?;
        let network = Self {
            page_space: fields.text("page_space")?,
            as_url: fields.text("as")?,
            deployed: fields.flag("deployed")?,
        };
        fields.end().map(|()| network)
    }

    pub(crate) fn surroundings(&self) -> Result<Surroundings, String> {
        let space = |name: &String| {
            let shown = corsac::Escaped(name.as_bytes().get(..40).unwrap_or(name.as_bytes()));
            AddressSpace::parse(name)
                .ok_or_else(|| format!("\"{shown}\" is not a network: write public, local or loopback"))
        };
        Ok(Surroundings {
            page_space: self.page_space.as_ref().map(space).transpose()?,
            as_url: self.as_url.clone(),
            deployed: self.deployed,
        })
    }
}
