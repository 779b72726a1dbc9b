// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "enrichers/action_type.h"
#include "enrichers/text/substitute.h"
#include "enrichers/text/text_actions.h"

namespace enrichers {

namespace {

struct Options {
  std::vector<std::string> static_mentions;
  std::string mentions_label;
  std::string message_template = "Hey: $mentions";
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("mention_enricher",
                                 "Calls people: those that you name, and those that a label names.");
    t.option("static_mentions", &Options::static_mentions, "Who is always called, as the sink writes them.");
    t.option("mentions_label", &Options::mentions_label,
             "A label, else an annotation, that names who is called, separated by ',' or '.'.");
    t.option("message_template", &Options::message_template, "The text; $mentions is who is called.");
    return t;
  }();
  return table;
}

// Kubernetes labels can't hold commas; Robusta's users write "U123.U456" there.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ',' || c == '.') {
      parts.emplace_back();
    } else if (c != ' ') {
      parts.back() += c;
    }
  }
  std::erase(parts, "");
  return parts;
}

class MentionEnricher final : public Action {
 public:
  MentionEnricher(Options given, const Services&) : options_(std::move(given)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Contribution contribution;
    contribution.mentions = options_.static_mentions;
    for (std::string& name : split(named_by_label(input.draft.subject))) {
      auto& all = contribution.mentions;
      if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
    }
    if (contribution.mentions.empty()) {
      co_return base::permanent(base::Reason::kNoData,
                                "nobody to mention: neither static_mentions nor the label names "
                                "anybody");
    }
    contribution.enrichments.push_back(
        enrichment("text", "", "mention_enricher", schemas::MarkdownBlock{message(contribution.mentions)}));
    co_return contribution;
  }

 private:
  std::string named_by_label(const schemas::Subject& subject) const {
    if (options_.mentions_label.empty()) return {};
    const std::string& label = schemas::value_of(subject.labels, options_.mentions_label);
    return label.empty() ? schemas::value_of(subject.annotations, options_.mentions_label) : label;
  }

  std::string message(const std::vector<std::string>& mentions) const {
    std::string joined;
    for (const std::string& mention : mentions) joined += (joined.empty() ? "" : " ") + mention;
    return substitute(options_.message_template,
                      [&](std::string_view name) { return name == "mentions" ? std::optional(joined) : std::nullopt; });
  }

  const Options options_;
};

}  // namespace

ActionType mention_enricher_type() { return action_type<MentionEnricher>(options()); }

}  // namespace enrichers
