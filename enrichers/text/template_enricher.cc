// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/text/substitute.h"
#include "enrichers/text/text_actions.h"

namespace enrichers {

namespace {

struct Options {
  std::string text;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("template_enricher", "Adds a text of your own to the finding.");
    t.option("template", &Options::text,
             "Markdown. $name, $kind, $namespace, $node, $labels.x, $annotations.x and labels by their bare names are "
             "replaced, also as ${name}; what there isn't becomes <missing>.",
             base::kRequired);
    return t;
  }();
  return table;
}

class TemplateEnricher final : public Action {
 public:
  TemplateEnricher(Options given, const Services&) : options_(std::move(given)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Contribution contribution;
    contribution.enrichments.push_back(enrichment("text", "", "template_enricher",
                                                  schemas::MarkdownBlock{substitute(options_.text, names_of(input))}));
    co_return contribution;
  }

 private:
  const Options options_;
};

}  // namespace

ActionType template_enricher_type() { return action_type<TemplateEnricher>(options()); }

}  // namespace enrichers
