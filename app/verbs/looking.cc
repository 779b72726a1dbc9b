// SPDX-License-Identifier: Apache-2.0
#include "app/verbs/looking.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/bus_wiring.h"
#include "app/yaml_text.h"

namespace app::verbs {

namespace {

// Whether the log was sought where a process keeps only what it remembers of one on Kafka.
bool is_of_kafka(const BusSection& section, const std::string& data_dir) {
  std::error_code ignored;
  return section.type == BusType::kEmbedded &&
         std::filesystem::exists(std::filesystem::path(data_dir) / bus::kafka::kInstanceFile, ignored);
}

}  // namespace

std::string structured(const nlohmann::json& value, Output output) {
  return output == Output::kYaml ? to_yaml(value) : value.dump(2) + "\n";
}

base::Result<std::unique_ptr<bus::Archive>> open_archive(const LookArgs& args) {
  BusSection section;
  if (!args.config.empty()) {
    BOOST_OUTCOME_TRY(section, load_bus_section(args.config));
  }
  auto archive = app::open_archive(section, args.data_dir);
  if (!archive && is_of_kafka(section, args.data_dir)) {
    auto error = archive.error();
    error.message += ": it is the directory of a process with its log on Kafka; name its configuration with --config";
    return error;
  }
  return archive;
}

std::string identity_text(const schemas::IncidentIdentity& identity) {
  std::string text = identity.cluster.empty() ? "" : identity.cluster + ": ";
  if (!identity.name_space.empty()) text += identity.name_space + "/";
  text += identity.owner_kind + "/" + identity.owner_name + " " + identity.family;
  return text + " (" + short_id(identity.key) + ")";
}

}  // namespace app::verbs
