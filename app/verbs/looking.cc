// SPDX-License-Identifier: Apache-2.0
#include "app/verbs/looking.h"

#include <nlohmann/json.hpp>

#include "app/bus_wiring.h"
#include "app/yaml_text.h"

namespace app::verbs {

std::string structured(const nlohmann::json& value, Output output) {
  return output == Output::kYaml ? to_yaml(value) : value.dump(2) + "\n";
}

base::Result<std::unique_ptr<bus::Archive>> open_archive(const LookArgs& args) {
  BusSection section;
  if (!args.config.empty()) {
    BOOST_OUTCOME_TRY(section, load_bus_section(args.config));
  }
  return app::open_archive(section, args.data_dir);
}

std::string identity_text(const schemas::IncidentIdentity& identity) {
  std::string text = identity.cluster.empty() ? "" : identity.cluster + ": ";
  if (!identity.name_space.empty()) text += identity.name_space + "/";
  text += identity.owner_kind + "/" + identity.owner_name + " " + identity.family;
  return text + " (" + short_id(identity.key) + ")";
}

}  // namespace app::verbs
