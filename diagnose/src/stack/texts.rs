//! Compares the snippets for which there is no parser, to the letter.

use super::Stack;
use super::parsers::{full, plain};

#[test]
fn nginx_gets_exactly_this() {
    let expected = r#"# Responds to preflights only, before authentication.
set $preflight "$request_method $http_access_control_request_method";
if ($preflight ~ "^OPTIONS .") {
    add_header Access-Control-Allow-Origin "https://app.example.com" always;
    add_header Access-Control-Allow-Credentials true always;
    add_header Vary Origin always;
    add_header Access-Control-Allow-Methods "PUT" always;
    add_header Access-Control-Allow-Headers "authorization, content-type" always;
    return 204;
}
add_header Access-Control-Allow-Origin "https://app.example.com" always;
add_header Access-Control-Allow-Credentials true always;
add_header Vary Origin always;
add_header Access-Control-Expose-Headers "etag, x-total" always;
# Otherwise, what the upstream sends would be in the response twice.
proxy_hide_header Access-Control-Allow-Origin;
proxy_hide_header Access-Control-Allow-Credentials;
proxy_hide_header Access-Control-Expose-Headers;
"#;
    assert_eq!(Stack::Nginx.snippet(&full()), expected);
}

#[test]
fn nginx_gets_no_preflight_where_none_is_sent() {
    let expected = r#"add_header Access-Control-Allow-Origin "https://app.example.com" always;
add_header Vary Origin always;
# Otherwise, what the upstream sends would be in the response twice.
proxy_hide_header Access-Control-Allow-Origin;
proxy_hide_header Access-Control-Allow-Credentials;
proxy_hide_header Access-Control-Expose-Headers;
"#;
    assert_eq!(Stack::Nginx.snippet(&plain()), expected);
}

#[test]
fn apache_gets_exactly_this() {
    let expected = r#"# always: on errors too. onsuccess unset: otherwise, what the back end sends would be in the response twice.
Header onsuccess unset Access-Control-Allow-Origin
Header always set Access-Control-Allow-Origin "https://app.example.com"
Header onsuccess unset Access-Control-Allow-Credentials
Header always set Access-Control-Allow-Credentials "true"
Header onsuccess unset Access-Control-Expose-Headers
Header always set Access-Control-Expose-Headers "etag, x-total"
Header always merge Vary Origin
# Responds to the preflight before authentication (but not in .htaccess or <Directory>).
Header always set Access-Control-Allow-Methods "PUT" "expr=%{REQUEST_METHOD} == 'OPTIONS'"
Header always set Access-Control-Allow-Headers "authorization, content-type" "expr=%{REQUEST_METHOD} == 'OPTIONS'"
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteCond %{HTTP:Access-Control-Request-Method} .
RewriteRule ^ - [R=204,L]
"#;
    assert_eq!(Stack::Apache.snippet(&full()), expected);
}

#[test]
fn apache_gets_no_preflight_where_none_is_sent() {
    let expected = r#"# always: on errors too. onsuccess unset: otherwise, what the back end sends would be in the response twice.
Header onsuccess unset Access-Control-Allow-Origin
Header always set Access-Control-Allow-Origin "https://app.example.com"
Header onsuccess unset Access-Control-Allow-Credentials
Header onsuccess unset Access-Control-Expose-Headers
Header always merge Vary Origin
"#;
    assert_eq!(Stack::Apache.snippet(&plain()), expected);
}

#[test]
fn caddy_gets_exactly_this() {
    let expected = r#"route {
	header {
		Access-Control-Allow-Origin "https://app.example.com"
		Access-Control-Allow-Credentials true
		Access-Control-Expose-Headers "etag, x-total"
		+Vary Origin
	}

	@preflight {
		method OPTIONS
		header Access-Control-Request-Method *
	}
	header @preflight Access-Control-Allow-Methods "PUT"
	header @preflight Access-Control-Allow-Headers "authorization, content-type"
	respond @preflight 204

	# Here, below: basic_auth, file_server, reverse_proxy with header_down -Access-Control-*
}
"#;
    assert_eq!(Stack::Caddy.snippet(&full()), expected);
}

#[test]
fn caddy_gets_no_preflight_where_none_is_sent() {
    let expected = r#"route {
	header {
		Access-Control-Allow-Origin "https://app.example.com"
		+Vary Origin
	}

	# Here, below: basic_auth, file_server, reverse_proxy with header_down -Access-Control-*
}
"#;
    assert_eq!(Stack::Caddy.snippet(&plain()), expected);
}

#[test]
fn spring_gets_exactly_this() {
    let expected = r#"// In your SecurityFilterChain: http.cors(Customizer.withDefaults());
@Bean
UrlBasedCorsConfigurationSource corsConfigurationSource() {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(List.of("https://app.example.com"));
    cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT"));
    cors.setAllowedHeaders(List.of("authorization", "content-type"));
    cors.setExposedHeaders(List.of("etag", "x-total"));
    cors.setAllowCredentials(true);

    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    return source;
}
"#;
    assert_eq!(Stack::Spring.snippet(&full()), expected);
}

#[test]
fn spring_gets_no_preflight_where_none_is_sent() {
    let expected = r#"// In your SecurityFilterChain: http.cors(Customizer.withDefaults());
@Bean
UrlBasedCorsConfigurationSource corsConfigurationSource() {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(List.of("https://app.example.com"));
    cors.setAllowedMethods(List.of("GET", "HEAD", "POST"));

    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    return source;
}
"#;
    assert_eq!(Stack::Spring.snippet(&plain()), expected);
}

#[test]
fn go_gets_exactly_this() {
    let expected = r#"// Around the whole mux and its authentication: a preflight carries no credentials.
handler = cors.New(cors.Options{
	AllowedOrigins:   []string{"https://app.example.com"},
	AllowedMethods:   []string{"GET", "HEAD", "POST", "PUT"},
	AllowedHeaders:   []string{"authorization", "content-type"},
	ExposedHeaders:   []string{"etag", "x-total"},
	AllowCredentials: true,
}).Handler(handler)
"#;
    assert_eq!(Stack::Go.snippet(&full()), expected);
}

#[test]
fn go_gets_no_preflight_where_none_is_sent() {
    let expected = r#"// Around the whole mux and its authentication: a preflight carries no credentials.
handler = cors.New(cors.Options{
	AllowedOrigins: []string{"https://app.example.com"},
	AllowedMethods: []string{"GET", "HEAD", "POST"},
}).Handler(handler)
"#;
    assert_eq!(Stack::Go.snippet(&plain()), expected);
}
