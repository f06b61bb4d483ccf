//! Who sent a response in place of the server, as the response says itself: a protection, a sign-in, a tunnel.

use corsac::browser::Response;

/// What such a response is: a code of `neighbours.md`.
pub(super) fn guard(response: Response<'_>) -> Option<&'static str> {
    let value = |name: &str| {
        let found = response.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.trim_ascii())
    };
    let is = |name: &str, values: &[&[u8]]| value(name).is_some_and(|value| values.contains(&value));
    let sets = |cookie: &[u8]| {
        let mut lines = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"set-cookie"));
        lines.any(|(_, value)| value.starts_with(cookie))
    };
    let is_refused = matches!(response.status, 401 | 403);
    match () {
        // Cloudflare, AWS WAF, Vercel's firewall, DataDome.
        () if is("cf-mitigated", &[b"challenge"])
            || is("x-amzn-waf-action", &[b"challenge", b"captcha"])
            || is("x-vercel-mitigated", &[b"challenge"])
            || (is_refused && value("x-datadome").is_some()) =>
        {
            Some("challenge-page")
        }
        () if is("x-vercel-mitigated", &[b"deny"]) => Some("firewall"),
        // Vercel's deployment protection, Google's Identity-Aware Proxy.
        () if (response.status == 401 && sets(b"_vercel_sso_nonce="))
            || is("x-goog-iap-generated-response", &[b"true"]) =>
        {
            Some("deployment-protection")
        }
        // Amazon API Gateway has no such route: the name of its error misleads.
        () if value("x-amzn-errortype").is_some_and(|kind| kind.starts_with(b"MissingAuthenticationToken")) => {
            Some("no-route")
        }
        // MinIO responds to a preflight itself, so an error means that this is none for it.
        () if response.status == 400 && value("server").is_some_and(|server| server.starts_with(b"MinIO")) => {
            Some("no-route")
        }
        () if value("ngrok-error-code").is_some_and(|code| code.starts_with(b"ERR_NGROK_")) => Some("tunnel-page"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::guard;
    use corsac::browser::Response;

    #[test]
    fn product_before_a_server_is_known_by_its_headers() {
        let of = |status: u16, name: &str, value: &str| {
            let headers = [(name.as_bytes(), value.as_bytes())];
            guard(Response { status, headers: &headers })
        };
        assert_eq!(of(403, "CF-Mitigated", "challenge"), Some("challenge-page"));
        assert_eq!(of(429, "x-vercel-mitigated", "challenge"), Some("challenge-page"));
        assert_eq!(of(403, "x-vercel-mitigated", "deny"), Some("firewall"));
        assert_eq!(of(403, "x-datadome", "protected"), Some("challenge-page"));
        assert_eq!(of(401, "Set-Cookie", "_vercel_sso_nonce=x; Path=/"), Some("deployment-protection"));
        assert_eq!(of(302, "x-goog-iap-generated-response", "true"), Some("deployment-protection"));
        assert_eq!(of(200, "ngrok-error-code", "ERR_NGROK_6024"), Some("tunnel-page"));
        assert_eq!(of(400, "Server", "MinIO/RELEASE.2020-07-02T00-15-09Z"), Some("no-route"));
        assert_eq!(of(403, "x-amzn-ErrorType", "MissingAuthenticationTokenException"), Some("no-route"));
        for (status, name, value) in [
            (200, "x-datadome", "protected"),
            (403, "server", "MinIO"),
            (200, "server", "cloudflare"),
            (200, "set-cookie", "_vercel_sso_nonce=x"),
            (200, "x-vercel-cache", "HIT"),
            (200, "ngrok-error-code", ""),
        ] {
            assert_eq!(of(status, name, value), None, "{name}");
        }
    }
}
