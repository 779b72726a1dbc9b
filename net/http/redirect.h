// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/result.h"
#include "net/http/client.h"
#include "net/http/url.h"

struct sockaddr;

namespace net::http {

// Where a redirect leads, if it is one that is followed: 301, 302, 303, 307 or 308 with a Location, of a GET or HEAD.
// Whoever answers chooses the target, so it is trusted with little:
//   - credentials, headers and client certificates go to the same scheme, host and port only;
//   - never from https to http;
//   - never from elsewhere to this machine or to link-local addresses, where clouds keep their credentials, unless the
//     request itself was made to such an address: see is_off_limits();
//   - at most kMostRedirects in a row.
// nullopt: `response` is the answer. kBadAnswer: it leads where we don't go.
inline constexpr int kMostRedirects = 5;
base::Result<std::optional<Request>> redirected(const Request& asked, const Response& response, int redirects_so_far);

// Loopback, link-local, unspecified and multicast addresses, and those at which clouds serve their metadata.
bool is_off_limits(const sockaddr& address);
// The same for a host that is written as an address; false for names.
bool is_off_limits(const std::string& host);
// The error for a target that is.
base::Error off_limits(const Url& target);

}  // namespace net::http
