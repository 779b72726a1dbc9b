// SPDX-License-Identifier: Apache-2.0
#include "app/advice.h"

namespace app {

void advise(const base::yaml::Node& root, base::yaml::Problems& problems) {
  advise_playbooks(root, problems);
  advise_prometheus(root, problems);
  advise_sinks(root, problems);
  advise_secrets(root, problems);
}

const std::vector<base::yaml::Node>& list_under(const base::yaml::Node& root,
                                                std::initializer_list<std::string_view> names) {
  static const std::vector<base::yaml::Node> kNone;
  for (std::string_view name : names) {
    if (const base::yaml::Node* list = root.find(name)) return list->items;
  }
  return kNone;
}

}  // namespace app
