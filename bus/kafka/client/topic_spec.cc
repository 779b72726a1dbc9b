// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/topic_spec.h"

#include <charconv>
#include <limits>
#include <set>
#include <sstream>

#include "base/time.h"

namespace bus::kafka {
namespace {

// Configs where more than wanted is fine: -1 is no limit.
struct AtLeast {
  std::string_view config;
  std::string_view what;  // "keeps records for", "takes batches of up to"
  bool is_time;
};
constexpr AtLeast kAtLeast[] = {
    {"retention.ms", "keeps records for", true},
    {"retention.bytes", "keeps in a partition", false},
    {"delete.retention.ms", "keeps deletions for", true},
    {"max.message.bytes", "takes batches of up to", false},
};

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number < 0 ? std::numeric_limits<std::int64_t>::max() : number;
}

std::string in_words(const std::string& text, bool is_time) {
  if (number_of(text) == std::numeric_limits<std::int64_t>::max()) return "unlimited";
  if (is_time && number_of(text) < std::numeric_limits<std::int64_t>::max() / 1'000'000) {
    return base::to_string(std::chrono::milliseconds(number_of(text)));
  }
  return text + (is_time ? " ms" : " bytes");
}

std::set<std::string> parts_of(const std::string& list) {
  std::set<std::string> parts;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) parts.insert(part);
  return parts;
}

// What is said of one config, or nothing.
std::string difference(const std::string& config, const std::string& wanted, const std::string& found) {
  for (const AtLeast& limit : kAtLeast) {
    if (limit.config != config) continue;
    if (number_of(found) >= number_of(wanted)) return {};
    return std::string(limit.what) + " " + in_words(found, limit.is_time) + ", wanted " +
           in_words(wanted, limit.is_time) + " (" + config + "=" + wanted + ")";
  }
  if (found == wanted || parts_of(found) == parts_of(wanted)) return {};
  return "has " + config + "=" + found + ", wanted " + config + "=" + wanted;
}

}  // namespace

std::vector<std::string> differences(const TopicSpec& wanted, const TopicState& found) {
  std::vector<std::string> all;
  auto add = [&](const std::string& what) { all.push_back("topic " + wanted.name + " " + what); };
  if (wanted.partitions > 0 && found.partitions != wanted.partitions) {
    add("has " + std::to_string(found.partitions) + " partitions, wanted " + std::to_string(wanted.partitions));
  }
  if (wanted.replication > 0 && found.replication < wanted.replication) {
    add("has " + std::to_string(found.replication) + " copies of each partition, wanted " +
        std::to_string(wanted.replication));
  }
  if (!found.configs) return all;
  for (const auto& [config, value] : wanted.configs) {
    auto has = found.configs->find(config);
    std::string what = has == found.configs->end() ? "" : difference(config, value, has->second);
    if (!what.empty()) add(what);
  }
  return all;
}

}  // namespace bus::kafka
