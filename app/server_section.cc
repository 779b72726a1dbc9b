// SPDX-License-Identifier: Apache-2.0
#include "app/server_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/readable_file.h"
#include "base/secret_file.h"

namespace app {

namespace {

using base::OptionTable;
using base::yaml::Node;
using base::yaml::Problems;

constexpr double kMegabyte = 1024.0 * 1024;
constexpr double kLongestTimeout = 3600;
// 16 random letters and digits are 95 bits: nobody tries them all.
constexpr std::size_t kShortToken = 16;

const OptionTable<TlsSection>& tls_options() {
  static const auto table = [] {
    OptionTable<TlsSection> t("tls", "TLS of the HTTP server. The files are read again when they change.");
    t.option("cert_file", &TlsSection::cert_file, "PEM file: the certificate, then those between it and the root.",
             base::kRequired);
    t.option("key_file", &TlsSection::key_file, "PEM file of its key, without a passphrase.", base::kRequired);
    t.option("client_ca_file", &TlsSection::client_ca_file,
             "PEM file of the authorities whose certificates clients must have (mTLS).");
    t.choice(
        "client_certificate", &TlsSection::every_client,
        "With client_ca_file: `required` of every connection, or `requested`: health and metrics answer without one.",
        {{"required", true}, {"requested", false}});
    t.choice("min_version", &TlsSection::only_tls_1_3, "The oldest TLS that is spoken.",
             {{"1.2", false}, {"1.3", true}});
    return t;
  }();
  return table;
}

const OptionTable<IntakeAuthSection>& intake_auth_options() {
  static const auto table = [] {
    OptionTable<IntakeAuthSection> t("intake_auth",
                                     "What senders of alerts have to show; any one of those that are set.");
    t.option("username", &IntakeAuthSection::username, "For basic authentication.");
    t.option("password", &IntakeAuthSection::password, "For basic authentication.");
    t.option("bearer_token", &IntakeAuthSection::bearer_token, "For `Authorization: Bearer ...`.");
    t.option("hmac_secret", &IntakeAuthSection::hmac_secret, "For a signature of the body: HMAC-SHA256 in hex.");
    t.option("hmac_header", &IntakeAuthSection::hmac_header,
             "The header that has the signature; `sha256=` may stand before it.");
    return t;
  }();
  return table;
}

const OptionTable<LimitsSection>& limits_options() {
  static const auto table = [] {
    OptionTable<LimitsSection> t("limits", "What the HTTP server puts up with.");
    t.option("max_connections_per_peer", &LimitsSection::max_connections_per_peer,
             "More connections from one address (one /64 with IPv6) are answered 503.", {.at_least = 1});
    t.option("max_requests", &LimitsSection::max_requests,
             "More requests with a body at the same time are answered 503.", {.at_least = 1});
    t.option("max_body_memory", &LimitsSection::max_body_memory,
             "Bytes that all bodies under way may have together; beyond that 503.", {.at_least = kMegabyte});
    t.option("max_headers", &LimitsSection::max_headers, "A request with more headers is answered 431.",
             {.at_least = 8, .at_most = 10'000});
    t.option("max_header_bytes", &LimitsSection::max_header_bytes, "A longer head of a request is answered 431.",
             {.at_least = 1024, .at_most = kMegabyte});
    t.option("header_timeout", &LimitsSection::header_timeout, "How long the head of a request may take.",
             {.at_least = 1, .at_most = kLongestTimeout});
    t.option("body_timeout", &LimitsSection::body_timeout, "How long a body may take.",
             {.at_least = 1, .at_most = kLongestTimeout});
    t.option("min_body_rate", &LimitsSection::min_body_rate,
             "Bytes a second that a body must have after its first ten seconds.", {.at_least = 1});
    t.option("idle_timeout", &LimitsSection::idle_timeout, "How long a connection may wait between requests.",
             {.at_least = 1, .at_most = kLongestTimeout});
    return t;
  }();
  return table;
}

const OptionTable<ServerSection>& server_options() {
  static const auto table = [] {
    OptionTable<ServerSection> t("server", "The HTTP server: webhooks, health, metrics.");
    t.option("listen", &ServerSection::listen, "ADDR:PORT to listen on; --listen wins.");
    t.option("max_body_bytes", &ServerSection::max_body_bytes, "A longer body is answered 413.",
             {.at_least = 1024, .at_most = 256 * kMegabyte});
    t.option("max_connections", &ServerSection::max_connections, "More connections are answered 503.",
             {.at_least = 1, .at_most = 100000});
    t.nested("tls", &ServerSection::tls, tls_options(), "Serve within TLS only.");
    t.nested("intake_auth", &ServerSection::intake_auth, intake_auth_options(),
             "What senders of alerts have to show. Without it intake is open.");
    t.option("token", &ServerSection::token,
             "Whoever shows it as `Authorization: Bearer ...` may control and look: reload, findings, dead letters.");
    t.option("trust_loopback", &ServerSection::trust_loopback,
             "Whoever is on the same machine needs no token. Switch it off where a proxy on the same machine passes "
             "requests on.");
    t.nested("limits", &ServerSection::limits, limits_options(), "What the server puts up with.");
    return t;
  }();
  return table;
}

base::Result<void> parse_listen(const std::string& text, const char* from, net::http::ServerOptions& options) {
  auto colon = text.rfind(':');
  std::string address = colon == std::string::npos ? "" : text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const char* begin = colon == std::string::npos ? end : text.data() + colon + 1;
  auto parsed = std::from_chars(begin, end, port);
  if (begin == end || parsed.ec != std::errc() || parsed.ptr != end) {
    return base::permanent(base::Reason::kBadRequest, fmt::format("{}: '{}' is not ADDR:PORT", from, text));
  }
  if (!address.empty()) options.address = address;
  options.port = port;
  return base::ok();
}

bool is_visible(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// Where an option stands, or its secret's file, or the section.
base::yaml::Mark mark_of(const Node& section, const std::string& key) {
  for (const auto& name : {key, key + "_file"}) {
    if (const Node* node = section.find(name)) return node->mark;
  }
  return section.mark;
}

// Objections to one section, at one of its options.
class Objections {
 public:
  Objections(const Node* section, Problems& problems) : section_(section), problems_(problems) {}

  void error_if(bool is_wrong, const std::string& key, const std::string& what) {
    if (is_wrong && section_ != nullptr) problems_.error(mark_of(*section_, key), what);
  }
  void check_token(const base::Secret& token, const std::string& key) {
    if (token.empty() || section_ == nullptr) return;
    error_if(!is_visible(token.reveal()), key, fmt::format("'{}' must be visible ASCII characters only", key));
    if (token.reveal().size() >= kShortToken) return;
    problems_.warning(mark_of(*section_, key),
                      fmt::format("'{}' has fewer than {} characters: it can be guessed", key, kShortToken));
  }

 private:
  const Node* section_;
  Problems& problems_;
};

bool is_header_name(const std::string& text) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || kSigns.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

void check_intake_auth(const IntakeAuthSection& auth, const Node* node, Problems& problems) {
  Objections at(node, problems);
  at.error_if(auth.username.empty() && !is_given(auth.bearer_token) && !is_given(auth.hmac_secret), "username",
              "'intake_auth' has no credentials: username and password, bearer_token, or hmac_secret");
  at.error_if(!auth.username.empty() && !is_given(auth.password), "username", "'username' needs a 'password'");
  at.error_if(auth.username.empty() && is_given(auth.password), "password", "'password' needs a 'username'");
  at.error_if(auth.username.find(':') != std::string::npos, "username", "'username' can't have a colon (RFC 7617)");
  at.error_if(!is_header_name(auth.hmac_header), "hmac_header", "'hmac_header' is not the name of a header");
  bool has_header = node != nullptr && node->find("hmac_header") != nullptr;
  at.error_if(!is_given(auth.hmac_secret) && has_header, "hmac_header", "'hmac_header' needs an 'hmac_secret'");
  at.check_token(auth.bearer_token, "bearer_token");
}

void check_tls(const TlsSection& tls, const Node* node, Problems& problems) {
  Objections at(node, problems);
  bool has_mode = node != nullptr && node->find("client_certificate") != nullptr;
  at.error_if(tls.client_ca_file.empty() && has_mode, "client_certificate",
              "'client_certificate' needs a 'client_ca_file'");
  auto is_absent = [](const std::string& file) { return !file.empty() && !base::check_readable(file); };
  bool is_complete = !tls.cert_file.empty() && !tls.key_file.empty();
  if (!is_complete || is_absent(tls.cert_file) || is_absent(tls.key_file) || is_absent(tls.client_ca_file)) return;
  auto usable = net::http::ServerTls::check(tls.files());
  if (usable) return;
  const std::string& why = usable.error().message;
  at.error_if(true, why.substr(0, why.find(' ')), why);
}

std::chrono::seconds in_seconds(base::Duration time) { return std::chrono::ceil<std::chrono::seconds>(time); }

}  // namespace

net::http::TlsFiles TlsSection::files() const {
  return {cert_file, key_file, client_ca_file, every_client, only_tls_1_3};
}

base::Result<net::http::ServerOptions> ServerSection::options(const std::string& listen_flag) const {
  net::http::ServerOptions made;
  if (listen_flag.empty()) {
    BOOST_OUTCOME_TRY(parse_listen(listen, "server.listen", made));
  } else {
    BOOST_OUTCOME_TRY(parse_listen(listen_flag, "--listen", made));
  }
  made.max_body_bytes = static_cast<std::size_t>(max_body_bytes);
  made.max_body_memory = static_cast<std::size_t>(limits.max_body_memory);
  made.max_header_bytes = static_cast<std::size_t>(limits.max_header_bytes);
  made.max_headers = static_cast<std::size_t>(limits.max_headers);
  made.max_connections = static_cast<std::size_t>(max_connections);
  made.max_connections_per_peer = static_cast<std::size_t>(limits.max_connections_per_peer);
  made.max_requests = static_cast<std::size_t>(limits.max_requests);
  made.header_timeout = in_seconds(limits.header_timeout);
  made.body_timeout = in_seconds(limits.body_timeout);
  made.min_body_rate = static_cast<std::size_t>(limits.min_body_rate);
  made.idle_timeout = in_seconds(limits.idle_timeout);
  return made;
}

AccessRules ServerSection::rules() const {
  AccessRules made;
  if (intake_auth) {
    made.intake = {intake_auth->username, intake_auth->password, intake_auth->bearer_token, intake_auth->hmac_secret,
                   intake_auth->hmac_header};
  }
  made.control.bearer_token = token;
  made.trusts_loopback = trust_loopback;
  made.wants_certificate = tls && !tls->client_ca_file.empty() && !tls->every_client;
  return made;
}

ServerSection read_server_section(const Node& node, Problems& problems) {
  ServerSection section = server_options().read(node, problems);
  Objections at(&node, problems);
  if (auto options = section.options(""); !options) at.error_if(true, "listen", options.error().message);
  at.check_token(section.token, "token");
  at.error_if(
      !section.trust_loopback && !is_given(section.token), "trust_loopback",
      "'trust_loopback' is false and there is no 'token': nobody could reload, look or play dead letters again");
  const Node* limits = node.find("limits");
  Objections(limits == nullptr ? &node : limits, problems)
      .error_if(section.limits.max_body_memory < section.max_body_bytes, "max_body_memory",
                fmt::format("'max_body_memory' must be at least 'max_body_bytes', {}", section.max_body_bytes));
  if (section.tls) check_tls(*section.tls, node.find("tls"), problems);
  if (section.intake_auth) check_intake_auth(*section.intake_auth, node.find("intake_auth"), problems);
  return section;
}

std::vector<const base::OptionSet*> server_option_sets() {
  return {&server_options().set(), &tls_options().set(), &intake_auth_options().set(), &limits_options().set()};
}

std::vector<std::string> options_for_next_start(const ServerSection& now, const ServerSection& next) {
  std::vector<std::string> options;
  auto add_if = [&](bool differs, const char* option) {
    if (differs) options.emplace_back(option);
  };
  add_if(now.listen != next.listen, "server.listen");
  add_if(now.tls.has_value() != next.tls.has_value(), "server.tls");
  add_if(now.max_body_bytes != next.max_body_bytes, "server.max_body_bytes");
  add_if(now.max_connections != next.max_connections, "server.max_connections");
  add_if(now.limits != next.limits, "server.limits");
  return options;
}

}  // namespace app
