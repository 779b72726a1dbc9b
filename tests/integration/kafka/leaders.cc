// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka/leaders.h"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <sstream>

#include "tests/harness/socket.h"

namespace acceptance {
namespace {

constexpr std::int16_t kElectLeaders = 43;
constexpr std::int16_t kAlterPartitionReassignments = 45;
constexpr std::int32_t kTimeoutMs = 10'000;
constexpr std::chrono::seconds kAnswerLimit{20};

// A request as it is written, big-endian, with the lengths of flexible versions ("compact": one more, as a varint).
class Request {
 public:
  Request(std::int16_t key, std::int16_t version) { number(key).number(version).number(std::int32_t{1}); }

  template <class Int>
  Request& number(Int value) {
    for (int byte = static_cast<int>(sizeof value) - 1; byte >= 0; --byte) {
      bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * byte) & 0xFF);
    }
    return *this;
  }
  Request& compact_size(std::size_t size) {
    std::size_t left = size + 1;
    for (; left >= 0x80; left >>= 7) bytes_ += static_cast<char>(left | 0x80);
    bytes_ += static_cast<char>(left);
    return *this;
  }
  Request& compact(const std::string& text) {
    compact_size(text.size());
    bytes_ += text;
    return *this;
  }
  Request& no_tags() { return number(std::int8_t{0}); }
  Request& no_client_id() { return number(std::int16_t{-1}); }

  // The answer behind its correlation id, or nullopt.
  std::optional<std::string> send(std::uint16_t port) const;

 private:
  std::string bytes_;
};

std::optional<std::string> read_exactly(const harness::Socket& socket, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t have = 0; have < size;) {
    auto got = socket.read_some(bytes.data() + have, size - have, kAnswerLimit);
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::optional<std::string> Request::send(std::uint16_t port) const {
  harness::Socket socket = harness::connect_to(port);
  if (!socket.is_open()) return std::nullopt;
  std::string size;
  for (int byte = 3; byte >= 0; --byte) size += static_cast<char>(bytes_.size() >> (8 * byte) & 0xFF);
  if (!socket.send_all(size + bytes_)) return std::nullopt;
  auto length = read_exactly(socket, 4);
  if (!length) return std::nullopt;
  auto answer = read_exactly(socket, big_endian(*length, 0));
  if (!answer || answer->size() < 4) return std::nullopt;
  return answer->substr(4);
}

}  // namespace

Leaders::Leaders(const harness::KafkaCluster& kafka)
    : port_(static_cast<std::uint16_t>(
          std::stoi(kafka.bootstrap_servers().substr(kafka.bootstrap_servers().rfind(':') + 1)))) {
  auto described = kafka.tool("org.apache.kafka.tools.TopicCommand", {"--describe"});
  static const std::regex line(R"(\tTopic: (\S+)\tPartition: (\d+)\tLeader: \S+\tReplicas: ([0-9,]+)\t)");
  for (std::sregex_iterator at(described.out.begin(), described.out.end(), line), end; at != end; ++at) {
    Partition partition{.number = std::stoi((*at)[2]), .replicas = {}};
    std::istringstream replicas((*at)[3]);
    for (std::string replica; std::getline(replicas, replica, ',');) partition.replicas.push_back(std::stoi(replica));
    topics_[(*at)[1]].push_back(std::move(partition));
  }
}

std::size_t Leaders::partitions() const {
  std::size_t sum = 0;
  for (const auto& [topic, partitions] : topics_) sum += partitions.size();
  return sum;
}

bool Leaders::move() {
  for (auto& [topic, partitions] : topics_) {
    for (Partition& partition : partitions) {
      std::rotate(partition.replicas.begin(), partition.replicas.begin() + 1, partition.replicas.end());
    }
  }
  return reorder() && elect();
}

// The same brokers in another order: nothing is copied.
bool Leaders::reorder() const {
  Request request(kAlterPartitionReassignments, 0);
  request.no_client_id().no_tags().number(kTimeoutMs).compact_size(topics_.size());
  for (const auto& [topic, partitions] : topics_) {
    request.compact(topic).compact_size(partitions.size());
    for (const Partition& partition : partitions) {
      request.number(partition.number).compact_size(partition.replicas.size());
      for (std::int32_t replica : partition.replicas) request.number(replica);
      request.no_tags();
    }
    request.no_tags();
  }
  auto answer = request.no_tags().send(port_);
  // Tags of the header, throttle time, error code.
  return answer && answer->size() >= 7 && (*answer)[5] == 0 && (*answer)[6] == 0;
}

// Of all partitions, the first replica.
bool Leaders::elect() const {
  constexpr std::int8_t kPreferred = 0;
  constexpr std::int32_t kAll = -1;
  auto answer = Request(kElectLeaders, 1).no_client_id().number(kPreferred).number(kAll).number(kTimeoutMs).send(port_);
  // Throttle time, error code.
  return answer && answer->size() >= 6 && (*answer)[4] == 0 && (*answer)[5] == 0;
}

}  // namespace acceptance
