// SPDX-License-Identifier: Apache-2.0
// The heartbeat of many processes over one Kafka is one heartbeat, and each of them knows where it stops.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/acceptance/alert_bodies.h"
#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

class HeartbeatOverKafka : public OverKafka {
 protected:
  std::string config(const char* prefix) {
    return config_over(shared(), prefix, {receiver_.url("/hook")}) + "heartbeat: {interval: 2s, sink: receiver}\n";
  }
  static bool says(const Tocsin& tocsin, const std::string& what) {
    return tocsin.readiness().body.find(what) != std::string::npos;
  }
  // The periods whose beat arrived; each delivery that came is one of `calls`.
  std::set<std::string> periods(std::size_t& calls) const {
    std::set<std::string> found;
    auto received = receiver_.received();
    calls = received.size();
    for (const auto& request : received) found.insert(transition_of(request)["finding"].value("starts_at", ""));
    return found;
  }

  harness::HttpReceiver receiver_;
};

TEST_F(HeartbeatOverKafka, IsOneAPeriodAndNamesTheStageThatDied) {
  Tocsin first(config("beats."), "ingest,incidents,sinks");
  Tocsin second(config("beats."), "ingest,incidents,sinks");
  Tocsin playbooks(config("beats."), "playbooks");
  ASSERT_NO_FATAL_FAILURE(start({&first, &second, &playbooks}));

  std::size_t calls = 0;
  ASSERT_TRUE(harness::eventually(patience(), [&] { return periods(calls).size() >= 4; })) << first.readiness().body;
  EXPECT_EQ(periods(calls).size(), calls) << "one beat a period";
  for (Tocsin* any : {&first, &second, &playbooks}) {
    EXPECT_TRUE(harness::eventually(patience(), [&] { return says(*any, "[+]heartbeat ok"); }))
        << any->readiness().body;
  }

  playbooks.crash();
  for (Tocsin* any : {&first, &second}) {
    EXPECT_TRUE(harness::eventually(patience(), [&] { return says(*any, "stopped at playbooks"); }))
        << any->readiness().body;
  }

  playbooks.launch();
  EXPECT_TRUE(harness::eventually(patience(), [&] { return says(first, "[+]heartbeat ok"); }))
      << first.readiness().body;
  for (Tocsin* any : {&first, &second, &playbooks}) any->stop();
  EXPECT_EQ(first.ledger()["difference"], 0) << first.ledger().dump(1);
  EXPECT_EQ(first.ledger()["sources"]["heartbeat"]["difference"], 0) << first.ledger().dump(1);
}

}  // namespace
}  // namespace acceptance
