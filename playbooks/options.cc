// SPDX-License-Identifier: Apache-2.0
#include "playbooks/options.h"

namespace playbooks {

const base::OptionTable<PlaybooksOptions>& playbooks_options() {
  using Options = PlaybooksOptions;
  static const auto table = [] {
    base::OptionTable<Options> t("playbooks", "How events become findings.");
    t.option("dedup_window", &Options::dedup_window,
             "An event that comes again within this time is the same event: a retry, or the other one of a pair of "
             "Alertmanagers.",
             {.at_least = 0});
    t.option("action_deadline", &Options::action_deadline, "How long a finding waits for one action.",
             {.at_least = 0.1, .at_most = 600});
    t.option("event_deadline", &Options::event_deadline,
             "How long it waits for all actions of its event together. It goes out then, saying what is missing.",
             {.at_least = 0.1, .at_most = 600});
    t.option("late_deadline", &Options::late_deadline,
             "How long after that evidence is still awaited: it follows as an update. 0: it is not.",
             {.at_least = 0, .at_most = 600});
    t.option("forget_after", &Options::forget_after,
             "How long a firing alert is remembered when nothing is heard of it.", {.at_least = 3600});
    return t;
  }();
  return table;
}

const base::OptionTable<PlaybookOptions>& playbook_options() {
  using Options = PlaybookOptions;
  static const auto table = [] {
    base::OptionTable<Options> t("playbook", "When one of the triggers fires, the actions run.");
    t.option("name", &Options::name, "What it is called by explain, metrics and disabledPlaybooks.");
    t.option("triggers", &Options::triggers, "A list of triggers: any of them fires the playbook.", base::kRequired);
    t.option("actions", &Options::actions, "A list of actions, in the order in which they add to the finding.",
             base::kRequired);
    t.option("sinks", &Options::sinks, "Names of the sinks that get the finding, instead of the default ones.");
    t.option("stop", &Options::stop, "Later playbooks don't see an event that this one matches.");
    t.option("rate_limit", &Options::rate_limit,
             "At most one success in this time for the same subject. A failure or a resolved alert gives it back.",
             {.at_least = 0});
    return t;
  }();
  return table;
}

}  // namespace playbooks
