// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/websocket_server.h"

namespace fakes::slack {

// Slack's end of Socket Mode: what it says over its WebSockets. Thread-safe. Stops when destroyed.
class FakeSocket : public WebSocketServer {
 public:
  static constexpr const char* kHello = R"({"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"}})";

  FakeSocket() : WebSocketServer(kHello) {}

  std::string url() const;

  // An envelope of a click as Slack sends it; each has another id, which is returned. `type` is another than
  // "interactive" where one wants to know what becomes of it.
  std::string send_envelope(const nlohmann::json& payload, const std::string& type = "interactive");
  std::string send_envelope_to_oldest(const nlohmann::json& payload);
  void disconnect(const std::string& reason);

  // Envelopes that were acknowledged, in the order of that.
  std::vector<std::string> acknowledged() const;

 private:
  std::string next_id();
  std::atomic<int> envelopes_ = 0;
};

}  // namespace fakes::slack
