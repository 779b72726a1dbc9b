// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http/url.h"

namespace net::http {

// A variable of the environment; empty where there is none.
using Environment = std::function<std::string(const char* name)>;
std::string from_environment(const char* name);

// The proxy on the way to `target`, or none. For what is not sent by curl, and as curl has it
// (https://curl.se/docs/manpage.html, "ENVIRONMENT"): `configured` if it is not empty; else https_proxy, or http_proxy
// for what goes in the clear, or all_proxy, in either case of letters, unless no_proxy has the host, a domain that it
// is in, or "*". Port 1080 where none is given. Networks in no_proxy (10.0.0.0/8) are not matched. kBadRequest for
// another kind of proxy than http://.
base::Result<std::optional<Url>> proxy_for(const Url& target, const std::string& configured,
                                           const Environment& environment = from_environment);

// Asks a proxy for a tunnel (RFC 9110 section 9.3.6), with Basic credentials if its URL has some.
std::string tunnel_request(const Url& target, const Url& proxy, std::string_view user_agent);
// Of the head of its answer: the status, or 0 where it is none.
int tunnel_status(std::string_view head);

}  // namespace net::http
