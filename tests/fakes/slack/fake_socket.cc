// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/slack/fake_socket.h"

namespace fakes::slack {

using nlohmann::json;

namespace {

std::string envelope(const std::string& id, const std::string& type, const json& payload) {
  return json{{"envelope_id", id}, {"type", type}, {"payload", payload}, {"accepts_response_payload", true}}.dump();
}

}  // namespace

std::string FakeSocket::url() const {
  return "ws://127.0.0.1:" + std::to_string(port()) + "/link/?ticket=s3cret-ticket&app_id=A1";
}

std::string FakeSocket::next_id() { return "57d6a792-4d35-4d0b-b6aa-" + std::to_string(++envelopes_); }

std::string FakeSocket::send_envelope(const json& payload, const std::string& type) {
  auto id = next_id();
  send(envelope(id, type, payload));
  return id;
}

std::string FakeSocket::send_envelope_to_oldest(const json& payload) {
  auto id = next_id();
  send_to_oldest(envelope(id, "interactive", payload));
  return id;
}

void FakeSocket::disconnect(const std::string& reason) {
  send(json{{"type", "disconnect"}, {"reason", reason}, {"debug_info", {{"host", "wss-111"}}}}.dump());
}

std::vector<std::string> FakeSocket::acknowledged() const {
  std::vector<std::string> ids;
  for (const auto& text : heard()) {
    auto said = json::parse(text, nullptr, false);
    if (said.is_object()) ids.push_back(said.value("envelope_id", ""));
  }
  return ids;
}

}  // namespace fakes::slack
