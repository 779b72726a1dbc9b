// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/options.h"

#include "net/http/access_options.h"
#include "net/http/proxy.h"

namespace sinks::slack {

using base::yaml::Mark;
using base::yaml::Node;
using base::yaml::Problems;

namespace {

struct WrittenSilences {
  std::string alertmanager_url;
  net::http::AccessOptions access;
};

struct Written : Options {
  std::optional<WrittenSilences> written_silences;
  net::http::AccessOptions written_access;
  std::string written_override;
};

void add_robusta_keys(base::OptionTable<Written>& t) {
  t.ignored("investigate_link", "there is no platform to link to");
  t.ignored("disable_holmes_note", "no such note is added");
  t.ignored("slack_custom_templates", "messages have one form; webhook_sink takes a template");
  t.ignored("hide_buttons", "messages have one form");
  t.ignored("hide_enrichments", "messages have one form; `tocsin explain` shows what a playbook adds");
}

const base::OptionTable<WrittenSilences>& silence_options() {
  static const auto table = [] {
    base::OptionTable<WrittenSilences> t("silences", "Buttons that silence an alert for 1, 4 or 24 hours.");
    t.option("alertmanager_url", &WrittenSilences::alertmanager_url,
             "The Alertmanager that sends the alerts, with its path prefix if it has one.", base::kRequired);
    t.nested("access", &WrittenSilences::access, net::http::access_options(), "How to be let in there.");
    return t;
  }();
  return table;
}

const base::OptionTable<Written>& options_table() {
  static const auto table = [] {
    auto of = []<class Field>(Field Options::*field) { return static_cast<Field Written::*>(field); };
    base::OptionTable<Written> t("slack_sink",
                                 "Keeps one message an incident in a Slack channel: posted when it opens, edited as it "
                                 "goes on, green when it is over.");
    add_sink_options(t);
    t.option("slack_channel", of(&Options::slack_channel), "The channel, by name or id. With a bot token.");
    t.option("api_key", of(&Options::api_key),
             "The bot token, `xoxb-...`, of an app made from deploy/slack/manifest.yaml. Its file is read again when "
             "it changes.");
    t.option("webhook_url", of(&Options::webhook_url),
             "An incoming webhook instead of a bot token: every transition is a message of its own, without pictures "
             "and files.");
    t.option("channel_override", &Written::written_override,
             "A channel that depends on the incident: `cluster_name`, `labels.x`, `annotations.x`, or a text with "
             "`$cluster_name`, `$labels.x`, `${annotations.x/y}`. Where a value is missing it is slack_channel.");
    t.option("max_log_file_limit_kb", of(&Options::max_log_file_limit_kb),
             "The size of a text file in the message's thread, in units of 1,000 bytes.",
             {.at_least = 1, .at_most = 10'000});
    t.option(
        "thread_replies", of(&Options::thread_replies),
        "How many replies an incident's new evidence may get in the thread; the message itself is always edited. A "
        "rise in severity and a reopening get theirs beside.",
        {.at_least = 0, .at_most = 100});
    t.option("title_prefix", of(&Options::title_prefix), "Stands in front of every title.");
    t.option("api_url", of(&Options::api_url), "Where Slack's Web API is.");
    t.nested("access", &Written::written_access, net::http::access_options(), "Certificates and proxy on the way.");
    t.option("signing_secret", of(&Options::signing_secret),
             "The app's signing secret: messages get buttons, and Slack sends clicks to POST /api/slack/interactivity. "
             "Its file is read again when it changes.");
    t.option(
        "app_token", of(&Options::app_token),
        "An app-level token, `xapp-...`, with the scope connections:write: messages get buttons, and clicks come "
        "over a connection that tocsin opens (Socket Mode), so Slack need not reach it. Its file is read again when "
        "it changes.");
    t.nested("silences", &Written::written_silences, silence_options(),
             "Offers silences, too. Without it no button changes anything outside of tocsin and Slack.");
    add_robusta_keys(t);
    return t;
  }();
  return table;
}

bool is_http_url(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

Mark mark_of(const Node& params, std::string_view key) {
  for (const std::string& name : {std::string(key), std::string(key) + "_file"}) {
    if (const auto* node = params.find(name)) return node->mark;
  }
  return params.mark;
}

void check_token(const Options& options, const Node& params, Problems& problems) {
  const std::string& token = options.api_key.reveal();
  if (token.starts_with("xapp-")) {
    problems.error(mark_of(params, "api_key"),
                   "api_key is an app-level token; expected the bot token, which begins with xoxb-");
  } else if (token.starts_with("http")) {
    problems.error(mark_of(params, "api_key"), "api_key is a URL; an incoming webhook goes into webhook_url");
  }
}

void check_webhook(const Options& options, const Node& params, Problems& problems) {
  auto mark = mark_of(params, "webhook_url");
  if (!is_http_url(options.webhook_url.reveal())) {
    return problems.error(mark, "slack_sink: webhook_url must begin with http:// or https://");
  }
  for (const char* key : {"slack_channel", "channel_override", "thread_replies", "max_log_file_limit_kb"}) {
    if (const auto* node = params.find(key)) {
      problems.warning(node->mark, "'" + std::string(key) + "' has no effect with webhook_url");
    }
  }
  problems.warning(
      mark,
      "an incoming webhook can't edit messages or take pictures and files: every transition is a message of "
      "its own; a bot token in api_key can");
}

bool is_given(const Node& params, const std::string& key) {
  return params.find(key) != nullptr || params.find(key + "_file") != nullptr;
}

void check_way_in(const Options& options, const Node& params, Problems& problems) {
  bool has_token = is_given(params, "api_key");
  bool has_webhook = is_given(params, "webhook_url");
  if (has_token && has_webhook) {
    problems.error(mark_of(params, "webhook_url"), "slack_sink: 'api_key' and 'webhook_url' exclude each other");
  } else if (!has_token && !has_webhook) {
    problems.error(params.mark, "missing 'api_key' in slack_sink (or 'api_key_file', or 'webhook_url')");
  } else if (has_token) {
    check_token(options, params, problems);
    if (options.slack_channel.empty()) problems.error(params.mark, "missing 'slack_channel' in slack_sink");
  } else if (!options.webhook_url.empty()) {
    check_webhook(options, params, problems);
  }
}

void check_buttons(const Options& options, const Node& params, Problems& problems) {
  const std::string& secret = options.signing_secret.reveal();
  if (secret.starts_with("xox") || secret.starts_with("xapp-")) {
    problems.error(mark_of(params, "signing_secret"),
                   "signing_secret is a token; expected the Signing Secret of the app's page Basic Information");
  }
  const std::string& token = options.app_token.reveal();
  if (!token.empty() && !token.starts_with("xapp-")) {
    problems.error(mark_of(params, "app_token"),
                   "app_token is no app-level token, which begins with xapp-: make one with the scope "
                   "connections:write on the app's page Basic Information");
  }
  if (!token.empty() && !options.access.proxy_url.empty()) {
    auto proxy = net::http::proxy_for({}, options.access.proxy_url);
    if (!proxy) {
      problems.error(mark_of(params, "app_token"),
                     "'app_token' does not work with this access.proxy_url: " + proxy.error().message);
    }
  }
  for (const char* key : {"signing_secret", "app_token"}) {
    if (!options.is_webhook() || !is_given(params, key)) continue;
    problems.error(mark_of(params, key),
                   "'" + std::string(key) + "' has no effect with webhook_url: buttons need a bot token in api_key");
  }
  const auto* silences = params.find("silences");
  if (silences == nullptr) return;
  if (!options.has_buttons) {
    problems.error(silences->mark,
                   "'silences' needs 'app_token' or 'signing_secret': without one of them there are no buttons");
  }
  if (options.silences && !options.silences->alertmanager_url.empty() &&
      !is_http_url(options.silences->alertmanager_url)) {
    problems.error(mark_of(*silences, "alertmanager_url"),
                   "silences: alertmanager_url must begin with http:// or https://");
  }
}

}  // namespace

std::string channel_of(const Options& options, const schemas::Delivery& delivery) {
  auto named = options.channel_override ? options.channel_override->resolve(delivery) : std::nullopt;
  return named.value_or(options.slack_channel);
}

const base::OptionSet& option_set() { return options_table().set(); }

Options read_options(const Node& params, Problems& problems) {
  Written written = options_table().read(params, problems);
  Options& options = written;
  options.access = written.written_access.to_access();
  options.slack_channel = bare_channel(options.slack_channel);
  if (!params.is_mapping()) return options;
  options.has_buttons = is_given(params, "signing_secret") || is_given(params, "app_token");
  if (written.written_silences) {
    options.silences = {.alertmanager_url = written.written_silences->alertmanager_url,
                        .access = written.written_silences->access.to_access()};
  }
  check_way_in(options, params, problems);
  check_buttons(options, params, problems);
  if (!is_http_url(options.api_url)) {
    problems.error(mark_of(params, "api_url"), "slack_sink: api_url must begin with http:// or https://");
  }
  if (!options.api_url.ends_with('/')) options.api_url += '/';
  if (!written.written_override.empty()) {
    auto parsed = ChannelTemplate::parse(written.written_override);
    if (parsed) {
      options.channel_override = std::move(parsed.value());
    } else {
      problems.error(mark_of(params, "channel_override"), "channel_override: " + parsed.error().message);
    }
  }
  return options;
}

}  // namespace sinks::slack
