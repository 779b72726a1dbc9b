// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/options/option_table.h"
#include "net/http/client.h"
#include "sinks/sink_options.h"
#include "sinks/slack/channel.h"
#include "sinks/slack/message.h"

namespace sinks::slack {

// Where alerts are silenced, for the buttons.
struct SilenceOptions {
  std::string alertmanager_url;
  net::http::Access access;
};

// The section of a slack_sink.
struct Options : SinkOptions {
  // chat.postMessage takes about one message a second and channel, and bears short bursts
  // (https://docs.slack.dev/apis/web-api/rate-limits). Edits of a workspace share 50 a minute.
  Options() {
    rate_limit = {.per_second = 1, .burst = 3};
    update_interval = std::chrono::seconds(30);
    stable_for = std::chrono::seconds(30);
  }

  std::string slack_channel;
  base::Secret api_key;  // A bot token.
  std::string api_url = "https://slack.com/api/";
  base::Secret webhook_url;                         // Instead of a bot token.
  std::optional<ChannelTemplate> channel_override;  // Where it resolves to something.
  std::int64_t max_log_file_limit_kb = 1000;
  std::int64_t thread_replies = 2;  // An incident, beside what a rise in severity and a reopening bring.
  std::string title_prefix;
  net::http::Access access;
  base::Secret signing_secret;  // Of clicks that come over HTTP.
  base::Secret app_token;       // Of Socket Mode: clicks come over a connection of ours.
  bool has_buttons = false;     // One of the two is given.
  std::optional<SilenceOptions> silences;

  bool has_socket() const { return !app_token.empty() && !is_webhook(); }
  bool is_webhook() const { return !webhook_url.empty(); }
  Style style() const {
    return {.max_log_file_limit_kb = max_log_file_limit_kb, .uploads = !is_webhook(), .title_prefix = title_prefix};
  }
};

// Where an incident's message goes: the override where it resolves, else slack_channel. Pure.
std::string channel_of(const Options& options, const schemas::Delivery& delivery);

// The table of all of them, for the reference.
const base::OptionSet& option_set();

// Reads a section. Problems: what the table finds; not exactly one of api_key and webhook_url; a token that is not a
// bot's; a URL that is none; a bot token without a channel; a template that names what no incident has. Warnings: what
// an incoming webhook can't do.
Options read_options(const base::yaml::Node& params, base::yaml::Problems& problems);

}  // namespace sinks::slack
