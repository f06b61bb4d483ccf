//! Headers that a page does not set itself, but a library, a browser or an extension: who adds each, and what to change there.

/// Who adds headers, and what to change there. The advice ends "..., or allow the header on the server."
struct Adder {
    /// How the names of its headers begin, in lower case.
    names: &'static [&'static str],
    who: &'static str,
    instead: &'static str,
}

const ADDERS: &[Adder] = &[
    Adder { names: &["sentry-trace"], who: "Sentry", instead: "list the URLs that need it in tracePropagationTargets" },
    Adder {
        names: &["baggage"],
        who: "A tracing library such as Sentry",
        instead: "list the URLs that need it in tracePropagationTargets",
    },
    Adder {
        names: &["traceparent", "tracestate"],
        who: "A tracing library (OpenTelemetry, Application Insights)",
        instead: "limit the hosts for which it does",
    },
    Adder {
        names: &["request-id", "request-context"],
        who: "Application Insights",
        instead: "set correlationHeaderExcludedDomains",
    },
    Adder { names: &["x-datadog-"], who: "Datadog", instead: "limit allowedTracingUrls" },
    Adder {
        names: &["newrelic", "x-newrelic-"],
        who: "New Relic",
        instead: "limit distributed_tracing.allowed_origins",
    },
    Adder { names: &["elastic-apm-"], who: "Elastic APM", instead: "limit distributedTracingOrigins" },
    Adder { names: &["x-highlight-"], who: "Highlight", instead: "limit tracingOrigins" },
    Adder {
        names: &["x-dtc", "x-dtpc", "x-dynatrace"],
        who: "Dynatrace",
        instead: "limit the hosts for which it does",
    },
    Adder {
        names: &[
            "x-b3-",
            "b3",
            "uber-trace-id",
            "x-instana-",
            "x-cloud-trace-context",
            "x-amzn-trace-id",
            "x-posthog-",
        ],
        who: "A tracing library",
        instead: "limit the hosts for which it does",
    },
    Adder {
        names: &["x-requested-with"],
        who: "A library (jQuery, Prototype, Dojo, Ext, MooTools, or a default of axios that somebody set)",
        instead: "switch it off for this host: for jQuery that is crossDomain: true and no headers of your own",
    },
    Adder {
        names: &["cache-control", "pragma", "expires"],
        who: "A library that avoids caches, or one that replaces EventSource,",
        instead: "switch it off (for a fetch, write cache: 'no-store', which sends no header of yours)",
    },
    Adder {
        names: &["last-event-id"],
        who: "A library that replaces EventSource",
        instead: "use the browser's own EventSource, for which this header needs no permission",
    },
    Adder {
        names: &["x-csrf-token", "x-csrftoken", "x-xsrf-token", "csrf-token"],
        who: "The framework's protection from forged requests (Django, Rails, Laravel, Angular)",
        instead: "send it to your own server alone",
    },
    Adder {
        names: &["apollo-", "apollographql-", "x-apollo-"],
        who: "Apollo's client",
        instead: "do not name the client",
    },
    Adder {
        names: &["x-stainless-", "openai-", "anthropic-"],
        who: "The vendor's client library, which is made for servers,",
        instead: "call the API from your own backend",
    },
    Adder { names: &["x-client-info", "apikey", "x-supabase-"], who: "Supabase's client", instead: "call another URL" },
    Adder { names: &["x-amz-", "amz-sdk-"], who: "The AWS SDK", instead: "use a presigned URL" },
    Adder { names: &["x-ms-"], who: "Azure's SDK", instead: "use a URL with a signature" },
    Adder {
        names: &["x-goog-", "x-firebase-", "firebase-"],
        who: "Google's client library",
        instead: "use the plain API",
    },
    Adder { names: &["x-signalr-"], who: "SignalR's client", instead: "set nothing: it is part of its protocol" },
    Adder { names: &["hx-"], who: "htmx", instead: "load this URL without htmx" },
    Adder { names: &["turbo-frame", "x-turbo-"], who: "Turbo", instead: "load this URL without Turbo" },
    Adder { names: &["x-inertia"], who: "Inertia", instead: "load this URL without Inertia" },
    Adder { names: &["x-livewire"], who: "Livewire", instead: "serve it from the page's own origin" },
    Adder { names: &["x-socket-id"], who: "Laravel Echo", instead: "switch its interceptors off" },
    Adder {
        names: &["dpr", "viewport-width", "width", "save-data", "device-memory", "downlink", "ect", "rtt"],
        who: "The browser, because the page asked for client hints (Accept-CH),",
        instead: "do not ask for them",
    },
    Adder {
        names: &["upgrade-insecure-requests", "user-agent", "x-devtools-"],
        who: "A script or the browser's developer tools",
        instead: "remove it: a server rarely needs it",
    },
    Adder {
        names: &["if-modified-since", "if-none-match"],
        who: "A script or a library (ifModified of jQuery)",
        instead: "leave caching to the browser",
    },
    Adder {
        names: &["range"],
        who: "A player or a reader of large files (PDF.js, video, maps)",
        instead: "let it load the whole file",
    },
    Adder {
        names: &["x-ijt"],
        who: "The preview of a JetBrains editor",
        instead: "open the page with a server of your own",
    },
    Adder {
        names: &["x-firelogger", "x-chromelogger", "x-firephp-", "x-wf-"],
        who: "An extension of the browser",
        instead: "switch the extension off",
    },
    Adder {
        names: &["content-type"],
        who: "A body in JSON needs this header, and the script or its library",
        instead: "send a form or plain text",
    },
];

/// What is known of a request header that a server does not allow.
pub(crate) fn of_header(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    // A name that is whole, or the beginning of several.
    let is =
        |known: &&&str| name == **known || (name.starts_with(**known) && (known.ends_with('-') || known.len() > 9));
    let found = ADDERS.iter().find(|adder| adder.names.iter().any(|known| is(&known)))?;
    Some(format!("{} adds this header: {}, or allow the header on the server.", found.who, found.instead))
}

#[cfg(test)]
mod tests {
    use super::{ADDERS, of_header};

    #[test]
    fn a_header_is_known_by_its_name_or_its_beginning() {
        for (name, who) in [
            ("Sentry-Trace", "Sentry"),
            ("x-datadog-origin", "Datadog"),
            ("X-Requested-With", "jQuery"),
            ("cache-control", "EventSource"),
            ("x-stainless-os", "made for servers"),
            ("b3", "tracing"),
            ("width", "client hints"),
            ("Content-Type", "JSON"),
        ] {
            let hint = of_header(name);
            assert!(hint.as_deref().is_some_and(|hint| hint.contains(who)), "{name}: {hint:?}");
        }
        for name in ["authorization", "x-mine", "b3x", "widths", "", "x-"] {
            assert_eq!(of_header(name), None, "{name}");
        }
    }

    #[test]
    fn names_are_in_lower_case_and_none_hides_another() {
        let names: Vec<&str> = ADDERS.iter().flat_map(|adder| adder.names).copied().collect();
        for (place, name) in names.iter().enumerate() {
            assert_eq!(*name, name.to_ascii_lowercase());
            assert!(!names[..place].iter().any(|before| before.ends_with('-') && name.starts_with(before)), "{name}");
        }
    }
}
