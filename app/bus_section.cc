// SPDX-License-Identifier: Apache-2.0
#include "app/bus_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "app/config_file.h"
#include "base/readable_file.h"
#include "base/secret_file.h"
#include "base/yaml/parse.h"
#include "bus/kafka/client/named_files.h"

namespace app {

namespace {

using base::OptionTable;
using base::yaml::Mark;
using base::yaml::Node;
using base::yaml::Problem;
using base::yaml::Problems;

constexpr std::string_view kFileSuffix = "_file";
// Kafka's names: https://kafka.apache.org/documentation/#basic_ops_add_topic. A name has at most 249 bytes; the longest
// behind the prefix is "changelog.sink." with the name of a sink, 64 bytes.
constexpr std::string_view kNameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
constexpr std::size_t kLongestPrefix = 100;

Mark mark_of(const Node& section, std::string_view key) {
  const Node* node = section.find(key);
  return node != nullptr ? node->mark : section.mark;
}

// "host:port", "[::1]:9092", "SASL_SSL://host:port" or "host": what librdkafka takes.
bool is_broker(std::string_view text) {
  if (auto scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  if (text.empty() || text.find_first_of(" \t/") != std::string_view::npos) return false;
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return true;
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  return colon > 0 && parsed.ec == std::errc() && parsed.ptr == end && port > 0;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

// One broker an element, whether written as a list or with commas.
void read_brokers(const Node& section, KafkaSection& kafka, Problems& problems) {
  std::vector<std::string> brokers;
  for (const std::string& written : kafka.bootstrap_servers) {
    for (std::string& broker : split(written)) {
      if (is_broker(broker)) {
        brokers.push_back(std::move(broker));
        continue;
      }
      problems.error(mark_of(section, "bootstrap_servers"), fmt::format("'{}' is not HOST:PORT of a broker", broker));
    }
  }
  kafka.bootstrap_servers = std::move(brokers);
}

void check_name(const Node& section, const char* key, const std::string& name, Problems& problems) {
  if (name.find_first_not_of(kNameBytes) != std::string::npos) {
    problems.error(mark_of(section, key),
                   fmt::format("'{}' in kafka may have letters, digits, '.', '_' and '-', as Kafka's names", key));
  }
  if (name.size() > kLongestPrefix) {
    problems.error(mark_of(section, key), fmt::format("'{}' in kafka may have {} bytes at most", key, kLongestPrefix));
  }
}

// The property that an entry sets: "sasl.password_file" sets "sasl.password", with what is in the file. No name of
// librdkafka's ends like that.
std::string property_of(const std::string& key) {
  return key.ends_with(kFileSuffix) ? key.substr(0, key.size() - kFileSuffix.size()) : key;
}

// False if its value is in a file that can't be read here.
bool read_property(const Node::Entry& entry, bus::kafka::Properties& properties, Problems& problems) {
  std::string name = property_of(entry.key);
  base::Secret value;
  bool good = name == entry.key ? base::options::read_value(entry.value, value, problems)
                                : base::options::read_secret_file(entry.value, value, problems);
  if (!good) return !is_given(value);
  if (!properties.emplace(name, std::move(value)).second) {
    problems.error(entry.key_mark,
                   fmt::format("'{}' and '{}{}' in properties exclude each other", name, name, kFileSuffix));
  }
  return true;
}

const Node::Entry* entry_of(const Node& written, const std::string& property) {
  auto entry = std::find_if(written.entries.begin(), written.entries.end(),
                            [&](const auto& candidate) { return property_of(candidate.key) == property; });
  return entry == written.entries.end() ? nullptr : &*entry;
}

// False if a file that a property names can't be read here.
bool check_files(const Node& written, const bus::kafka::Properties& properties, Problems& problems) {
  bool are_there = true;
  for (const auto& file : bus::kafka::named_files(properties)) {
    auto readable = base::check_readable(file.path);
    if (readable) continue;
    are_there = false;
    const Node::Entry* entry = entry_of(written, file.property);
    problems.no_file(
        entry == nullptr ? written.mark : entry->value.mark,
        fmt::format("property '{}': can't read '{}': {}", file.property, file.path, readable.error().message));
  }
  return are_there;
}

void read_properties(KafkaSection& kafka, Problems& problems) {
  const Node& written = kafka.written_properties;
  if (written.is_null()) return;
  if (!written.is_mapping()) {
    problems.error(written.mark, "'properties' in kafka must be a mapping of librdkafka's names to values");
    return;
  }
  bool is_complete = true;
  for (const auto& entry : written.entries) {
    is_complete = read_property(entry, kafka.properties, problems) && is_complete;
  }
  auto found = bus::kafka::check_properties(kafka.properties);
  for (const auto& problem : found) {
    const Node::Entry* entry = entry_of(written, problem.name);
    bool is_named = problem.text.find("property " + problem.name) != std::string::npos;
    problems.error(entry == nullptr ? written.mark : entry->key_mark,
                   is_named ? problem.text : fmt::format("property '{}': {}", problem.name, problem.text));
  }
  for (const auto& doubt : bus::kafka::doubt_properties(kafka.properties)) {
    const Node::Entry* entry = entry_of(written, doubt.name);
    problems.warning(entry == nullptr ? written.mark : entry->key_mark,
                     fmt::format("property '{}': {}", doubt.name, doubt.text));
  }
  is_complete = check_files(written, kafka.properties, problems) && is_complete;
  // Without all that the files hold it can't be said whether the properties fit together.
  if (problems.has_errors() || !is_complete) return;
  if (auto together = bus::kafka::check_properties_together(kafka.properties); !together) {
    problems.error(written.mark, together.error().message);
  }
}

void check_spool(const Node& section, const KafkaSection& kafka, Problems& problems) {
  if (!kafka.spool.empty() || section.find("spool_max_bytes") == nullptr) return;
  problems.warning(mark_of(section, "spool_max_bytes"), "'spool_max_bytes' in kafka has no effect without 'spool'");
}

// Everything but the properties, which can't be compared as they are: one secret is like another.
auto plain(const KafkaSection& kafka) {
  return std::tie(kafka.bootstrap_servers, kafka.topic_prefix, kafka.partitions, kafka.replication, kafka.retention,
                  kafka.dead_letter_retention, kafka.compression, kafka.instance, kafka.spool, kafka.spool_max_bytes);
}

bool same_kafka(const KafkaSection& a, const KafkaSection& b) {
  return plain(a) == plain(b) && std::equal(a.properties.begin(), a.properties.end(), b.properties.begin(),
                                            b.properties.end(), [](const auto& x, const auto& y) {
                                              return x.first == y.first && x.second.reveal() == y.second.reveal();
                                            });
}

bool is_error(const Problem& problem) { return problem.kind == Problem::Kind::kError; }

// Whether a mark lies between a top-level entry and the one after it.
bool is_within(Mark mark, const Node::Entry& section, const Node& root) {
  if (mark < section.key_mark) return false;
  return std::none_of(root.entries.begin(), root.entries.end(),
                      [&](const auto& other) { return section.key_mark < other.key_mark && other.key_mark <= mark; });
}

base::Error refused(const std::vector<Problem>& problems, const std::string& path) {
  std::string lines;
  for (const auto& problem : problems) {
    if (is_error(problem)) lines += (lines.empty() ? "" : "\n") + base::yaml::to_string(problem, path);
  }
  return base::permanent(base::Reason::kBadRequest, lines);
}

}  // namespace

const OptionTable<RetentionSection>& retention_options() {
  static const auto table = [] {
    OptionTable<RetentionSection> t("retention", "How long the embedded log keeps what every stage is done with.");
    t.option("age", &RetentionSection::age, "Older records are deleted.", {.at_least = 60});
    t.option("bytes", &RetentionSection::bytes, "Over this size the oldest records are deleted.",
             {.at_least = 16.0 * 1024 * 1024});
    t.option("dead_letters", &RetentionSection::dead_letters, "Older dead letters are deleted.", {.at_least = 60});
    return t;
  }();
  return table;
}

const OptionTable<KafkaSection>& kafka_options() {
  static const auto table = [] {
    using K = KafkaSection;
    OptionTable<K> t("kafka", "The Kafka cluster that keeps the log when `bus.type` is `kafka`; see docs/kafka.md.");
    t.option("bootstrap_servers", &K::bootstrap_servers,
             "HOST:PORT of any of the cluster's brokers, as a list or with commas.", base::kRequired);
    t.option("topic_prefix", &K::topic_prefix,
             "In front of the names of all topics and groups: installations that differ in it share a cluster.");
    t.option("partitions", &K::partitions,
             "Of topics that are made. At most so many processes share the work of a stage. A topic that exists is "
             "never altered.",
             {.at_least = 1, .at_most = 1000});
    t.option("replication", &K::replication, "Copies of topics that are made; -1 is the brokers' own default.",
             {.at_least = -1, .at_most = 100});
    t.option("retention", &K::retention, "How long topics that are made keep records.", {.at_least = 60});
    t.option("dead_letter_retention", &K::dead_letter_retention, "How long dead letters are kept.", {.at_least = 60});
    t.choice(
        "compression", &K::compression,
        "How records are compressed on their way and in the topics. `zstd` takes less room, and twice the processor "
        "time for a record, here and in the brokers.",
        {{"lz4", KafkaCompression::kLz4},
         {"zstd", KafkaCompression::kZstd},
         {"gzip", KafkaCompression::kGzip},
         {"snappy", KafkaCompression::kSnappy},
         {"none", KafkaCompression::kNone}});
    t.option("instance", &K::instance,
             "Who this process is among its replicas: different in each, the same after a restart, such as a pod of a "
             "StatefulSet. Empty: a random name, kept in the data directory.");
    t.option("spool", &K::spool,
             "A directory on a disk that outlives the process, where intake is kept while no broker answers. Empty: "
             "intake answers 503 then.");
    t.option("spool_max_bytes", &K::spool_max_bytes, "Beyond this size of the spool intake answers 503.",
             {.at_least = 16.0 * 1024 * 1024});
    t.option("properties", &K::written_properties,
             "Any of librdkafka's properties, by its own name: security, addresses, tuning. `NAME_file` reads the "
             "value from a file. Those that the guarantees need are refused.");
    return t;
  }();
  return table;
}

const OptionTable<BusSection>& bus_options() {
  static const auto table = [] {
    OptionTable<BusSection> t("bus", "The durable log between the stages. A change needs a restart.");
    t.choice("type", &BusSection::type,
             "What keeps the log: `embedded` is a file in the data directory of one process, `kafka` a cluster that "
             "many processes share.",
             {{"embedded", BusType::kEmbedded}, {"kafka", BusType::kKafka}});
    t.nested("retention", &BusSection::retention, retention_options(), "How long the embedded log keeps records.");
    t.nested("kafka", &BusSection::kafka, kafka_options(), "Which Kafka.");
    return t;
  }();
  return table;
}

bool operator==(const BusSection& a, const BusSection& b) {
  if (a.type != b.type) return false;
  if (a.type == BusType::kEmbedded) return a.retention == b.retention;
  return a.kafka && b.kafka && same_kafka(*a.kafka, *b.kafka);
}

BusSection read_bus_section(const Node& node, Problems& problems) {
  BusSection bus = bus_options().read(node, problems);
  const Node* kafka = node.is_mapping() ? node.find("kafka") : nullptr;
  if (bus.kafka && kafka != nullptr && kafka->is_mapping()) {
    read_brokers(*kafka, *bus.kafka, problems);
    check_name(*kafka, "topic_prefix", bus.kafka->topic_prefix, problems);
    check_name(*kafka, "instance", bus.kafka->instance, problems);
    check_spool(*kafka, *bus.kafka, problems);
    read_properties(*bus.kafka, problems);
  }
  if (bus.type == BusType::kKafka && !bus.kafka) {
    problems.error(mark_of(node, "type"), "'type' is kafka: 'kafka' with its 'bootstrap_servers' is missing in bus");
  }
  if (bus.type == BusType::kEmbedded && bus.kafka) {
    problems.warning(mark_of(node, "kafka"), "'kafka' in bus has no effect while 'type' is embedded");
  }
  if (bus.type == BusType::kKafka && node.find("retention") != nullptr) {
    problems.warning(mark_of(node, "retention"),
                     "'retention' in bus is of the embedded log; topics: 'kafka.retention'");
  }
  return bus;
}

base::Result<BusSection> load_bus_section(const std::string& path) {
  auto text = read_config_file(path);
  if (!text) return text.error().in(path);
  Problems of_file;
  Node root = base::yaml::parse(text.value(), base::yaml::process_environment(), of_file);
  if (of_file.has_errors() && !root.is_mapping()) return refused(of_file.sorted(), path);
  auto found = std::find_if(root.entries.begin(), root.entries.end(), [](const auto& e) { return e.key == "bus"; });
  if (found == root.entries.end()) return BusSection{};
  Problems of_section;
  BusSection bus = read_bus_section(found->value, of_section);
  auto problems = of_section.sorted();
  for (auto& problem : of_file.sorted()) {
    if (is_within(problem.mark, *found, root)) problems.push_back(std::move(problem));
  }
  if (std::none_of(problems.begin(), problems.end(), is_error)) return bus;
  return refused(problems, path);
}

}  // namespace app
