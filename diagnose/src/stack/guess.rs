//! Recognises products by the headers of their responses. Headers can be removed, faked or passed on from elsewhere, so that this is a
//! guess, offered and never acted upon.

use super::all::Stack;

/// A stack that the headers look like, and the header that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    pub(crate) stack: Stack,
    pub(crate) header: &'static str,
}

/// The stacks that the response looks like, the nearest to the browser first. Their values are only compared.
pub(crate) fn guesses<'h>(headers: impl Iterator<Item = (&'h [u8], &'h [u8])> + Clone) -> Vec<Guess> {
    let of = |stack: Stack| {
        let signs = stack.recipe().signs.iter();
        let found = signs.copied().find(|sign| headers.clone().any(|(name, value)| sign.is_in(name, value)))?;
        Some(Guess { stack, header: found.name() })
    };
    let mut found: Vec<Guess> = Stack::ALL.into_iter().filter_map(of).collect();
    found.sort_by_key(|guess| guess.stack.recipe().layer);
    found
}

/// What to say about the guesses. `None`: there are none.
pub(crate) fn offer(guesses: &[Guess]) -> Option<String> {
    let looks: Vec<String> =
        guesses.iter().map(|guess| format!("{} ({})", guess.stack.about(), guess.header)).collect();
    let options: Vec<String> = guesses.iter().map(|guess| format!("--stack {}", guess.stack.name())).collect();
    let shows = if guesses.len() > 1 { "show what each must change" } else { "shows its configuration" };
    (!guesses.is_empty())
        .then(|| format!("the response looks like {}: {} {shows}", looks.join(" in front of "), options.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::{guesses, offer};

    fn guessed(headers: &[(&str, &str)]) -> Vec<&'static str> {
        let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        guesses(headers).into_iter().map(|guess| guess.stack.name()).collect()
    }

    #[test]
    fn products_are_recognised_by_their_headers() {
        for (name, value, stack) in [
            ("Server", "nginx/1.27.1", "nginx"),
            ("server", "openresty", "nginx"),
            ("server", "Apache/2.4.62 (Debian)", "apache"),
            ("server", "istio-envoy", "istio"),
            ("server", "envoy", "envoy"),
            ("x-powered-by", "Express", "express"),
            ("x-powered-by", "Next.js", "next"),
            ("x-vercel-id", "fra1::x", "next"),
            ("server", "uvicorn", "fastapi"),
            ("server", "Werkzeug/3.0 Python/3.12", "flask"),
            ("server", "Kestrel", "aspnet"),
            ("x-runtime", "0.01", "rails"),
            ("set-cookie", "laravel_session=x; path=/", "laravel"),
            ("via", "1.1 abc.cloudfront.net (CloudFront)", "cloudfront"),
            ("via", "kong/3.9.1", "kong"),
            ("via", "1.1 Caddy", "caddy"),
            ("server", "AmazonS3", "s3"),
            ("apigw-requestid", "x=", "aws-api-gateway"),
            ("x-guploader-uploadid", "x", "gcs"),
            ("server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0", "azure"),
        ] {
            assert_eq!(guessed(&[(name, value)]), [stack], "{name}: {value}");
        }
        for (name, value) in [("server", ""), ("server", "my nginx"), ("via", "1.1 varnish"), ("x-server", "nginx")] {
            assert!(guessed(&[(name, value)]).is_empty(), "{name}: {value}");
        }
    }

    #[test]
    fn layers_are_offered_from_the_browser_on() {
        let headers = [("server", "AmazonS3"), ("x-amz-cf-id", "\x1b[31m")];
        assert_eq!(guessed(&headers), ["cloudfront", "s3"]);
        let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        assert_eq!(
            offer(&guesses(headers)).as_deref(),
            Some(
                "the response looks like Amazon CloudFront (x-amz-cf-id) in front of Amazon S3 (server): --stack cloudfront --stack s3 \
                 show what each must change"
            )
        );
        assert_eq!(offer(&[]), None);
    }
}
