// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/alert/alert_actions.h"

namespace enrichers {

namespace {

struct Options {};

const base::OptionTable<Options>& options() {
  static const base::OptionTable<Options> table("minimal_default_enricher",
                                                "Adds nothing: the finding has the alert's own words. With `stop: "
                                                "true` the built-in playbooks add nothing either.");
  return table;
}

class MinimalDefaultEnricher final : public Action {
 public:
  MinimalDefaultEnricher(Options, const Services&) {}
  base::Task<base::Result<Contribution>> run(const Input&) const override { co_return Contribution(); }
};

}  // namespace

ActionType minimal_default_enricher_type() { return action_type<MinimalDefaultEnricher>(options()); }

}  // namespace enrichers
