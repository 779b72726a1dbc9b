// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/slack_inbox.h"

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/secret_file.h"
#include "sinks/sink_name.h"
#include "sinks/slack/socket_mode.h"

namespace sinks::slack {

namespace {

std::string text_of(const nlohmann::json& object, const char* member) {
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// An app has one connection, and all of its sinks hear with it. Another token, or another way there, is another one.
std::string line_of(const Options& options) {
  if (!options.has_socket()) return {};
  const auto& access = options.access;
  return base::derive_id({"slack", options.api_url, base::current(options.app_token).reveal(), access.ca_file,
                          access.cert_file, access.key_file, access.server_name, access.proxy_url,
                          access.insecure_skip_verify ? "unverified" : ""});
}

}  // namespace

SlackInbox::SlackInbox(Options options, const Services& services)
    : options_(std::move(options)),
      sink_(sink_name(options_.name)),
      line_(line_of(options_)),
      services_(services),
      clock_(services.clock),
      api_(options_, services.http, services.clock, services.user_agent) {}

bool SlackInbox::is_called() const { return !options_.signing_secret.empty(); }

Origin SlackInbox::judge_head(const net::http::Headers& headers, base::Time now) const {
  return judge_signature_head(headers, now);
}

Origin SlackInbox::judge(const net::http::Headers& headers, std::string_view body, base::Time now) const {
  return judge_signature(headers, body, base::current(options_.signing_secret).reveal(), now);
}

std::shared_ptr<Listener> SlackInbox::listen(Ears ears) const {
  return std::make_shared<SocketMode>(options_, services_, std::move(ears));
}

base::Task<Heard> SlackInbox::hear(std::string payload, base::Deadline deadline) {
  auto read = read_click(payload, clock_.now());
  if (auto* heard = std::get_if<Heard>(&read)) co_return *heard;
  auto& click = std::get<Click>(read);
  if (click.command.sink != sink_) {
    co_return Heard{.outcome = "unknown_sink", .why = "the button is of a sink that is not configured with this app"};
  }
  auto ours = co_await workspace(deadline);
  if (!ours) co_return Heard{.outcome = "unavailable", .why = ours.error().error.message};
  // Of an app that stands in a whole enterprise Slack names no workspace.
  bool is_here = click.team.empty() ? !click.enterprise.empty() && click.enterprise == ours.value().enterprise
                                    : click.team == ours.value().team;
  if (!is_here) {
    co_return Heard{.outcome = "other_workspace", .why = "the click is from another workspace than the token's"};
  }
  co_return Heard{.outcome = "accepted", .command = std::move(click.command)};
}

base::Task<Called<SlackInbox::Workspace>> SlackInbox::workspace(base::Deadline deadline) {
  {
    std::lock_guard lock(mutex_);
    if (workspace_) co_return *workspace_;
  }
  auto who = co_await api_.call("auth.test", {}, deadline);
  if (!who) co_return who.error();
  Workspace found{text_of(who.value().body(), "team_id"), text_of(who.value().body(), "enterprise_id")};
  std::lock_guard lock(mutex_);
  workspace_ = found;
  co_return found;
}

}  // namespace sinks::slack
