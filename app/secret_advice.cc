// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "app/advice.h"
#include "app/components.h"
#include "app/config.h"
#include "base/options/option_set.h"

namespace app {

namespace {

using base::OptionSet;
using base::OptionSpec;
using base::yaml::Node;

std::string lower(std::string_view text) {
  std::string copy(text);
  std::ranges::transform(copy, copy.begin(), [](unsigned char c) { return std::tolower(c); });
  return copy;
}

// Options may hold a URL as a secret. One without a user and without a query tells nobody anything, unless it is the
// hook of a chat, whose path is its token.
bool is_harmless(std::string_view value) {
  bool is_url = value.starts_with("http://") || value.starts_with("https://");
  return value.empty() ||
         (is_url && value.find_first_of("@?") == std::string_view::npos &&
          value.find("://hooks.") == std::string_view::npos && value.find("webhook") == std::string_view::npos);
}

bool is_secret_header(std::string_view name) {
  constexpr std::array<std::string_view, 5> kWords = {"authorization", "cookie", "token", "secret", "api-key"};
  std::string plain = lower(name);
  return std::ranges::any_of(kWords, [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

void advise_value(const OptionSpec& spec, const Node& value, base::yaml::Problems& problems) {
  bool is_secret = !spec.file_key.empty();
  if (is_secret && value.is_scalar() && !value.from_environment && !is_harmless(value.scalar)) {
    problems.warning(value.mark,
                     fmt::format("'{}' is a secret in plain text: name a file with '{}', or a variable with "
                                 "{{{{ env.NAME }}}}",
                                 spec.key, spec.file_key));
  }
  if (spec.type != "mapping of text") return;
  for (const Node::Entry& header : value.entries) {
    if (header.value.from_environment || !is_secret_header(header.key)) continue;
    problems.warning(header.value.mark, fmt::format("'{}' in {} is a secret in plain text: name a variable with "
                                                    "{{{{ env.NAME }}}}",
                                                    header.key, spec.key));
  }
}

void advise_options(const OptionSet& set, const Node& mapping, base::yaml::Problems& problems) {
  for (const OptionSpec& spec : set.specs()) {
    const Node* value = mapping.find(spec.key);
    if (value == nullptr) continue;
    advise_value(spec, *value, problems);
    if (spec.nested == nullptr) continue;
    advise_options(*spec.nested, *value, problems);
    for (const Node& item : value->items) advise_options(*spec.nested, item, problems);
  }
}

// Items that have one key: the name of a component. `types` finds the options of it.
template <class Types>
void advise_components(const std::vector<Node>& list, const Types& types, base::yaml::Problems& problems) {
  for (const Node& item : list) {
    for (const Node::Entry& entry : item.entries) {
      if (const auto* type = types.find(entry.key)) advise_options(*type->options, entry.value, problems);
    }
  }
}

// globalConfig gives values to actions that don't have them.
void advise_global(const Node& global, base::yaml::Problems& problems) {
  const auto& actions = components().actions;
  for (const std::string& name : actions.names()) advise_options(*actions.find(name)->options, global, problems);
}

}  // namespace

void advise_secrets(const Node& root, base::yaml::Problems& problems) {
  advise_components(list_under(root, {"sinksConfig", "sinks_config"}), components().sinks, problems);
  for (const Node& playbook : list_under(root, {"active_playbooks", "customPlaybooks"})) {
    advise_components(list_under(playbook, {"actions"}), components().actions, problems);
    advise_components(list_under(playbook, {"triggers"}), components().triggers, problems);
  }
  for (const char* name : {"globalConfig", "global_config"}) {
    if (const Node* global = root.find(name)) advise_global(*global, problems);
  }
  for (const OptionSet* set : top_level_option_sets()) {
    if (const Node* section = root.find(set->name())) advise_options(*set, *section, problems);
  }
}

}  // namespace app
