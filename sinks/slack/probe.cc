// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/probe.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace sinks::slack {

using nlohmann::json;

namespace {

struct Scope {
  std::string_view name;
  std::string_view without;  // What is not possible then.
};

// Those of deploy/slack/manifest.yaml.
constexpr Scope kScopes[] = {
    {"chat:write", "nothing can be posted"},
    {"chat:write.public", "the app must be invited to public channels, too"},
    {"files:write", "there are no graphs, and no files in threads"},
    {"files:read", "there are no graphs: it can't be seen when one can be shown"},
    {"channels:read", "public channels can't be found by name"},
    {"groups:read", "private channels can't be found by name"},
    {"channels:history", "after a crash a message in a public channel may be repeated, marked as such"},
    {"groups:history", "after a crash a message in a private channel may be repeated, marked as such"},
    {"channels:join", "the app must be invited where a channel wants members only"},
};

std::string text_of(const json& object, const char* member) {
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_scope(const std::string& scopes, std::string_view wanted) {
  std::istringstream list(scopes);
  for (std::string scope; std::getline(list >> std::ws, scope, ',');) {
    if (scope == wanted) return true;
  }
  return false;
}

void look_at_scopes(const std::string& scopes, Probe& probe) {
  if (scopes.empty()) return;  // It was not said.
  for (const auto& [name, without] : kScopes) {
    if (has_scope(scopes, name)) continue;
    probe.problems.push_back("the token lacks the scope " + std::string(name) + ": without it " + std::string(without));
    if (name == "chat:write") probe.error = base::passing(base::Reason::kAuth, "slack: " + probe.problems.back());
  }
}

void look_at_channel(const json& channel, Probe& probe) {
  auto is = [&](const char* what) { return channel.contains(what) && channel[what] == true; };
  std::string name = "#" + text_of(channel, "name");
  if (is("is_archived")) {
    probe.problems.push_back("channel " + name + " is archived: unarchive it, or name another in slack_channel");
    probe.error = base::passing(base::Reason::kNotFound, "slack: " + probe.problems.back());
  } else if (is("is_member")) {
    probe.found.push_back("channel " + name + ", a member");
  } else {
    probe.problems.push_back("the app is no member of " + name +
                             ": write /invite @tocsin in it; until then it can post there at best, and not find out "
                             "after a crash what it has posted");
  }
}

void failed(const Failure& failure, Probe& probe) {
  probe.problems.push_back(failure.error.message);
  if (!probe.error) probe.error = failure.error;
}

}  // namespace

base::Task<Probe> probe(const Options& options, Api& api, History& history, base::Deadline deadline) {
  Probe probe;
  if (options.is_webhook()) {
    probe.found.emplace_back("an incoming webhook: whether it works shows when something is sent");
    co_return probe;
  }
  auto who = co_await api.call("auth.test", {}, deadline);
  if (!who) {
    failed(who.error(), probe);
    co_return probe;
  }
  probe.found.push_back("workspace " + text_of(who.value().body(), "team") + ", as " +
                        text_of(who.value().body(), "user"));
  look_at_scopes(who.value().scopes, probe);
  auto id = co_await history.channel_id(options.slack_channel, deadline);
  if (!id) {
    failed(id.error(), probe);
    co_return probe;
  }
  auto channel = co_await api.call("conversations.info", {{"channel", id.value()}}, deadline);
  if (!channel) {
    failed(channel.error(), probe);
  } else if (channel.value().body().contains("channel")) {
    look_at_channel(channel.value().body()["channel"], probe);
  }
  co_return probe;
}

}  // namespace sinks::slack
