// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "app/endpoints.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "net/http/credentials.h"
#include "net/http/refusals.h"
#include "net/http/server.h"

namespace app {

// Who is let in, as the section `server` says.
struct AccessRules {
  net::http::Credentials intake;   // Empty: intake is open.
  net::http::Credentials control;  // Empty: only loopback controls.
  bool trusts_loopback = true;
  bool wants_certificate = false;  // Whatever is not open wants a client certificate.
};

// Stands before every handler and applies the rules to the access that the table of endpoints gives it. Whom it turns
// away it logs, once a minute: Alertmanager gives up alerts that are refused. Thread-safe.
class Guard {
 public:
  // `clock` and `metrics` outlive it.
  Guard(AccessRules rules, const base::Clock& clock, base::Metrics& metrics);

  // From the next request on.
  void use(AccessRules rules);

  // Adds a route whose endpoint is in the table. The guard must outlive the server. An endpoint that judges by itself
  // has `own` for heads, so that no body is read from whoever could not sign it.
  void route(net::http::Server& server, const std::string& method, const std::string& path,
             net::http::RequestHandler handler, net::http::Admission own = {},
             std::size_t max_body_bytes = net::http::kAnyBody);

 private:
  using Refused = std::optional<net::http::ServerResponse>;

  std::shared_ptr<const AccessRules> rules() const;
  // What the head alone decides; a signature is left to judge_body().
  Refused judge_head(Access access, const net::http::ServerRequest& head);
  Refused judge_body(Access access, const net::http::ServerRequest& request);
  net::http::ServerResponse turn_away(const net::http::ServerRequest& who, int status, std::string_view why);
  net::http::ServerResponse unauthorized(const net::http::ServerRequest& who, const net::http::Credentials& credentials,
                                         net::http::Proof proof);
  base::Task<net::http::ServerResponse> pass(Access access, std::shared_ptr<net::http::RequestHandler> handler,
                                             net::http::ServerRequest request);

  mutable std::mutex mutex_;
  std::shared_ptr<const AccessRules> rules_;
  const base::Clock& clock_;
  net::http::Refusals refusals_;
  base::LogLimit lines_;  // By path and what is said.
};

}  // namespace app
