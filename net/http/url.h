// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace net::http {

// The parts of an absolute http or https URL. Path and query are kept as written (encoded).
struct Url {
  std::string scheme;  // Lower case.
  std::string userinfo;
  std::string host;  // An IPv6 address without its brackets.
  std::uint16_t port = 0;
  std::string path;   // "/" where the URL has none.
  std::string query;  // Without the question mark.
};

// kBadRequest for anything else than an absolute http(s) URL. The message never repeats the URL: it may hold a secret.
base::Result<Url> parse_url(std::string_view text);

// "https://host:443": all that a message may tell of a URL.
std::string origin(const Url& url);
// The URL again, without userinfo and fragment; the port is left out where it is the scheme's own.
std::string to_string(const Url& url);

// Everything but unreserved characters (RFC 3986 section 2.3) as %XX.
std::string percent_encode(std::string_view text);
// kBadRequest for a percent sign without two hex digits. A plus stays a plus.
base::Result<std::string> percent_decode(std::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

// Reads "a=1&b=two+words" as HTML forms write it: a plus is a space, and what is wrongly encoded is kept as it stands.
Query parse_query(std::string_view text);
// The value of the first parameter of that name, or the empty string.
std::string_view find_parameter(const Query& query, std::string_view name);
// The reverse of parse_query(); also the body of application/x-www-form-urlencoded.
std::string build_query(const Query& query);

}  // namespace net::http
