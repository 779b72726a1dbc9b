// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/conf.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "bus/kafka/client/oauth_token.h"

namespace bus::kafka {
namespace {

// Some properties and their values.
using Settings = std::initializer_list<std::pair<std::string_view, std::string>>;

std::string number(auto value) { return std::to_string(value); }

base::Result<void> set_all(Conf& conf, Settings settings) {
  for (const auto& [property, value] : settings) {
    BOOST_OUTCOME_TRY(conf.set(property, value));
  }
  return base::ok();
}

base::Result<void> set_client(Conf& conf, const ClientOptions& options, Settings preferred, Settings needed) {
  BOOST_OUTCOME_TRY(set_all(conf, {{"client.id", options.client_id},
                                   {"statistics.interval.ms", number(options.statistics_interval.count())},
                                   {"socket.keepalive.enable", "true"},
                                   // An outage of the broker is over for us at most this long after its end.
                                   {"reconnect.backoff.max.ms", "1000"},
                                   // Several clients in one process: the one line about each broker is enough.
                                   {"log.connection.close", "false"}}));
  BOOST_OUTCOME_TRY(set_all(conf, preferred));
  for (const auto& [property, value] : options.properties) {
    BOOST_OUTCOME_TRY(conf.set(property, value.reveal()));
  }
  auto oauth = options.properties.find("sasl.oauthbearer.config");
  if (oauth != options.properties.end() && token_file_of(oauth->second.reveal())) {
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf.get(), give_token);
    rd_kafka_conf_enable_sasl_queue(conf.get(), 1);  // Handle serves it.
  }
  if (!options.bootstrap_servers.empty()) {
    BOOST_OUTCOME_TRY(conf.set("bootstrap.servers", options.bootstrap_servers));
  }
  return set_all(conf, needed);
}

// The members of a group wait so long for each other when its partitions are shared out anew, and each so long for an
// answer to its request to join, should that be lost: librdkafka's 5 minutes are for programs that poll between
// handlers. A hand-over takes less than one session.
constexpr long kSessionsOfARebalance = 4;

// As the user has set the session, unless this was set too.
base::Result<void> bound_rebalance(Conf& conf, const ClientOptions& client) {
  if (client.properties.contains("max.poll.interval.ms")) return base::ok();
  std::array<char, 32> session{};
  std::size_t size = session.size();
  if (rd_kafka_conf_get(conf.get(), "session.timeout.ms", session.data(), &size) != RD_KAFKA_CONF_OK) {
    return base::permanent(base::Reason::kInternal, "Kafka property session.timeout.ms can't be read");
  }
  return conf.set("max.poll.interval.ms", number(kSessionsOfARebalance * std::strtol(session.data(), nullptr, 10)));
}

}  // namespace

void Conf::Destroy::operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }

Conf::Conf() : conf_(rd_kafka_conf_new()) {}

base::Result<void> Conf::set(std::string_view property, const std::string& value) {
  std::array<char, 512> text{};
  std::string name(property);
  if (rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), text.data(), text.size()) == RD_KAFKA_CONF_OK) {
    return base::ok();
  }
  std::string why = holds_secret(property) ? "value refused" : text.data();
  return base::permanent(base::Reason::kBadRequest, "Kafka property " + name + ": " + why);
}

base::Result<Conf> conf_of(const ProducerOptions& options) {
  Conf conf;
  BOOST_OUTCOME_TRY(set_client(conf, options.client,
                               // A record passes through several topics and would linger before each. Under load
                               // messages share requests anyway: only five of those are under way at a time.
                               {{"compression.codec", options.compression}, {"linger.ms", "0"}},
                               {{"enable.idempotence", "true"},
                                {"acks", "all"},
                                {"partitioner", "murmur2_random"},
                                {"message.timeout.ms", number(options.message_timeout.count())},
                                {"message.max.bytes", number(options.max_message_bytes)},
                                {"queue.buffering.max.messages", number(options.max_queued_messages)},
                                {"queue.buffering.max.kbytes", number((options.max_queued_bytes + 1023) / 1024)}}));
  return conf;
}

base::Result<Conf> conf_of(const GroupOptions& options) {
  Conf conf;
  BOOST_OUTCOME_TRY(set_client(conf, options.client,
                               {{"session.timeout.ms", number(options.session_timeout.count())},
                                {"heartbeat.interval.ms", number(options.heartbeat.count())},
                                {"queued.min.messages", number(options.queued_min_messages)},
                                {"queued.max.messages.kbytes", number(options.queued_max_bytes / 1024)},
                                // Waiting for a fetch that is under way delays pause and close.
                                {"fetch.wait.max.ms", "250"},
                                {"fetch.error.backoff.ms", "200"}},
                               {{"group.id", options.group},
                                {"enable.auto.commit", "false"},
                                {"enable.auto.offset.store", "false"},
                                {"auto.offset.reset", "error"},
                                {"partition.assignment.strategy", "range"}}));
  BOOST_OUTCOME_TRY(bound_rebalance(conf, options.client));
  if (!options.instance.empty()) {
    BOOST_OUTCOME_TRY(conf.set("group.instance.id", options.instance));
  }
  return conf;
}

base::Result<Conf> conf_of(const ClientOptions& options) {
  Conf conf;
  BOOST_OUTCOME_TRY(set_client(conf, options,
                               {{"queued.min.messages", "10000"},
                                {"queued.max.messages.kbytes", "8192"},
                                {"fetch.wait.max.ms", "250"},
                                {"fetch.error.backoff.ms", "200"}},
                               {{"enable.auto.commit", "false"},
                                {"enable.auto.offset.store", "false"},
                                {"enable.partition.eof", "true"},
                                {"auto.offset.reset", "earliest"}}));
  return conf;
}

}  // namespace bus::kafka
