// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/deadline.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/task.h"

namespace net::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of a header by its name in any letter case, or the empty string.
std::string_view find_header(const Headers& headers, std::string_view name);

// How to reach and convince one other side: the block that every outgoing client of the configuration shares.
struct Access {
  std::string username;  // Basic, when not empty.
  base::Secret password;
  base::Secret bearer_token;  // One from a file is read again when the file changes.
  Headers headers;            // Sent with every request, for example a tenant. May hold secrets: never logged.
  std::string ca_file;        // PEM bundle; empty: the system's.
  std::string cert_file;      // PEM: our own certificate, where the other side wants one.
  std::string key_file;       // PEM, without a passphrase.
  std::string server_name;    // Overrides the name that the certificate is checked against.
  bool insecure_skip_verify = false;
  std::string proxy_url;  // Empty: HTTP_PROXY, HTTPS_PROXY, NO_PROXY of the environment.
};

// One request of ours.
struct Request {
  std::string method = "GET";
  std::string url;  // http or https.
  Headers headers;
  std::string body;
  base::Deadline deadline;                           // For the whole exchange, connecting included.
  std::size_t max_response_bytes = 8 * 1024 * 1024;  // Headers and body; more is kTooLarge.
  const Access* access = nullptr;                    // Must live until the answer.

  // Set for the target of a redirect (net/http/redirect.h).
  bool is_elsewhere = false;  // At another origin than asked for: goes without credentials and headers of `access`.
  bool avoids_local = false;  // Must not reach an address that is_off_limits().
};

// The other side's answer.
struct Response {
  int status = 0;
  Headers headers;
  std::string body;
};

// Sends HTTP requests over kept-alive connections. Thread-safe. Cancelling the awaiting task aborts the exchange.
// Lifecycle: base/component.h; after stop(), send() gives kCancelled.
//
// Redirects of GET and HEAD are followed as net/http/redirect.h says; any other 3xx is an answer like any other.
//
// An answer with any status is a success here; classify() turns a status into an Error where a caller wants that.
// Errors: kTimeout, kUnreachable (with retry later), kTooLarge, kBadAnswer, kBadRequest for an unusable URL (never).
// Messages name scheme and host, never the path or the query: they can be secrets.
class Client : public base::Component {
 public:
  virtual base::Task<base::Result<Response>> send(Request request) = 0;
};

// 2xx is fine. 401 and 403: kAuth, later, because a token can be mended. 404, 410: kNotFound, never. 408: kTimeout,
// later. 413: kTooLarge, never. 429: kRateLimited, after Retry-After (seconds or HTTP date), else later. 425 and 5xx:
// kUnavailable, after Retry-After if there, else later. Any other: kBadRequest, never. The message has the status and
// the first 200 bytes of a text body.
base::Result<void> classify(const Response& response);

}  // namespace net::http
