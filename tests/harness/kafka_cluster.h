// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/harness/process.h"
#include "tests/harness/temp_dir.h"

namespace harness {

// A real Kafka on 127.0.0.1 (deploy/dev/kafka/run.sh), with its data in a directory of its own. It ends with its owner;
// the thread that makes it, or starts a node, must outlive it (see Process). Nodes count from 0.
class KafkaCluster {
 public:
  // Why there can be none on this machine; empty if there can. The first call on a machine fetches Kafka.
  static std::string what_is_missing();

  // Starts `nodes` brokers and waits until all answer. Throws std::runtime_error, with their logs, if they do not.
  // Properties are the broker's, NAME=VALUE; listeners those that each has besides the one without encryption,
  // NAME=PROTOCOL.
  explicit KafkaCluster(std::size_t nodes = 1, const std::vector<std::string>& properties = {},
                        const std::vector<std::string>& listeners = {});
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  std::size_t size() const { return ports_.size(); }
  // HOST:PORT of every node, with commas; the same over restarts.
  const std::string& bootstrap_servers() const { return bootstrap_servers_; }
  // The same of a further listener.
  std::string listener(const std::string& name) const;
  bool answers(std::size_t node) const;
  std::string log(std::size_t node) const;

  // Levers.
  void kill(std::size_t node);    // kill -9.
  void pause(std::size_t node);   // SIGSTOP: connections stay, nothing answers.
  void resume(std::size_t node);  // SIGCONT.
  // A dead node loses half of what its disk has of each partition of a topic, the newer one, as by a loss of power:
  // acknowledged, but not written yet. Returns how many bytes.
  std::uintmax_t lose_end(std::size_t node, const std::string& topic);
  // Runs a dead node again on its port and data, and waits until it answers; false if it does not.
  bool start(std::size_t node);

  // Runs one of Kafka's own tools, by its Java name, with --bootstrap-server and these arguments.
  Finished tool(const std::string& java_class, std::vector<std::string> arguments) const;

 private:
  void launch(std::size_t node);
  bool await_answer(std::size_t node) const;

  TempDir dir_;
  std::string bootstrap_servers_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<Process>> nodes_;
};

}  // namespace harness
