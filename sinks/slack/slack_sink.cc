// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/slack_sink.h"

#include <nlohmann/json.hpp>

#include "sinks/slack/asked.h"
#include "sinks/slack/living_message.h"
#include "sinks/slack/note.h"
#include "sinks/slack/probe.h"
#include "sinks/slack/slack_inbox.h"
#include "sinks/slack/socket_mode.h"

namespace sinks::slack {

using nlohmann::json;

namespace {

Configured make(const base::yaml::Node& params, const Services& services, base::yaml::Problems& problems) {
  Options options = read_options(params, problems);
  SinkOptions common = options;
  auto inbox = options.has_buttons ? std::make_shared<SlackInbox>(options, services) : nullptr;
  return {
      .common = common, .sink = std::make_unique<SlackSink>(std::move(options), services), .inbox = std::move(inbox)};
}

// Incoming webhooks take no metadata.
std::string for_webhook(const std::string& composed, bool may_be_a_repeat) {
  auto message = json::parse(composed);
  message.erase("metadata");
  if (may_be_a_repeat) message["text"] = "(perhaps a repeat) " + message.value("text", "");
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

SlackSink::SlackSink(Options options, const Services& services)
    : options_(std::move(options)),
      http_(services.http),
      clock_(services.clock),
      user_agent_(services.user_agent),
      api_(options_, services.http, services.clock, services.user_agent),
      files_(api_),
      history_(api_, services.clock) {}

base::Result<Rendered> SlackSink::render(const schemas::Delivery& delivery) const {
  return Rendered{.body = {}, .content_type = "application/json", .headers = {}, .idempotency_key = delivery.id};
}

std::string SlackSink::lane(const schemas::Delivery& delivery) const {
  return options_.is_webhook() ? std::string() : channel_of(options_, delivery);
}

std::string SlackSink::thread_of(const std::string& note) const {
  auto message = decode_note(note);
  return message.ts.empty() ? std::string() : message.channel + " " + message.root();
}

base::Task<base::Result<Reply>> SlackSink::send(Sending& sending) {
  if (options_.is_webhook()) co_return co_await send_to_webhook(sending);
  if (is_asked(sending.delivery.transition)) {
    Asked asked({options_, api_, files_, history_, http_, clock_}, sending);
    co_return co_await asked.answer();
  }
  LivingMessage message({options_, api_, files_, history_, clock_}, sending);
  co_return co_await message.tell();
}

base::Task<base::Result<Reply>> SlackSink::send_to_webhook(Sending& sending) {
  const auto& delivery = sending.delivery;
  auto style = options_.style();
  Shown shown;
  if (brings_evidence(delivery.transition)) shown.evidence = draw(delivery.transition.finding, style).json;
  auto body = for_webhook(compose(delivery, shown, style), sending.maybe_sent);
  auto posted = co_await api_.post_to_webhook(std::move(body), sending.deadline);
  bool is_minimal = !posted && posted.error().trouble == Trouble::kContent;
  if (is_minimal) {
    auto minimal = for_webhook(compose_minimal(delivery, style), sending.maybe_sent);
    posted = co_await api_.post_to_webhook(std::move(minimal), sending.deadline);
  }
  if (!posted) {
    sending.hint = posted.error().hint;
    co_return posted.error().error;
  }
  co_return Reply{.detail = is_minimal ? "posted, in minimal form" : "posted"};
}

base::Task<Probe> SlackSink::probe(base::Deadline deadline) {
  auto probe = co_await slack::probe(options_, api_, history_, deadline);
  if (!options_.has_socket()) co_return probe;
  // Not what makes the sink sick: without it messages arrive, and their buttons do nothing.
  const Options app_options = as_app(options_);
  Api app(app_options, http_, clock_, user_agent_);
  auto url = co_await open_socket_url(app, deadline);
  if (url) {
    probe.found.emplace_back("Socket Mode, for buttons");
  } else {
    probe.problems.push_back("buttons: " + url.error().error.message);
  }
  co_return probe;
}

}  // namespace sinks::slack

namespace sinks {

SinkType slack_sink_type() { return {.name = "slack_sink", .options = &slack::option_set(), .make = slack::make}; }

}  // namespace sinks
