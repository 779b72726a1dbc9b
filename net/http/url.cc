// SPDX-License-Identifier: Apache-2.0
#include "net/http/url.h"

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <cctype>
#include <charconv>

namespace net::http {

namespace urls = boost::urls;

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

base::Error unusable(std::string_view why) {
  return base::permanent(base::Reason::kBadRequest, "not a usable URL: " + std::string(why));
}

std::string from_form(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  auto decoded = percent_decode(spaced);
  return decoded ? std::move(decoded).value() : spaced;
}

// Not with anything encoded in it, which could be a separator: "a%2Fb", "a%40b". Boost.URL takes "http://host:word" for
// a host with the path "word".
bool names_one_host(const urls::url_view& view) {
  bool is_plain = view.encoded_host().find('%') == urls::string_view::npos;
  bool has_clean_end = view.encoded_path().empty() || view.encoded_path().starts_with("/");
  return is_plain && has_clean_end && view.host_type() != urls::host_type::ipvfuture;
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

}  // namespace

base::Result<Url> parse_url(std::string_view text) {
  auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!parsed) return unusable("it does not have the form http://host:port/path");
  const urls::url_view& view = *parsed;
  Url url;
  url.scheme = std::string(view.scheme());
  std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (url.scheme != "http" && url.scheme != "https") return unusable("the scheme is neither http nor https");
  if (!view.has_authority() || view.encoded_host().empty()) return unusable("it has no host");
  if (!names_one_host(view)) return unusable("its host is neither a name nor an address");
  url.userinfo = std::string(view.encoded_userinfo());
  url.host = view.host_type() == urls::host_type::name ? view.host() : std::string(view.host_address());
  url.port = default_port(url.scheme);
  if (std::string port(view.port()); !port.empty()) {
    auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (failure != std::errc() || url.port == 0) return unusable("the port is out of range");
  }
  url.path = view.encoded_path().empty() ? "/" : std::string(view.encoded_path());
  url.query = std::string(view.encoded_query());
  return url;
}

std::string origin(const Url& url) {
  bool is_ipv6 = url.host.find(':') != std::string::npos;
  std::string host = is_ipv6 ? "[" + url.host + "]" : url.host;
  return url.scheme + "://" + host + ":" + std::to_string(url.port);
}

std::string to_string(const Url& url) {
  std::string text = origin(url);
  if (url.port == default_port(url.scheme)) text.resize(text.rfind(':'));
  text += url.path;
  if (!url.query.empty()) text += "?" + url.query;
  return text;
}

std::string percent_encode(std::string_view text) {
  return urls::encode(urls::string_view(text.data(), text.size()), urls::unreserved_chars);
}

base::Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    int first = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int second = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (first < 0 || second < 0) return unusable("a percent sign is not followed by two hex digits");
    decoded += static_cast<char>(first * 16 + second);
    i += 2;
  }
  return decoded;
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    auto equals = pair.find('=');
    auto value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    query.emplace_back(from_form(pair.substr(0, equals)), from_form(value));
  }
  return query;
}

std::string_view find_parameter(const Query& query, std::string_view name) {
  auto found = std::find_if(query.begin(), query.end(), [&](const auto& pair) { return pair.first == name; });
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

std::string build_query(const Query& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + '=' + percent_encode(value);
  }
  return text;
}

}  // namespace net::http
