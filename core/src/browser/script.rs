//! What a script asks its browser for: a request, before anything is sent
//! ([Fetch 2.2.5](https://fetch.spec.whatwg.org/#requests)).

/// The credentials mode: when cookies, client certificates and HTTP authentication go along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Never.
    Omit,
    /// To the page's own origin only: the default of `fetch()` and of `XMLHttpRequest`.
    #[default]
    SameOrigin,
    /// Always: `credentials: "include"`, `withCredentials`.
    Include,
}

/// The request's mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A cross-origin response is shared when the server says so: the default of `fetch()` and of `XMLHttpRequest`.
    #[default]
    Cors,
    /// A cross-origin response stays opaque.
    NoCors,
    /// A cross-origin request is an error.
    SameOrigin,
}
