//! From a console message to the likely cause.

use corsac::browser::{BlockedCode, Cause, Part, Profile, console_reasons, decode_console};

#[test]
fn console_message_shows_its_cause() {
    let chromium = |reason: &str| {
        let start = "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: ";
        let text = format!("{start}{reason}");
        let message = decode_console(&text).unwrap();
        (message.cause().map(Cause::as_str), message.part)
    };
    let firefox = |reason: &str| {
        let start = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. (Reason: ";
        decode_console(&format!("{start}{reason}.")).unwrap().cause().map(Cause::as_str)
    };
    let value = |value: &str| {
        format!(
            "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin."
        )
    };
    let credentials = |value: &str| {
        format!(
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'."
        )
    };
    let (preflight, response) = (Some(Part::Preflight), Some(Part::Response));
    assert_eq!(chromium(&value("https://app.example/")), (Some("trailing-slash"), response));
    assert_eq!(chromium(&value("http://app.example")), (Some("scheme"), response));
    assert_eq!(chromium(&credentials("")), (Some("credentials-not-permitted"), response));
    assert_eq!(chromium(&credentials("True")), (Some("credentials-value"), response));
    for (method, cause) in [("patch", "method-case"), ("PATCH", "method-not-listed"), ("PUT", "method-not-listed")] {
        let text = format!("Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.");
        assert_eq!(chromium(&text), (Some(cause), preflight));
    }
    let check = "Response to preflight request doesn't pass access control check: ";
    let missing = "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    assert_eq!(chromium(missing), (Some("no-cors-headers"), response));
    assert_eq!(chromium(&format!("{check}{missing}")), (Some("no-cors-headers"), preflight));
    let mismatch = "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.example’)";
    assert_eq!(firefox(mismatch), Some("other-origin"));
    // The status of the response to the request itself says nothing about a preflight.
    let missing = "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404";
    assert_eq!(firefox(missing), Some("no-cors-headers"));
    for (status, cause) in [(401, "authentication-first"), (404, "options-not-routed"), (500, "preflight-fails")] {
        let text = format!("CORS preflight response did not succeed). Status code: {status}");
        assert_eq!(firefox(&text), Some(cause), "{status}");
    }
}

#[test]
fn caller_who_saw_the_traffic_may_name_the_preflight() {
    let text = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
        https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: ";
    for (status, cause) in [
        (401, Cause::AuthenticationFirst),
        (405, Cause::OptionsNotRouted),
        (502, Cause::PreflightFails),
        (200, Cause::NoCorsHeaders),
    ] {
        let text = format!("{text}{status}.");
        let mut message = decode_console(&text).unwrap();
        assert_eq!((message.status, message.part), (Some(status), None));
        assert_eq!(message.cause(), Some(Cause::NoCorsHeaders));
        message.part = Some(Part::Preflight);
        assert_eq!(message.cause(), Some(cause), "{status}");
    }
}

#[test]
fn every_known_reason_is_decoded_as_it_is_listed() {
    for reason in console_reasons() {
        let text = match reason.profile {
            Profile::Chromium => {
                format!(
                    "Access to fetch at 'https://b.example/' from origin 'https://a.example' has been blocked by CORS policy: {}",
                    reason.text
                )
            }
            Profile::Firefox => {
                format!(
                    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://b.example/. (Reason: {}).",
                    reason.text
                )
            }
            _ => reason.text.to_owned(),
        };
        let text = text.replace("{}", "x");
        let message = decode_console(&text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(message.profile, reason.profile, "{text}");
        // Several codes share a text, and the first of them counts.
        let first = console_reasons().find(|other| (other.profile, other.text) == (reason.profile, reason.text));
        assert_eq!(message.code, first.map(|first| first.code), "{text}");
    }
}

#[test]
fn each_browser_has_more_than_one_way_to_say_it() {
    let url = |text: &str| decode_console(text).map(|message| (message.profile, message.code, message.url.is_some()));
    let scheme = r#"Fetch API cannot load ftp://h/x. URL scheme "ftp" is not supported."#;
    let mode = r#"Fetch API cannot load https://b.example/. Request mode is "same-origin" but the URL's origin is not same as the request origin https://a.example."#;
    let chromium = |code| Some((Profile::Chromium, Some(code), true));
    assert_eq!(url(scheme), chromium(BlockedCode::SchemeNotHttp));
    assert_eq!(url(mode), chromium(BlockedCode::ModeSameOrigin));
    assert_eq!(url("Fetch API cannot load https://b.example/. It rains."), None);
    let load = "Fetch API cannot load https://b.example/ due to access control checks.";
    assert_eq!(url(load), Some((Profile::WebKit, None, true)));
    let redirect =
        "Cross-origin redirection to https://b.example/ denied by Cross-Origin Resource Sharing policy: It rains.";
    assert_eq!(url(redirect), Some((Profile::WebKit, None, true)));
    let origin = "Origin https://a.example is not allowed by Access-Control-Allow-Origin. Status code: 404";
    let message = decode_console(origin).unwrap();
    assert_eq!(
        (message.profile, message.status, message.origin),
        (Profile::WebKit, Some(404), Some("https://a.example"))
    );
    assert_eq!(message.code, Some(BlockedCode::AcaoMissing));
    assert_eq!(url("It rains."), None);
}
