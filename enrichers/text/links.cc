// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/text/substitute.h"
#include "enrichers/text/text_actions.h"
#include "net/http/url.h"

namespace enrichers {

namespace {

using base::OptionTable;

// A link of what a browser opens; labels are text that the sender of an alert chose.
base::Result<Contribution> with_link(std::string name, std::string url) {
  if (!net::http::parse_url(url)) {
    return base::permanent(base::Reason::kBadRequest, "what should be a link is not an http or https address");
  }
  Contribution contribution;
  contribution.links.push_back({std::move(name), std::move(url)});
  return contribution;
}

// A value within a URL that begins with the template's own words: it can't end the part that it stands in.
std::string within_url(std::string_view value) {
  std::string encoded;
  for (char c : value) encoded += c == '/' || c == ':' ? std::string(1, c) : net::http::percent_encode({&c, 1});
  return encoded;
}

struct ButtonOptions {
  std::string button_text;
  std::string button_url;
};

const OptionTable<ButtonOptions>& button_options() {
  static const auto table = [] {
    OptionTable<ButtonOptions> t("button_enricher", "Adds a link, which chats show as a button.");
    t.option("button_text", &ButtonOptions::button_text,
             "Its text; the names of template_enricher are replaced, and what there isn't is left out.",
             base::kRequired);
    t.option(
        "button_url", &ButtonOptions::button_url,
        "Its address, templated likewise. Values are percent-encoded unless the address begins with one. No button "
        "if nothing is left.",
        base::kRequired);
    return t;
  }();
  return table;
}

class ButtonEnricher final : public Action {
 public:
  ButtonEnricher(ButtonOptions given, const Services&) : options_(std::move(given)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Lookup names = names_of(input);
    auto known = [&names](std::string_view name) { return std::optional(names(name).value_or("")); };
    bool is_whole = options_.button_url.starts_with('$');
    std::string url = substitute(options_.button_url, [&](std::string_view name) {
      return is_whole ? known(name) : std::optional(within_url(*known(name)));
    });
    if (url.find_first_not_of(' ') == std::string::npos) co_return Contribution();
    co_return with_link(substitute(options_.button_text, known), std::move(url));
  }

 private:
  const ButtonOptions options_;
};

struct VideoOptions {
  std::string url;
  std::string name = "See more";
};

const OptionTable<VideoOptions>& video_options() {
  static const auto table = [] {
    OptionTable<VideoOptions> t("external_video_enricher", "Adds a link to a video.");
    t.option("url", &VideoOptions::url, "Its address.", base::kRequired);
    t.option("name", &VideoOptions::name, "The link's text.");
    return t;
  }();
  return table;
}

class ExternalVideoEnricher final : public Action {
 public:
  ExternalVideoEnricher(VideoOptions given, const Services&) : options_(std::move(given)) {}
  base::Task<base::Result<Contribution>> run(const Input&) const override {
    co_return with_link("🎬 " + options_.name, options_.url);
  }

 private:
  const VideoOptions options_;
};

struct SearchOptions {};

const OptionTable<SearchOptions>& search_options() {
  static const OptionTable<SearchOptions> table("stack_overflow_enricher",
                                                "Adds a link to what Stack Overflow finds by the alert's name.");
  return table;
}

class StackOverflowEnricher final : public Action {
 public:
  StackOverflowEnricher(SearchOptions, const Services&) {}
  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    const std::string& name = input.event.alert->name();
    if (name.empty()) co_return base::permanent(base::Reason::kNoData, "the alert has no name to search for");
    co_return with_link("Search Stack Overflow for \"" + name + "\"",
                        "https://stackoverflow.com/search?q=" + net::http::percent_encode(name));
  }
};

struct OpsgenieOptions {
  std::string url_base;
};

const OptionTable<OpsgenieOptions>& opsgenie_options() {
  static const auto table = [] {
    OptionTable<OpsgenieOptions> t(
        "opsgenie_slack_enricher",
        "Adds a link to the alert in Opsgenie. Acknowledging it from the chat is not there.");
    t.option("url_base", &OpsgenieOptions::url_base, "The account's host, such as `example.app.eu.opsgenie.com`.",
             base::kRequired);
    return t;
  }();
  return table;
}

class OpsgenieSlackEnricher final : public Action {
 public:
  OpsgenieSlackEnricher(OpsgenieOptions given, const Services&) : host_(std::move(given.url_base)) {
    if (auto scheme = host_.find("://"); scheme != std::string::npos) host_.erase(0, scheme + 3);
    host_.erase(std::min(host_.find('/'), host_.size()));
  }
  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    co_return with_link("Opsgenie alert", "https://" + host_ + "/alert/list?query=alias%3A" +
                                              net::http::percent_encode(input.event.alert->fingerprint));
  }

 private:
  std::string host_;
};

}  // namespace

ActionType button_enricher_type() { return action_type<ButtonEnricher>(button_options()); }
ActionType external_video_enricher_type() { return action_type<ExternalVideoEnricher>(video_options()); }
ActionType opsgenie_slack_enricher_type() { return action_type<OpsgenieSlackEnricher>(opsgenie_options()); }
ActionType stack_overflow_enricher_type() { return action_type<StackOverflowEnricher>(search_options()); }

}  // namespace enrichers
