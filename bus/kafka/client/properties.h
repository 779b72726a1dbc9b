// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace bus::kafka {

// librdkafka's own properties as a user writes them (`bus.kafka.properties`). Any value may be a password, so that all
// are secrets: nothing here prints one.
// https://github.com/confluentinc/librdkafka/blob/v2.0.2/CONFIGURATION.md
using Properties = std::map<std::string, base::Secret>;

// What is wrong with one property.
struct PropertyProblem {
  std::string name;
  std::string text;  // One line, for people; without values of properties that hold secrets.
};

// Unknown names (with the nearest known one), values that librdkafka refuses, and names that tocsin sets itself because
// its guarantees need them, with the reason. All problems at once. Opens no connection and reads no file.
std::vector<PropertyProblem> check_properties(const Properties& properties);

// Whether the properties fit together: files are there, credentials complete, the mechanism compiled in. Makes a client
// without telling it a broker: contacts nobody. Blocks for some milliseconds and reads the files that are named.
base::Result<void> check_properties_together(const Properties& properties);

// What is allowed and may fail all the same with the librdkafka that runs (`version` as rd_kafka_version() has it).
std::vector<PropertyProblem> doubt_properties(const Properties& properties, int version);
std::vector<PropertyProblem> doubt_properties(const Properties& properties);

// Whether a property's value must not be shown.
bool holds_secret(std::string_view property);

}  // namespace bus::kafka
