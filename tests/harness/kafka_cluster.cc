// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/kafka_cluster.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/harness/eventually.h"
#include "tests/harness/socket.h"

namespace harness {
namespace {

using std::chrono::seconds;

constexpr seconds kFetchLimit{600};  // 54 MB from Maven Central, on a slow line.
constexpr seconds kStartLimit{180};  // 4 s on a quiet machine, 12 s for three nodes.
constexpr seconds kAnswerLimit{2};
constexpr seconds kToolLimit{60};

// ApiVersions, version 0, without a client id: https://kafka.apache.org/protocol#The_Messages_ApiVersions
constexpr std::string_view kApiVersions{"\0\0\0\012\0\022\0\0\0\0\0\001\377\377", 14};

std::string last_of(const std::string& text) {
  auto end = text.find_last_not_of('\n');
  auto begin = text.rfind('\n', end);
  return end == std::string::npos ? text : text.substr(begin + 1, end - begin);
}

Finished prepare(const std::string& dir, std::size_t nodes, const std::vector<std::string>& properties,
                 const std::vector<std::string>& listeners) {
  std::vector<std::string> argv{KAFKA_RUN_SH, "prepare", "--data", dir, "--nodes", std::to_string(nodes)};
  for (const std::string& property : properties) argv.insert(argv.end(), {"--property", property});
  for (const std::string& listener : listeners) argv.insert(argv.end(), {"--listener", listener});
  return run(std::move(argv), kStartLimit);
}

}  // namespace

std::string KafkaCluster::what_is_missing() {
  static const std::string missing = [] {
    Finished fetched = run({KAFKA_RUN_SH, "fetch"}, kFetchLimit);
    return fetched.exit.is_success() ? "" : last_of(fetched.err);
  }();
  return missing;
}

KafkaCluster::KafkaCluster(std::size_t nodes, const std::vector<std::string>& properties,
                           const std::vector<std::string>& listeners) {
  Finished prepared = prepare(dir_.path(), nodes, properties, listeners);
  if (!prepared.exit.is_success()) throw std::runtime_error("Kafka can't be prepared: " + prepared.err);
  bootstrap_servers_ = last_of(prepared.out);
  std::istringstream servers(bootstrap_servers_);
  for (std::string server; std::getline(servers, server, ',');) {
    ports_.push_back(static_cast<std::uint16_t>(std::stoi(server.substr(server.rfind(':') + 1))));
  }
  nodes_.resize(ports_.size());
  for (std::size_t node = 0; node < size(); ++node) launch(node);
  for (std::size_t node = 0; node < size(); ++node) {
    if (!await_answer(node)) throw std::runtime_error("Kafka does not answer: " + log(node));
  }
}

KafkaCluster::~KafkaCluster() = default;

std::string KafkaCluster::listener(const std::string& name) const {
  std::ifstream file(dir_.path() + "/listener-" + name);
  std::string servers;
  std::getline(file, servers);
  return servers;
}

bool KafkaCluster::answers(std::size_t node) const {
  Socket socket = connect_to(ports_[node]);
  char answer[8];
  return socket.is_open() && socket.send_all(kApiVersions) &&
         socket.read_some(answer, sizeof answer, kAnswerLimit) == sizeof answer;
}

std::string KafkaCluster::log(std::size_t node) const { return nodes_[node]->output(); }

void KafkaCluster::kill(std::size_t node) { nodes_[node]->kill(); }
void KafkaCluster::pause(std::size_t node) { nodes_[node]->signal(SIGSTOP); }
void KafkaCluster::resume(std::size_t node) { nodes_[node]->signal(SIGCONT); }

std::uintmax_t KafkaCluster::lose_end(std::size_t node, const std::string& topic) {
  std::uintmax_t lost = 0;
  std::string data = dir_.path() + "/node-" + std::to_string(node + 1) + "/data";
  for (const auto& partition : std::filesystem::directory_iterator(data)) {
    if (!partition.path().filename().string().starts_with(topic + "-")) continue;
    for (const auto& file : std::filesystem::directory_iterator(partition)) {
      if (file.path().extension() != ".log") continue;
      auto kept = file.file_size() / 2;
      lost += file.file_size() - kept;
      std::filesystem::resize_file(file, kept);
    }
  }
  return lost;
}

bool KafkaCluster::start(std::size_t node) {
  launch(node);
  return await_answer(node);
}

Finished KafkaCluster::tool(const std::string& java_class, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {KAFKA_RUN_SH, "tool", java_class, "--bootstrap-server", bootstrap_servers_});
  return run(std::move(arguments), kToolLimit);
}

void KafkaCluster::launch(std::size_t node) {
  std::string number = std::to_string(node + 1);
  nodes_[node] = std::make_unique<Process>(std::vector<std::string>{KAFKA_RUN_SH, "node", dir_.path(), number},
                                           dir_.path() + "/node-" + number + "/log");
}

bool KafkaCluster::await_answer(std::size_t node) const {
  return eventually(kStartLimit, [&] { return answers(node) || nodes_[node]->exit(); }) && answers(node);
}

}  // namespace harness
