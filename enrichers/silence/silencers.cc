// SPDX-License-Identifier: Apache-2.0
#include "enrichers/silence/silencers.h"

#include <algorithm>

#include "base/log.h"
#include "enrichers/action_type.h"

namespace enrichers {

namespace {

using base::OptionTable;

struct NameSilencerOptions {
  std::vector<std::string> names;
};

const OptionTable<NameSilencerOptions>& name_silencer_options() {
  static const auto table = [] {
    OptionTable<NameSilencerOptions> t("name_silencer", "Silences alerts by their names.");
    t.option("names", &NameSilencerOptions::names, "Names of alerts, exact.", base::kRequired);
    return t;
  }();
  return table;
}

struct SeveritySilencerOptions {
  std::string severity = "none";
};

const OptionTable<SeveritySilencerOptions>& severity_silencer_options() {
  static const auto table = [] {
    OptionTable<SeveritySilencerOptions> t("severity_silencer", "Silences alerts by their severity label.");
    t.option("severity", &SeveritySilencerOptions::severity, "The label's value, exact.");
    return t;
  }();
  return table;
}

struct SilenceAlertOptions {
  bool log_silence = false;
};

const OptionTable<SilenceAlertOptions>& silence_alert_options() {
  static const auto table = [] {
    OptionTable<SilenceAlertOptions> t("silence_alert", "Silences every alert that its playbook matches.");
    t.option("log_silence", &SilenceAlertOptions::log_silence, "Write a line to the log for each.");
    return t;
  }();
  return table;
}

class NameSilencer final : public Action {
 public:
  NameSilencer(NameSilencerOptions options, const Services&) : options_(std::move(options)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Contribution contribution;
    const auto& names = options_.names;
    if (input.event.alert && std::find(names.begin(), names.end(), input.event.alert->name()) != names.end()) {
      contribution.silenced_by = "name_silencer";
    }
    co_return contribution;
  }

 private:
  const NameSilencerOptions options_;
};

class SeveritySilencer final : public Action {
 public:
  SeveritySilencer(SeveritySilencerOptions options, const Services&) : options_(std::move(options)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Contribution contribution;
    if (input.event.alert && schemas::value_of(input.event.alert->labels, "severity") == options_.severity) {
      contribution.silenced_by = "severity_silencer";
    }
    co_return contribution;
  }

 private:
  const SeveritySilencerOptions options_;
};

class SilenceAlert final : public Action {
 public:
  SilenceAlert(SilenceAlertOptions options, const Services&) : options_(options) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (options_.log_silence) base::log::info("silence_alert: silenced", {{"event", input.event.id}});
    Contribution contribution;
    contribution.silenced_by = "silence_alert";
    co_return contribution;
  }

 private:
  const SilenceAlertOptions options_;
};

}  // namespace

ActionType name_silencer_type() { return action_type<NameSilencer>(name_silencer_options(), true); }
ActionType severity_silencer_type() { return action_type<SeveritySilencer>(severity_silencer_options(), true); }
ActionType silence_alert_type() { return action_type<SilenceAlert>(silence_alert_options(), true); }

}  // namespace enrichers
