// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/properties.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/yaml/problems.h"
#include "bus/kafka/client/conf.h"
#include "bus/kafka/client/handle.h"
#include "bus/kafka/client/oauth_token.h"

namespace bus::kafka {
namespace {

// A property that a user must leave to tocsin, and why.
struct Reserved {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kBootstrap = "write bus.kafka.bootstrap_servers instead";
constexpr std::string_view kGroups = "tocsin names its groups and their members";
constexpr std::string_view kAcks = "an accepted record must be on all in-sync replicas, once: acks=all and idempotence";
constexpr std::string_view kCommits = "positions are committed when the work is done, not when a record was read";
constexpr std::string_view kPartitions = "records with one key must meet their state in one partition";
constexpr std::string_view kOwn = "tocsin sets it itself";

constexpr Reserved kReserved[] = {
    {"bootstrap.servers", kBootstrap},
    {"metadata.broker.list", kBootstrap},
    {"group.id", kGroups},
    {"group.instance.id", kGroups},
    {"group.protocol.type", kGroups},
    {"enable.idempotence", kAcks},
    {"acks", kAcks},
    {"request.required.acks", kAcks},
    {"max.in.flight", kAcks},
    {"max.in.flight.requests.per.connection", kAcks},
    {"message.send.max.retries", kAcks},
    {"retries", kAcks},
    {"queuing.strategy", kAcks},
    {"enable.gapless.guarantee", "one record that can't be sent would end the producer"},
    {"delivery.report.only.error", "tocsin waits for the report of every record"},
    {"transactional.id", "tocsin does without Kafka transactions"},
    {"enable.auto.commit", kCommits},
    {"auto.commit.enable", kCommits},
    {"auto.commit.interval.ms", kCommits},
    {"enable.auto.offset.store", kCommits},
    {"offset.store.method", kCommits},
    {"auto.offset.reset", "a new stage begins where tocsin says"},
    {"enable.partition.eof", kOwn},
    {"partition.assignment.strategy", kPartitions},
    {"partitioner", kPartitions},
    {"message.timeout.ms", "intake must answer and stages must wait: tocsin sets each"},
    {"delivery.timeout.ms", "intake must answer and stages must wait: tocsin sets each"},
    {"message.max.bytes", "tocsin splits records that are larger than a message may be"},
    {"queue.buffering.max.messages", kOwn},
    {"queue.buffering.max.kbytes", kOwn},
    {"statistics.interval.ms", "tocsin shows them, and notices by them that brokers are back"},
    {"log.queue", kOwn},
    {"plugin.library.paths", "it loads code into the process"},
};

// Names of properties, as this build of librdkafka knows them, those that only code can set left out.
const std::vector<std::string>& known_properties() {
  static const std::vector<std::string> names = [] {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = open_memstream(&text, &size);
    rd_kafka_conf_properties_show(out);
    std::fclose(out);
    std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
    std::vector<std::string> found;
    std::string_view rest(text, size);
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      std::string_view name = line.substr(0, line.find(' '));
      bool is_row = line.find('|') != std::string_view::npos && name.find_first_of("|-#") == std::string_view::npos;
      bool for_code = line.find("see dedicated API") != std::string_view::npos;
      if (is_row && !for_code && name != "Property") found.emplace_back(name);
    }
    return found;
  }();
  return names;
}

std::optional<std::string> problem_with(const std::string& name, const base::Secret& value) {
  for (const Reserved& reserved : kReserved) {
    if (reserved.name == name) return "can't be set: " + std::string(reserved.why);
  }
  if (name.starts_with("test.")) return "can't be set: it is for tests of librdkafka";
  if (std::ranges::find(known_properties(), name) == known_properties().end()) {
    std::string hint = base::yaml::suggest(name, known_properties());
    return "librdkafka has no such property" + (hint.empty() ? "" : ": " + hint);
  }
  Conf conf;
  auto set = conf.set(name, value.reveal());
  if (set) return std::nullopt;
  return set.error().message;
}

// What a property says, under either of its names; empty if it is not there.
std::string_view value_of(const Properties& properties, const char* name, const char* other = nullptr) {
  auto found = properties.find(name);
  if (found == properties.end() && other != nullptr) found = properties.find(other);
  return found == properties.end() ? std::string_view() : found->second.reveal();
}

// librdkafka takes OAUTHBEARER without any source of tokens, and then waits for one.
base::Result<void> check_token(const Properties& properties) {
  if (value_of(properties, "sasl.mechanism", "sasl.mechanisms") != "OAUTHBEARER") return base::ok();
  if (auto file = token_file_of(value_of(properties, "sasl.oauthbearer.config"))) {
    BOOST_OUTCOME_TRY(read_oauth_token(*file));
    return base::ok();
  }
  if (value_of(properties, "enable.sasl.oauthbearer.unsecure.jwt") == "true") return base::ok();
  if (value_of(properties, "sasl.oauthbearer.method") == "oidc") return base::ok();
  return base::permanent(base::Reason::kBadRequest,
                         "OAUTHBEARER needs a token: write sasl.oauthbearer.config: token_file=PATH");
}

}  // namespace

bool holds_secret(std::string_view property) {
  for (std::string_view part : {"password", "secret", ".key.pem", "sasl.oauthbearer.config", "kinit.cmd"}) {
    if (property.find(part) != std::string_view::npos) return true;
  }
  return false;
}

std::vector<PropertyProblem> check_properties(const Properties& properties) {
  std::vector<PropertyProblem> problems;
  for (const auto& [name, value] : properties) {
    if (auto problem = problem_with(name, value)) problems.push_back({name, std::move(*problem)});
  }
  return problems;
}

// SCRAM repeats the client's nonce before librdkafka 2.6.1, which brokers refuse since CVE-2024-56128 was mended:
// https://github.com/confluentinc/librdkafka/blob/v2.6.1/CHANGELOG.md, https://kafka.apache.org/cve-list
std::vector<PropertyProblem> doubt_properties(const Properties& properties, int version) {
  constexpr int kScramMended = 0x020601ff;
  std::vector<PropertyProblem> doubts;
  if (version >= kScramMended) return doubts;
  for (const char* name : {"sasl.mechanism", "sasl.mechanisms"}) {
    if (!value_of(properties, name).starts_with("SCRAM-")) continue;
    doubts.push_back({name, std::string("librdkafka ") + rd_kafka_version_str() +
                                " can't log in to Kafka 3.7.2, 3.8.1, 3.9 and later by SCRAM, whatever the "
                                "password: use PLAIN or a client's certificate there, or librdkafka 2.6.1 or later"});
  }
  return doubts;
}

std::vector<PropertyProblem> doubt_properties(const Properties& properties) {
  return doubt_properties(properties, rd_kafka_version());
}

base::Result<void> check_properties_together(const Properties& properties) {
  BOOST_OUTCOME_TRY(check_token(properties));
  ClientOptions client;
  client.properties = properties;
  client.statistics_interval = {};
  BOOST_OUTCOME_TRY(auto producer, conf_of(stage_producer(client)));
  BOOST_OUTCOME_TRY(Handle::try_out(Handle::Kind::kProducer, std::move(producer)));
  BOOST_OUTCOME_TRY(auto member, conf_of(GroupOptions{.client = client, .group = "check", .instance = "check"}));
  return Handle::try_out(Handle::Kind::kConsumer, std::move(member));
}

}  // namespace bus::kafka
