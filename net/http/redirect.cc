// SPDX-License-Identifier: Apache-2.0
#include "net/http/redirect.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <cctype>
#include <cstring>

namespace net::http {

namespace ip = boost::asio::ip;
namespace urls = boost::urls;

namespace {

// Outside of link-local: Alibaba's and AWS's (IPv6) metadata.
constexpr const char* kMetadata[] = {"100.100.100.200", "fd00:ec2::254"};

// What may go to another origin than the one it was meant for.
constexpr const char* kHarmlessHeaders[] = {"Accept", "Accept-Language"};

bool is_off_limits(ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  for (const char* metadata : kMetadata) {
    if (address == ip::make_address(metadata)) return true;
  }
  if (address.is_loopback() || address.is_unspecified() || address.is_multicast()) return true;
  if (address.is_v6()) return address.to_v6().is_link_local();
  auto bytes = address.to_v4().to_bytes();
  return (bytes[0] == 169 && bytes[1] == 254) || bytes[0] == 0 || bytes[0] == 127 || bytes[0] >= 240;
}

bool is_redirect(const Request& asked, const Response& response) {
  bool is_safe = asked.method == "GET" || asked.method == "HEAD";
  switch (response.status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return is_safe && !find_header(response.headers, "Location").empty();
    default:
      return false;
  }
}

base::Error refused(const Url& from, std::string_view why) {
  return base::permanent(base::Reason::kBadAnswer, fmt::format("{}: {}", origin(from), why));
}

// Boost.URL takes "http://a:./b@c/" for a path on a; put together again, without its dot, it would name c.
bool has_glued_path(const urls::url_view& url) {
  return url.has_authority() && !url.encoded_path().empty() && !url.encoded_path().starts_with("/");
}

// RFC 3986 section 5.
std::optional<std::string> resolve(const std::string& base, std::string_view location) {
  auto from = urls::parse_uri(urls::string_view(base.data(), base.size()));
  auto to = urls::parse_uri_reference(urls::string_view(location.data(), location.size()));
  urls::url target;
  if (!from || !to || has_glued_path(*to) || !urls::resolve(*from, *to, target)) return std::nullopt;
  target.remove_userinfo();
  target.remove_fragment();
  return std::string(target.buffer().data(), target.buffer().size());
}

// Names that lead to this machine without any address being written (RFC 6761 section 6.3), in any letter case, with or
// without the dot that ends a full name.
bool is_this_machine(std::string host) {
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  if (host.ends_with('.')) host.pop_back();
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

bool is_off_limits(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_off_limits(ip::address(ip::address_v4(ntohl(v4.sin_addr.s_addr))));
  }
  if (address.sa_family != AF_INET6) return true;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return is_off_limits(ip::address(ip::address_v6(bytes)));
}

bool is_off_limits(const std::string& host) {
  boost::system::error_code error;
  auto address = ip::make_address(host, error);
  return error ? is_this_machine(host) : is_off_limits(address);
}

base::Error off_limits(const Url& target) {
  return base::permanent(base::Reason::kBadAnswer,
                         fmt::format("redirected to {}, a local address: not followed", origin(target)));
}

base::Result<std::optional<Request>> redirected(const Request& asked, const Response& response, int redirects_so_far) {
  if (!is_redirect(asked, response)) return std::nullopt;
  BOOST_OUTCOME_TRY(auto from, parse_url(asked.url));
  if (redirects_so_far >= kMostRedirects) {
    return refused(from, fmt::format("more than {} redirects", kMostRedirects));
  }
  auto resolved = resolve(asked.url, find_header(response.headers, "Location"));
  auto to = resolved ? parse_url(*resolved) : base::Result<Url>(refused(from, ""));
  if (!to) return refused(from, "redirected to something that is no http or https URL");
  if (from.scheme == "https" && to.value().scheme == "http") return refused(from, "redirected from https to http");

  Request next = asked;
  next.url = *resolved;
  if (origin(from) == origin(to.value())) {
    if (!from.userinfo.empty()) next.url.insert(next.url.find("://") + 3, from.userinfo + "@");
    return next;
  }
  // A configured local address is a development machine or a sidecar: it may lead to others of its kind.
  bool is_local = !asked.avoids_local && is_off_limits(from.host);
  if (!is_local && is_off_limits(to.value().host)) return off_limits(to.value());
  next.avoids_local = !is_local;
  next.is_elsewhere = true;
  next.headers.clear();
  for (const char* name : kHarmlessHeaders) {
    if (auto value = find_header(asked.headers, name); !value.empty()) next.headers.emplace_back(name, value);
  }
  return next;
}

}  // namespace net::http
