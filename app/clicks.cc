// SPDX-License-Identifier: Apache-2.0
#include "app/clicks.h"

#include <boost/asio/awaitable.hpp>

#include "base/log.h"
#include "net/http/url.h"
#include "schemas/topics.h"

namespace app {

using net::http::ServerRequest;
using net::http::ServerResponse;
using sinks::Heard;
using sinks::Inbox;
using sinks::Origin;

namespace {

// Slack takes a click for failed after three seconds.
constexpr std::chrono::milliseconds kPatience(2000);

}  // namespace

void Clicks::use(Inboxes inboxes) {
  auto next = std::make_shared<const Inboxes>(std::move(inboxes));
  std::lock_guard lock(mutex_);
  inboxes_.swap(next);
}

std::shared_ptr<const Clicks::Inboxes> Clicks::inboxes() const {
  std::lock_guard lock(mutex_);
  return inboxes_;
}

template <class Judge>
Clicks::Judged Clicks::judge(const Judge& judge) const {
  Judged judged;
  for (const auto& [sink, inbox] : *inboxes()) {
    if (!inbox->is_called()) continue;
    judged.is_asked = true;
    auto origin = judge(*inbox);
    if (origin == Origin::kOurs) judged.ours.push_back(inbox);
    if (origin != Origin::kUnsigned) judged.worst = origin;
  }
  return judged;
}

void Clicks::count(std::string_view way, std::string_view outcome) {
  metrics_
      .counter("tocsin_clicks_total", "Clicks on buttons that came, by the way they came and what became of them.",
               {{"way", std::string(way)}, {"outcome", std::string(outcome)}})
      .Increment();
}

ServerResponse Clicks::refuse(int status, std::string_view outcome, std::string_view why) {
  note_refusal("http", outcome, why);
  return net::http::refuse(status, why);
}

void Clicks::note_refusal(std::string_view way, std::string_view outcome, std::string_view why) {
  count(way, outcome);
  auto times = refusals_.count(outcome, clock_.now());
  if (times) base::log::warn("clicks: one was refused", {{"way", way}, {"why", why}, {"times", *times}});
}

base::Task<bool> Clicks::take(std::string line, std::string payload) {
  auto inboxes = this->inboxes();
  std::vector<std::shared_ptr<Inbox>> ours;
  for (const auto& [sink, inbox] : *inboxes) {
    if (inbox->line() == line) ours.push_back(inbox);
  }
  auto heard = co_await keep(co_await hear(std::move(ours), std::move(payload)));
  if (heard.is_fine()) {
    count("socket", heard.outcome);
  } else {
    note_refusal("socket", heard.outcome, heard.why);
  }
  co_return heard.is_fine();
}

std::optional<ServerResponse> Clicks::refusal_of(const Judged& judged) {
  if (!judged.is_asked) return refuse(403, "off", "no slack_sink has a signing_secret");
  if (!judged.ours.empty()) return std::nullopt;
  if (judged.worst == Origin::kStale) {
    return refuse(401, "stale", "the time stamp is not within five minutes of this machine's clock");
  }
  bool is_forged = judged.worst == Origin::kForged;
  return refuse(401, is_forged ? "forged" : "unsigned",
                is_forged ? "the signature is not that of a slack_sink's signing_secret"
                          : "X-Slack-Request-Timestamp and X-Slack-Signature are needed");
}

std::optional<ServerResponse> Clicks::judge_head(const ServerRequest& head) {
  return refusal_of(judge([&](const Inbox& inbox) { return inbox.judge_head(head.headers, clock_.now()); }));
}

base::Task<ServerResponse> Clicks::handle(ServerRequest request) {
  auto now = clock_.now();
  auto judged = judge([&](const Inbox& inbox) { return inbox.judge(request.headers, request.body, now); });
  if (auto refused = refusal_of(judged)) co_return std::move(*refused);
  auto form = net::http::parse_query(request.body);
  std::string payload(net::http::find_parameter(form, "payload"));
  if (payload.empty()) co_return refuse(400, "unreadable", "the form has no field 'payload'");
  auto heard = co_await keep(co_await hear(std::move(judged.ours), std::move(payload)));
  if (!heard.is_fine()) co_return refuse(heard.outcome == "unavailable" ? 503 : 400, heard.outcome, heard.why);
  count("http", heard.outcome);
  ServerResponse response;
  response.content_type = "text/plain; charset=utf-8";
  co_return response;
}

base::Task<Heard> Clicks::hear(std::vector<std::shared_ptr<Inbox>> inboxes, std::string payload) {
  Heard said{.outcome = "unknown_sink", .why = "the button is of a sink that is not configured with this app"};
  for (const auto& inbox : inboxes) {
    auto heard = co_await inbox->hear(payload, base::in(kPatience));
    if (heard.is_fine()) co_return heard;
    if (heard.outcome != "unknown_sink") said = std::move(heard);
  }
  co_return said;
}

base::Task<Heard> Clicks::keep(Heard heard) {
  if (!heard.command) co_return heard;
  const auto& command = *heard.command;
  std::vector<bus::Outgoing> records;
  records.push_back({std::string(schemas::topics::kCommands), command.incident_key, schemas::encode(command)});
  auto kept = co_await bus_.append(std::move(records));
  if (!kept) co_return Heard{.outcome = "unavailable", .why = kept.error().message};
  co_return heard;
}

}  // namespace app
