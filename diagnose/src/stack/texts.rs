//! Compares the snippets for which there is no parser, to the letter.

use super::parsers::{full, plain, text};

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
    assert_eq!(text("nginx", &full()), expected);
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
    assert_eq!(text("nginx", &plain()), expected);
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
    assert_eq!(text("apache", &full()), expected);
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
    assert_eq!(text("apache", &plain()), expected);
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
    assert_eq!(text("caddy", &full()), expected);
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
    assert_eq!(text("caddy", &plain()), expected);
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
    assert_eq!(text("spring", &full()), expected);
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
    assert_eq!(text("spring", &plain()), expected);
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
    assert_eq!(text("go", &full()), expected);
}

#[test]
fn go_gets_no_preflight_where_none_is_sent() {
    let expected = r#"// Around the whole mux and its authentication: a preflight carries no credentials.
handler = cors.New(cors.Options{
	AllowedOrigins: []string{"https://app.example.com"},
	AllowedMethods: []string{"GET", "HEAD", "POST"},
}).Handler(handler)
"#;
    assert_eq!(text("go", &plain()), expected);
}

#[test]
fn rails_gets_exactly_this() {
    let expected = r##"# First: before authentication, because a preflight carries no credentials.
Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins "https://app.example.com"
    resource "*",
      methods: [:put],
      headers: ["authorization", "content-type"],
      expose: ["etag", "x-total"],
      credentials: true
  end
end
"##;
    assert_eq!(text("rails", &full()), expected);
}

#[test]
fn laravel_gets_exactly_this() {
    let expected = r"<?php

return [
    'paths' => ['api/*', 'sanctum/csrf-cookie'],
    'allowed_origins' => ['https://app.example.com'],
    'allowed_origins_patterns' => [],
    'allowed_methods' => ['PUT'],
    'allowed_headers' => ['authorization', 'content-type'],
    'exposed_headers' => ['etag', 'x-total'],
    'max_age' => 600,
    'supports_credentials' => true,
];
";
    assert_eq!(text("laravel", &full()), expected);
}

#[test]
fn aspnet_gets_exactly_this() {
    let expected = r#"builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
    .WithOrigins("https://app.example.com")
    .WithMethods("PUT")
    .WithHeaders("authorization", "content-type")
    .WithExposedHeaders("etag", "x-total")
    .AllowCredentials()));

// Right after builder.Build(): ASP.NET leaves Vary out where one origin is listed.
app.Use(async (context, next) =>
{
    context.Response.OnStarting(() =>
    {
        context.Response.Headers.Append("Vary", "Origin");
        return Task.CompletedTask;
    });
    await next(context);
});

// After UseRouting, before UseAuthentication, UseAuthorization and UseResponseCaching.
app.UseCors();
"#;
    assert_eq!(text("aspnet", &full()), expected);
}

#[test]
fn haproxy_gets_exactly_this() {
    let expected = r#"acl cors_origin req.fhdr(Origin) -m str "https://app.example.com"
http-request set-var(txn.cors) req.fhdr(Origin) if cors_origin
acl is_preflight method OPTIONS
acl asks_method req.fhdr(Access-Control-Request-Method) -m found
http-request set-var(txn.preflight) bool(true) if is_preflight asks_method cors_origin
http-request return status 204 if is_preflight asks_method
# Otherwise, what the server sends would stay for other origins.
http-after-response del-header Access-Control-Allow-Origin
http-after-response del-header Access-Control-Allow-Credentials
http-after-response del-header Access-Control-Expose-Headers
http-after-response set-header Access-Control-Allow-Origin %[var(txn.cors)] if { var(txn.cors) -m found }
http-after-response set-header Access-Control-Allow-Credentials true if { var(txn.cors) -m found }
http-after-response set-header Access-Control-Expose-Headers "etag, x-total" if { var(txn.cors) -m found }
http-after-response set-header Access-Control-Allow-Methods "PUT" if { var(txn.preflight) -m found }
http-after-response set-header Access-Control-Allow-Headers "authorization, content-type" if { var(txn.preflight) -m found }
http-after-response add-header Vary Origin
"#;
    assert_eq!(text("haproxy", &full()), expected);
}

#[test]
fn azure_gets_exactly_this() {
    let expected = r"az storage cors add --account-name ACCOUNT --services b \
  --origins https://app.example.com \
  --allowed-headers authorization content-type \
  --exposed-headers etag x-total \
  --max-age 600 \
  --methods PUT
";
    assert_eq!(text("azure", &full()), expected);
}
