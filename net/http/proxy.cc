// SPDX-License-Identifier: Apache-2.0
#include "net/http/proxy.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "base/base64.h"

namespace net::http {

namespace {

constexpr std::uint16_t kPortOfProxies = 1080;

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), [](unsigned char c) { return std::tolower(c); });
  return made;
}

std::string in_either_case(const Environment& environment, const std::string& name) {
  auto value = environment(name.c_str());
  if (!value.empty()) return value;
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return environment(upper.c_str());
}

// "example.org" and ".example.org" are the host and all below it.
bool is_spared_by(std::string_view entry, const std::string& host) {
  if (entry == "*") return true;
  if (entry.starts_with('.')) entry.remove_prefix(1);
  auto name = lower(entry);
  if (name.empty() || !host.ends_with(name)) return false;
  return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

bool is_spared(const std::string& list, const std::string& host) {
  constexpr std::string_view kBetween = ", \t";
  for (std::size_t at = 0; (at = list.find_first_not_of(kBetween, at)) != list.npos;) {
    auto end = std::min(list.find_first_of(kBetween, at), list.size());
    if (is_spared_by(std::string_view(list).substr(at, end - at), host)) return true;
    at = end;
  }
  return false;
}

bool names_port(std::string_view url) {
  auto authority = url.substr(url.find("://") + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  auto at = authority.rfind('@');
  if (at != authority.npos) authority.remove_prefix(at + 1);
  auto colon = authority.rfind(':');
  return colon != authority.npos && authority.find(']', colon) == authority.npos;
}

base::Result<Url> parse_proxy(std::string text) {
  if (text.find("://") == text.npos) text.insert(0, "http://");
  if (!lower(text).starts_with("http://")) {
    return base::permanent(base::Reason::kBadRequest, "the proxy's URL must begin with http://");
  }
  BOOST_OUTCOME_TRY(auto url, parse_url(text));
  if (!names_port(text)) url.port = kPortOfProxies;
  return url;
}

std::string host_and_port(const Url& url) { return origin(url).substr(url.scheme.size() + 3); }

}  // namespace

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

base::Result<std::optional<Url>> proxy_for(const Url& target, const std::string& configured,
                                           const Environment& environment) {
  auto chosen = configured;
  if (chosen.empty()) {
    if (is_spared(in_either_case(environment, "no_proxy"), lower(target.host))) return std::nullopt;
    chosen = in_either_case(environment, target.scheme == "https" ? "https_proxy" : "http_proxy");
    if (chosen.empty()) chosen = in_either_case(environment, "all_proxy");
    if (chosen.empty()) return std::nullopt;
  }
  BOOST_OUTCOME_TRY(auto proxy, parse_proxy(chosen));
  return std::optional<Url>(std::move(proxy));
}

std::string tunnel_request(const Url& target, const Url& proxy, std::string_view user_agent) {
  auto to = host_and_port(target);
  auto request = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\nUser-Agent: " + std::string(user_agent) + "\r\n";
  if (!proxy.userinfo.empty()) {
    auto plain = percent_decode(proxy.userinfo);
    request += "Proxy-Authorization: Basic " + base::to_base64(plain ? plain.value() : proxy.userinfo) + "\r\n";
  }
  return request + "\r\n";
}

int tunnel_status(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 12 || head[8] != ' ') return 0;
  int status = 0;
  auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, status);
  return error == std::errc() && end == head.data() + 12 ? status : 0;
}

}  // namespace net::http
