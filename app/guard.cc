// SPDX-License-Identifier: Apache-2.0
#include "app/guard.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/metrics.h"

namespace app {

namespace {

using net::http::Credentials;
using net::http::find_header;
using net::http::Proof;
using net::http::refuse;
using net::http::ServerRequest;
using net::http::ServerResponse;

// Sent by whoever passes on what others ask: the caller is then not on this machine, though the connection is. A web
// page that makes its reader's browser call us sends Origin.
constexpr const char* kOfOthers[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via", "Origin"};

// A host name that somebody else can make resolve to this machine proves nothing (DNS rebinding).
bool is_name_of_loopback(std::string_view host) {
  bool is_v6 = host.starts_with('[');
  host = is_v6 ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  bool is_v4 = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host.empty() || host == "localhost" || host == "[::1]" || is_v4;
}

// What speaks against somebody on this machine asking on their own account; empty: nothing.
std::string why_not_from_here(const ServerRequest& head) {
  if (!head.is_loopback) return "only over loopback, as no token is configured";
  for (const char* name : kOfOthers) {
    if (find_header(head.headers, name).empty()) continue;
    return fmt::format("its header {} says that others ask, and no token is configured", name);
  }
  if (is_name_of_loopback(find_header(head.headers, "Host"))) return {};
  return "its header Host is no name of loopback (localhost, 127.0.0.1, [::1]), and no token is configured";
}

}  // namespace

Guard::Guard(AccessRules rules, const base::Clock& clock, base::Metrics& metrics) : clock_(clock), refusals_(metrics) {
  use(std::move(rules));
}

void Guard::use(AccessRules rules) {
  auto next = std::make_shared<const AccessRules>(std::move(rules));
  std::lock_guard lock(mutex_);
  rules_ = std::move(next);
}

std::shared_ptr<const AccessRules> Guard::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

void Guard::route(net::http::Server& server, const std::string& method, const std::string& path,
                  net::http::RequestHandler handler, net::http::Admission own, std::size_t max_body_bytes) {
  auto access = endpoint(method, path).access;
  if (access == Access::kOpen) return server.route(method, path, std::move(handler), std::move(own), max_body_bytes);
  auto shared = std::make_shared<net::http::RequestHandler>(std::move(handler));
  server.route(
      method, path, [this, access, shared](ServerRequest request) { return pass(access, shared, std::move(request)); },
      [this, access, own = std::move(own)](const ServerRequest& head) {
        auto refused = judge_head(access, head);
        return refused || !own ? refused : own(head);
      },
      max_body_bytes);
}

Guard::Refused Guard::judge_head(Access access, const ServerRequest& head) {
  auto rules = this->rules();
  bool is_control = access == Access::kControl;
  if (is_control && rules->trusts_loopback && why_not_from_here(head).empty()) return std::nullopt;
  if (rules->wants_certificate && !head.has_certificate) return turn_away(head, 403, "a client certificate is needed");
  if (access == Access::kSigned) return std::nullopt;
  const Credentials& credentials = is_control ? rules->control : rules->intake;
  if (credentials.empty()) {
    return is_control ? Refused(turn_away(head, 403, why_not_from_here(head))) : std::nullopt;
  }
  auto proof = proof_in(head.headers, credentials);
  if (proof == Proof::kRight || proof == Proof::kSignature) return std::nullopt;
  return unauthorized(head, credentials, proof);
}

Guard::Refused Guard::judge_body(Access access, const ServerRequest& request) {
  if (access != Access::kIntake) return std::nullopt;
  auto rules = this->rules();
  if (rules->intake.empty() || proof_in(request.headers, rules->intake) != Proof::kSignature) return std::nullopt;
  if (is_signed(request.headers, request.body, rules->intake)) return std::nullopt;
  refusals_.count(net::http::Refusal::kUnauthorized);
  return unauthorized(request, rules->intake, Proof::kWrong);
}

ServerResponse Guard::turn_away(const ServerRequest& who, int status, std::string_view why) {
  auto times = lines_.count(who.path + ": " + std::string(why), clock_.now());
  if (times) {
    base::log::warn("server: a request was refused",
                    {{"path", who.path}, {"peer", who.peer}, {"status", status}, {"why", why}, {"times", *times}});
  }
  return refuse(status, why);
}

ServerResponse Guard::unauthorized(const ServerRequest& who, const Credentials& credentials, Proof proof) {
  auto why = proof == Proof::kNone ? "credentials are needed" : "the credentials are wrong";
  auto response = turn_away(who, 401, why);
  if (auto text = challenge(credentials); !text.empty()) response.headers.emplace_back("WWW-Authenticate", text);
  return response;
}

base::Task<ServerResponse> Guard::pass(Access access, std::shared_ptr<net::http::RequestHandler> handler,
                                       ServerRequest request) {
  if (auto refused = judge_body(access, request)) co_return std::move(*refused);
  auto response = co_await (*handler)(std::move(request));
  if (access == Access::kControl) response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

}  // namespace app
